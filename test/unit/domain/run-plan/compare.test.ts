import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/domain/manifest.ts';
import { differences, inputDifferences } from '../../../../src/domain/run-plan/compare.ts';
import type { PlannedChart, PlannedImage, PlannedRepository } from '../../../../src/domain/run-plan/plan.ts';
import { plannedChart, plannedImage } from './plans.ts';

const [A, B, C] = ['a', 'b', 'c'].map((text) => digestOf(text));

function ofImages(was: Partial<PlannedImage> | undefined, is: Partial<PlannedImage> | undefined): readonly string[] {
  const rows = (parts: Partial<PlannedImage> | undefined) =>
    parts === undefined ? [] : [plannedImage('app', {}, { digest: A ?? null, ...parts })];
  const side = (parts: Partial<PlannedImage> | undefined) => ({ charts: [], images: rows(parts), repositories: null });
  return differences(side(was), side(is)).map(({ what }) => what);
}

function ofCharts(was: Partial<PlannedChart>, is: Partial<PlannedChart>): readonly string[] {
  const side = (parts: Partial<PlannedChart>) => ({
    charts: [plannedChart('a', parts)],
    images: [],
    repositories: null,
  });
  return differences(side(was), side(is)).map(({ what }) => what);
}

const SOURCE = 'quay.io/app:1';
const DESTINATION = 'registry.example.com/m/app:1';

describe('an image', () => {
  it.each<readonly [string, Partial<PlannedImage>, Partial<PlannedImage>]>([
    ['that is to be copied', {}, {}],
    ['that meanwhile is there', {}, { decision: 'present' }],
    ['that was to be replaced, and is there', { decision: 'replace', replaces: B ?? null }, { decision: 'present' }],
    [
      'that replaces the same',
      { decision: 'replace', replaces: B ?? null },
      { decision: 'replace', replaces: B ?? null },
    ],
    [
      'that meanwhile is there, and is copied again',
      {},
      // as with --no-skip-existing
      { decision: 'replace', replaces: A ?? null },
    ],
    ['that is kept', { decision: 'kept' }, { decision: 'kept' }],
    ['that is left out', { decision: 'unconfirmed', digest: null }, { decision: 'unconfirmed', digest: null }],
  ])('is as planned: one %s', (_, was, is) => {
    expect(ofImages(was, is)).toEqual([]);
  });

  it.each<readonly [string, Partial<PlannedImage> | undefined, Partial<PlannedImage> | undefined, string]>([
    ['that moved', {}, { digest: B ?? null }, `${SOURCE} is ${B} now, the plan has ${A}`],
    [
      'that moved, and is there',
      {},
      { digest: B ?? null, decision: 'present' },
      `${SOURCE} is ${B} now, the plan has ${A}`,
    ],
    ['that is new', undefined, {}, `${SOURCE} → ${DESTINATION} is not in the plan`],
    ['that nothing needs', {}, undefined, `${SOURCE} → ${DESTINATION} is in the plan, and nothing needs it now`],
    [
      'whose tag was taken',
      {},
      { decision: 'replace', replaces: B ?? null },
      `${DESTINATION} holds ${B} now, the plan found nothing there`,
    ],
    [
      'that would replace another one',
      { decision: 'replace', replaces: B ?? null },
      { decision: 'replace', replaces: C ?? null },
      `${DESTINATION} holds ${C} now, the plan found ${B} there`,
    ],
    ['that is gone', { decision: 'present' }, {}, `${DESTINATION} is not there any more: the plan found it`],
    ['that is refused', {}, { decision: 'refused', reason: 'why' }, 'why'],
    [
      'that is there after all',
      { decision: 'unconfirmed', digest: null, reason: 'absent' },
      { reason: null },
      `${SOURCE} is now copy; in the plan it is unconfirmed: absent`,
    ],
    [
      'that is left out now',
      {},
      { decision: 'unconfirmed', digest: null, reason: 'silent' },
      `${SOURCE} is now unconfirmed: silent; in the plan it is copy: the target does not have it`,
    ],
  ])('is named: one %s', (_, was, is, what) => {
    expect(ofImages(was, is)).toEqual([what]);
  });
});

describe('a chart', () => {
  it('is as planned, and where it meanwhile is there', () => {
    expect(ofCharts({}, {})).toEqual([]);
    expect(ofCharts({}, { decision: 'present' })).toEqual([]);
  });

  it.each<readonly [Partial<PlannedChart>, Partial<PlannedChart>, RegExp]>([
    [{}, { inputs: digestOf('other') }, /^the release web \(a\) is not described as it was/],
    [{}, { version: '1.0.1' }, /^the version of web \(a\) is 1\.0\.1 now, the plan has 1\.0\.0$/],
    [
      {},
      { archive: digestOf('other') },
      /^the archive of web \(a\) 1\.0\.0 at https:\/\/charts\.example\.com\/web is sha256:/,
    ],
    [{}, { relocated: digestOf('other') }, /^the relocated archive of web \(a\) is sha256:/],
    [{}, { destination: 'oci://x/y:1' }, /^the destination of web \(a\) is oci:\/\/x\/y:1 now/],
    [{ decision: 'present' }, {}, /is not there any more: the plan found it$/],
    [{}, { decision: 'not-proven', reason: 'it is not proven' }, /^it is not proven$/],
  ])('is named where it moved: %j %j', (was, is, what) => {
    expect(ofCharts(was, is)).toEqual([expect.stringMatching(what)]);
  });

  it('is told once, without the images that are missed with it', () => {
    const image = plannedImage('app', {}, { usedBy: ['web (a)'] });
    const planned = { charts: [plannedChart('a')], images: [image], repositories: null };
    const now = { ...planned, charts: [plannedChart('a', { decision: 'failed', reason: 'down' })], images: [] };
    expect(differences(planned, now).map(({ what }) => what)).toEqual(['down']);
  });

  it('is told of releases that came and went, also where two are called alike', () => {
    const rows = (...releases: readonly string[]) => releases.map((release) => plannedChart(release));
    expect(inputDifferences(rows('a', 'b'), rows('b', 'c')).map(({ what }) => what)).toEqual([
      'the release web (a) is in the plan, and the inputs do not have it any more',
      'the release web (c) is not in the plan',
    ]);
    expect(inputDifferences(rows('a', 'a'), rows('a', 'a'))).toEqual([]);
    expect(inputDifferences(rows('a', 'a'), rows('a')).map(({ key }) => key)).toEqual(['web (a) #2']);
  });
});

describe('a repository', () => {
  const settings = {
    tags: {},
    tagMutability: null,
    scanOnPush: null,
    encryption: null,
    lifecyclePolicy: null,
    repositoryPolicy: null,
  };
  const row: PlannedRepository = { name: 'm/app', create: true, settings, changes: [] };

  function told(was: readonly PlannedRepository[], is: readonly PlannedRepository[]): readonly string[] {
    const side = (repositories: readonly PlannedRepository[]) => ({ charts: [], images: [], repositories });
    return differences(side(was), side(is)).map(({ what }) => what);
  }

  it('may be there meanwhile', () => {
    expect(told([row], [])).toEqual([]);
    expect(told([row], [row])).toEqual([]);
  });

  it('is named where it is gone, is to be otherwise, or is changed without a plan', () => {
    expect(told([], [row])).toEqual(['the repository m/app is not there any more: the plan found it']);
    expect(told([row], [{ ...row, settings: { ...settings, scanOnPush: true } }])).toEqual([
      'the settings of the repository m/app are not those of the plan',
    ]);
    expect(told([], [{ ...row, create: false, changes: ['tags'] }])).toEqual([
      'tags of the repository m/app would be changed, which is not in the plan',
    ]);
  });
});
