import type { styleText } from 'node:util';
import type { Report } from '../domain/report/report.ts';
import type { ReportedEcr, ReportedRepository } from '../domain/report/reported-ecr.ts';
import { formatSize } from '../domain/report/size.ts';
import { type Block, eachLine } from './fit-parts.ts';
import { NOTHING_TOLD, type Told } from './told.ts';

/** Gives text a style, or leaves it as it is where there are no colours. */
export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

function count(ecr: ReportedEcr): string {
  const counts = new Map<string, number>();
  for (const { status } of ecr.repositories) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, number]) => `${number} ${status.replace('-', ' ')}`).join(', ');
}

function settingsText({ settings }: ReportedRepository): string {
  const { tags, tagMutability, scanOnPush, encryption, lifecyclePolicy, repositoryPolicy } = settings;
  const except = tagMutability?.exceptions.length ? ` except ${tagMutability.exceptions.join(' ')}` : '';
  const parts = [
    ...Object.entries(tags).map(([name, value]) => `${name}=${value}`),
    tagMutability === null ? '' : `${tagMutability.kind} tags${except}`,
    scanOnPush === null ? '' : `scan on push ${scanOnPush ? 'on' : 'off'}`,
    encryption === null ? '' : [encryption.type, encryption.key ?? ''].join(' ').trim(),
    lifecyclePolicy === null ? '' : 'lifecycle policy',
    repositoryPolicy === null ? '' : 'repository policy',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** A policy is too long for a line: the report has it. */
function shortened(setting: string, value: string, other: string): string {
  return setting.endsWith('Policy') && value !== 'none' ? other : value;
}

function differenceLines({ name, differences }: ReportedRepository, paint: Paint): readonly string[] {
  return differences
    .filter(({ changed }) => !changed)
    .map(({ setting, is, wanted, changeable }) => {
      const way = changeable ? '--apply-repository-settings changes it' : 'it cannot be changed';
      const [now, then] = [shortened(setting, is, 'another one'), shortened(setting, wanted, 'the one in report.json')];
      return `${paint('yellow', 'differs'.padEnd(15))} ${name}: ${setting} is ${now}, configured is ${then}: ${way}`;
    });
}

function failures({ name, error }: ReportedRepository, paint: Paint): readonly Block[] {
  if (error === null) return [];
  const hint = error.hint === null ? [] : [`                  → ${error.hint}`];
  const line = `${paint('red', 'FAILED'.padEnd(15))} repository ${name}: ${error.code}: ${error.message}`;
  return [{ lines: [line, ...hint], count: 1 }];
}

/** Settings that could not be compared, with the number of repositories. */
function notComparedLines(ecr: ReportedEcr): readonly string[] {
  const counts = new Map<string, number>();
  for (const setting of ecr.repositories.flatMap(({ notCompared }) => notCompared))
    counts.set(setting, (counts.get(setting) ?? 0) + 1);
  return [...counts].map(([setting, number]) => {
    const those = number === 1 ? '1 repository' : `${number} repositories`;
    return `note: the setting ${setting} of ${those} is not compared: a right is missing, a key is given by its alias, or ECR Public has no such setting`;
  });
}

/** Unknown repositories share a reason as a rule: the first one is said, the report has all. */
function unknownLines(ecr: ReportedEcr): readonly string[] {
  const details = ecr.repositories.flatMap(({ detail }) => (detail === null ? [] : [detail]));
  const [first] = details;
  if (first === undefined) return [];
  const those = details.length === 1 ? '1 repository' : `${details.length} repositories`;
  return [`note: ${those} could not be looked at: ${first}`];
}

function mountingLine({ mounting }: ReportedEcr): readonly string[] {
  if (mounting.state === 'not-asked' || mounting.savesBytes === null || mounting.savesBytes === 0) return [];
  const size = formatSize(mounting.savesBytes);
  if (mounting.state === 'on') return [`blob mounting: on, saves up to ${size} of uploads`];
  if (mounting.state === 'unknown')
    return [`blob mounting: not known; it saves up to ${size} of uploads where it is on`];
  const way = 'aws ecr put-account-setting --name BLOB_MOUNTING --value ENABLED';
  return [`blob mounting: off; it would save up to ${size} of uploads: ${way}`];
}

/** A scan shows what a run would do: every repository with its settings. */
function scanned(ecr: ReportedEcr): readonly Block[] {
  const row = (repository: ReportedRepository): string =>
    `${repository.status.replace('-', ' ').padEnd(15)} repository ${repository.name} (${settingsText(repository)})`;
  return eachLine(ecr.repositories.map(row));
}

/** The rights that a run takes, in a scan: to be copied, so whole or not at all. */
export function policyBlocks({ ecr, scanOnly }: Report): readonly Block[] {
  if (!scanOnly || ecr === null || ecr.repositories.length === 0) return [];
  const policy = JSON.stringify(ecr.policy, null, 2).split('\n');
  return [
    { lines: ['the least IAM policy for this run:', ...policy], count: 1, asIs: true },
    ...eachLine(ecr.policyNotes.map((note) => `note: the policy: ${note}`)),
  ];
}

/** What a person needs to know of repositories in Amazon ECR: counts, differences, failures; in a scan every one of them. */
export function ecrTold({ ecr, scanOnly }: Report, paint: Paint): Told {
  if (ecr === null || ecr.repositories.length === 0) return NOTHING_TOLD;
  const differences = ecr.repositories.flatMap((repository) => differenceLines(repository, paint));
  return {
    failed: ecr.repositories.flatMap((repository) => failures(repository, paint)),
    doubtful: eachLine([...differences, ...unknownLines(ecr), ...notComparedLines(ecr)]),
    listed: scanOnly ? scanned(ecr) : [],
    totals: [`repositories: ${count(ecr)}`, ...mountingLine(ecr)],
  };
}
