import type { Readable } from 'node:stream';
import type { CheckFlags } from '../cli/check-command.ts';
import type { Configuration } from '../config/configuration.ts';
import { flagProblem, type Problem, shown } from '../config/problems.ts';
import { diskFiles } from '../config/read-text.ts';
import { checkTargetRegistry } from '../config/setting-checks.ts';
import { type AllowedRegistry, allowedRegistry } from '../domain/check/allowed.ts';
import type { Platform } from '../domain/platform.ts';
import type { ChartRequest, CheckedContent } from '../pipeline/check/check-run.ts';
import { readPlatforms } from './carry-inputs.ts';
import { chartFlagsGiven, type Read, readChartRequest } from './check-chart.ts';
import { readManifestContent } from './check-manifests.ts';
import { readConfiguration } from './read-configuration.ts';
import type { Surroundings } from './surroundings.ts';

/** What is checked: a chart that is still to be rendered, or manifests that have been read. */
export type CheckSubject =
  | { readonly kind: 'chart'; readonly request: ChartRequest }
  | { readonly kind: 'manifests'; readonly content: CheckedContent };

/** Everything that a check needs to know; or all that is wrong. */
export type CheckInputs =
  | {
      readonly kind: 'ok';
      readonly configuration: Configuration;
      readonly subject: CheckSubject;
      readonly allowed: readonly AllowedRegistry[];
      readonly platforms: readonly Platform[];
    }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

/** What a check is called with. `input` is standard input, which is read for `--manifests -` only. */
export interface CheckCall {
  readonly chart: string | undefined;
  readonly flags: CheckFlags;
  readonly input: () => Readable;
}

type SubjectRead = Read<
  | { readonly kind: 'chart'; readonly request: Omit<ChartRequest, 'kubeVersion'> }
  | { readonly kind: 'manifests'; readonly content: CheckedContent }
>;

async function readSubject({ chart, flags, input }: CheckCall, { cwd, signal }: Surroundings): Promise<SubjectRead> {
  if (flags.manifests === undefined) {
    if (chart === undefined) {
      const instead = 'name a chart, or manifests with --manifests';
      return {
        value: undefined,
        problems: [flagProblem('command line', { what: 'there is nothing to check', instead })],
      };
    }
    const { value, problems } = await readChartRequest(chart, flags, diskFiles, cwd);
    return { value: value === undefined ? undefined : { kind: 'chart', request: value }, problems };
  }
  const needless = [...(chart === undefined ? [] : ['CHART']), ...chartFlagsGiven(flags)];
  const before = needless.map((flag) => {
    const what = `manifests are rendered already, so ${flag} means nothing beside --manifests`;
    return flagProblem('command line', { what, instead: 'leave one of them out' });
  });
  const { value, problems } = await readManifestContent(flags.manifests, diskFiles, cwd, input, signal);
  const content = before.length > 0 ? undefined : value;
  return {
    value: content === undefined ? undefined : { kind: 'manifests', content },
    problems: [...before, ...problems],
  };
}

function registryProblems({ registry }: CheckFlags): readonly Problem[] {
  return registry.flatMap((text) => {
    const complaint = checkTargetRegistry(text);
    if (complaint === undefined) return [];
    return [flagProblem('--registry', { ...complaint, what: `the registry cannot be ${shown(text)}` })];
  });
}

/** The registries that were named, or that of the configuration. */
function allowedBy({ registry }: CheckFlags, configuration: Configuration | undefined): readonly AllowedRegistry[] {
  const target = configuration?.settings.targetRegistry;
  return (registry.length > 0 || target === undefined ? registry : [target]).map(allowedRegistry);
}

/** `--plain-http` without a host means loopback and the own registries. */
function withPlainHosts(configuration: Configuration, allowed: readonly AllowedRegistry[]): Configuration {
  const { network } = configuration;
  if (!network.plainHttpLoopback) return configuration;
  const plainHttpHosts = [...new Set([...network.plainHttpHosts, ...allowed.map(({ host }) => host)])];
  return { ...configuration, network: { ...network, plainHttpHosts } };
}

/**
 * Reads and checks flags, configuration, values and manifests. Nothing is asked of any registry; all problems come back
 * together.
 *
 * @throws MirrorError INPUT_INVALID for directories that cannot be listed.
 */
export async function readCheckInputs(
  call: CheckCall,
  around: Surroundings,
  loginProblems: readonly Problem[],
): Promise<CheckInputs> {
  const { flags } = call;
  const { kubeVersion, concurrency, profile } = flags;
  const configured = await readConfiguration(flags, { kubeVersion, concurrency, profile }, around.cwd);
  const configuration = configured.kind === 'ok' ? configured.configuration : undefined;
  const wrongRegistries = registryProblems(flags);
  const allowed = wrongRegistries.length > 0 ? [] : allowedBy(flags, configuration);
  const isNamed = flags.registry.length > 0 || allowed.length > 0 || configuration === undefined;
  const noRegistry = flagProblem('--registry', {
    what: 'no registry is named',
    instead: 'name yours, or give it as targetRegistry in airgap-charts.yaml',
  });
  const platforms = readPlatforms(flags.platforms);
  const subject = await readSubject(call, around);
  const problems = [
    ...(isNamed ? wrongRegistries : [noRegistry]),
    ...platforms.problems,
    ...loginProblems,
    ...(configured.kind === 'problems' ? configured.problems : []),
    ...subject.problems,
  ];
  if (problems.length > 0 || configuration === undefined || subject.value === undefined)
    return { kind: 'problems', problems };
  const { value } = subject;
  return {
    kind: 'ok',
    configuration: withPlainHosts(configuration, allowed),
    subject:
      value.kind === 'manifests'
        ? value
        : { kind: 'chart', request: { ...value.request, kubeVersion: configuration.settings.kubeVersion } },
    allowed,
    platforms: platforms.value ?? [],
  };
}
