import type { ECR } from '@aws-sdk/client-ecr';
import type { RepositorySettings } from '../../domain/ecr/repository-settings.ts';
import { type Change, type ChangeableSetting, SETTING_WORDS } from './apply-settings.ts';
import type { PrivateDescriber } from './describe-private.ts';
import type { Pace } from './pace.ts';
import type { PrivateApi } from './private-api.ts';
import { mutabilityInput, tagList } from './repository-input.ts';

type Request = (client: ECR, signal: AbortSignal) => Promise<unknown>;

/** Changes to repositories of a private registry, in the pace of all writes. */
export function createPrivateChange(api: PrivateApi, describer: PrivateDescriber, pace: Pace): Change {
  async function send(name: string, setting: ChangeableSetting, right: string, request: Request, signal: AbortSignal) {
    const doing = `set the ${SETTING_WORDS[setting]} of repository ${name}`;
    const hint = `correct ${setting} in repositories of the configuration`;
    await pace(signal);
    await api.send({ doing, right, hint }, signal, (client) => request(client, signal));
  }

  /** The right that a change needs, and its request; undefined when the settings leave it open. */
  function requestFor(
    name: string,
    setting: Exclude<ChangeableSetting, 'tags'>,
    settings: RepositorySettings,
  ): { readonly right: string; readonly request: Request } | undefined {
    const input = { ...api.owner, repositoryName: name };
    const { tagMutability, scanOnPush, lifecyclePolicy, repositoryPolicy } = settings;
    switch (setting) {
      case 'tagMutability':
        return tagMutability === undefined
          ? undefined
          : {
              right: 'ecr:PutImageTagMutability',
              request: (client, abortSignal) =>
                client.putImageTagMutability({ ...input, ...mutabilityInput(tagMutability) }, { abortSignal }),
            };
      case 'scanOnPush':
        return scanOnPush === undefined
          ? undefined
          : {
              right: 'ecr:PutImageScanningConfiguration',
              request: (client, abortSignal) => {
                const imageScanningConfiguration = { scanOnPush };
                return client.putImageScanningConfiguration({ ...input, imageScanningConfiguration }, { abortSignal });
              },
            };
      case 'lifecyclePolicy':
        return lifecyclePolicy === undefined
          ? undefined
          : {
              right: 'ecr:PutLifecyclePolicy',
              request: (client, abortSignal) =>
                client.putLifecyclePolicy({ ...input, lifecyclePolicyText: lifecyclePolicy }, { abortSignal }),
            };
      case 'repositoryPolicy':
        return repositoryPolicy === undefined
          ? undefined
          : {
              right: 'ecr:SetRepositoryPolicy',
              request: (client, abortSignal) =>
                client.setRepositoryPolicy({ ...input, policyText: repositoryPolicy }, { abortSignal }),
            };
    }
  }

  return async (name, setting, settings, signal) => {
    if (setting === 'tags') {
      const resourceArn = await describer.arnOf(name, signal);
      const tags = tagList(settings.tags);
      const request: Request = (client, abortSignal) => client.tagResource({ resourceArn, tags }, { abortSignal });
      return send(name, setting, 'ecr:TagResource', request, signal);
    }
    const known = requestFor(name, setting, settings);
    if (known === undefined) throw new RangeError(`the ${SETTING_WORDS[setting]} of ${name} is to be set to nothing`);
    return send(name, setting, known.right, known.request, signal);
  };
}
