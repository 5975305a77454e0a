import { ecrRegistry } from '../domain/ecr/registry.ts';
import { formatReference, type Reference } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';

/** An image that its source does not have; `file` where that is a file. */
export function sourceAbsent(source: Reference, file = false): MirrorError {
  if (file) {
    return new MirrorError(`${formatReference(source)} is not in the file`, {
      code: 'IMAGE_SOURCE_ABSENT',
      origin: 'source',
      hint: 'make the file again with this image in it, or give values that do not pull it',
    });
  }
  return new MirrorError(`${formatReference(source)} is not at its source`, {
    code: 'IMAGE_SOURCE_ABSENT',
    origin: 'source',
    hint: 'check the tag in the chart, its values or the list; it may have been removed upstream',
  });
}

const LOGIN_HINT = 'log in to this registry with docker login; some registries answer so for images that do not exist';

/** In Amazon ECR the account that owns the images decides, beside the rights of one's own identity. */
function deniedHint(registry: string): string {
  const ecr = ecrRegistry(registry, { hosts: new Map() });
  if (ecr?.kind !== 'private') return LOGIN_HINT;
  const owner = `account ${ecr.account ?? 'of the registry'} has to allow it in its repository policy`;
  return `${owner}, and the AWS identity needs ecr:BatchGetImage and ecr:GetDownloadUrlForLayer there`;
}

/** Why an image is not confirmed, to stand behind its name. */
export function doubtBehind(name: string, reason: string): string {
  return reason.startsWith(`${name} `) ? reason.slice(name.length + 1) : `not confirmed: ${reason}`;
}

/** An image that its source does not show. `detail` is what the registry said. */
export function sourceDenied(source: Reference, detail: string): MirrorError {
  return new MirrorError(`${formatReference(source)} may not be read: ${detail}`, {
    code: 'IMAGE_SOURCE_DENIED',
    origin: 'source',
    hint: deniedHint(source.registry),
  });
}
