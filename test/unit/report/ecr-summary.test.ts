import { describe, expect, it } from 'vitest';
import type { ReportedEcr, ReportedRepository } from '../../../src/domain/report/reported-ecr.ts';
import { ecrTold, policyBlocks } from '../../../src/report/ecr-summary.ts';
import { sampleReport } from '../docs/sample-report.ts';
import { toldLines } from './told-lines.ts';

const BASE = sampleReport([], []);
const [SAMPLE] = BASE.ecr?.repositories ?? [];

function repository(parts: Partial<ReportedRepository>): ReportedRepository {
  if (SAMPLE === undefined) throw new Error('the sample has a repository');
  return { ...SAMPLE, status: 'present', differences: [], notCompared: [], error: null, ...parts };
}

/** The lines for these repositories, without colours. */
function linesOf(repositories: readonly ReportedRepository[], parts: Partial<ReportedEcr> = {}, scanOnly = false) {
  if (BASE.ecr === null) throw new Error('the sample is about ECR');
  const mounting = { state: 'not-asked', savesBytes: 0 } as const;
  return toldLines(
    ecrTold({ ...BASE, scanOnly, ecr: { ...BASE.ecr, mounting, repositories, ...parts } }, (_, text) => text),
  );
}

describe('the summary of repositories', () => {
  it('says nothing of other targets', () => {
    expect(toldLines(ecrTold({ ...BASE, ecr: null }, (_, text) => text))).toEqual([]);
  });

  it('counts them by what became of them', () => {
    const statuses = ['present', 'created', 'present', 'to-create'] as const;
    expect(linesOf(statuses.map((status) => repository({ status })))).toEqual([
      'repositories: 2 present, 1 created, 1 to create',
    ]);
  });

  it('tells failures with what to do', () => {
    const error = { code: 'REPOSITORY_FAILED', origin: 'destination', message: 'no right', hint: 'ask for it' };
    expect(linesOf([repository({ status: 'failed', error })]).slice(0, 2)).toEqual([
      'FAILED          repository platform/a: REPOSITORY_FAILED: no right',
      '                  → ask for it',
    ]);
  });

  it('tells differences that were left, and how they go away', () => {
    const scan = { setting: 'scanOnPush', is: 'off', wanted: 'on', changeable: true, changed: false };
    const key = { setting: 'encryption', is: 'AES256', wanted: 'KMS', changeable: false, changed: false };
    const done = { setting: 'tags', is: 'none', wanted: 'a=b', changeable: true, changed: true };
    expect(linesOf([repository({ differences: [scan, key, done] })]).slice(0, -1)).toEqual([
      'differs         platform/a: scanOnPush is off, configured is on: --apply-repository-settings changes it',
      'differs         platform/a: encryption is AES256, configured is KMS: it cannot be changed',
    ]);
  });

  it('does not spell policies out', () => {
    const policy = { setting: 'lifecyclePolicy', wanted: '{"rules":[]}', changeable: true, changed: false };
    const lines = linesOf([
      repository({
        differences: [
          { ...policy, is: '{"rules":[1]}' },
          { ...policy, is: 'none' },
        ],
      }),
    ]);
    expect(lines.slice(0, 2)).toEqual([
      'differs         platform/a: lifecyclePolicy is another one, configured is the one in report.json: --apply-repository-settings changes it',
      'differs         platform/a: lifecyclePolicy is none, configured is the one in report.json: --apply-repository-settings changes it',
    ]);
  });

  it('says once why repositories are unknown, and what could not be compared', () => {
    const unknown = repository({ status: 'unknown', detail: 'no right' });
    expect(linesOf([unknown, unknown, repository({ notCompared: ['tags'] })])).toEqual([
      'note: 2 repositories could not be looked at: no right',
      'note: the setting tags of 1 repository is not compared: a right is missing, a key is given by its alias, or ECR Public has no such setting',
      'repositories: 2 unknown, 1 present',
    ]);
  });

  it.each([
    ['off', 1500, /^blob mounting: off; it would save up to 1\.5 kB of uploads: aws ecr put-account-setting /],
    ['unknown', 1500, /^blob mounting: not known; it saves up to 1\.5 kB of uploads where it is on$/],
    ['on', 1500, /^blob mounting: on, saves up to 1\.5 kB of uploads$/],
  ] as const)('says what blob mounting saves where it is %s', (state, savesBytes, text) => {
    expect(linesOf([repository({})], { mounting: { state, savesBytes } }).at(-1)).toMatch(text);
  });

  it.each([
    ['not-asked', 1500],
    ['off', 0],
  ] as const)('does not speak of blob mounting that was %s or saves nothing (%i)', (state, savesBytes) => {
    const lines = linesOf([repository({})], { mounting: { state, savesBytes } });
    expect(lines.join()).not.toContain('mounting');
  });

  it('shows every repository with its settings and the policy in a scan', () => {
    const repositories = [repository({ status: 'to-create' })];
    const lines = linesOf(repositories, {}, true);
    expect(lines[0]).toBe(
      'to create       repository platform/a (chart-syncer=true, immutable tags except latest, scan on push on, KMS, lifecycle policy)',
    );
    if (BASE.ecr === null) throw new Error('the sample is about ECR');
    const [policy, note] = policyBlocks({ ...BASE, scanOnly: true, ecr: { ...BASE.ecr, repositories } });
    const [head, ...text] = policy?.lines ?? [];
    expect([head, policy?.asIs]).toEqual(['the least IAM policy for this run:', true]);
    expect(JSON.parse(text.join('\n'))).toEqual(BASE.ecr.policy);
    expect(note?.lines).toEqual(['note: the policy: one']);
    expect(policyBlocks(BASE)).toEqual([]);
  });
});
