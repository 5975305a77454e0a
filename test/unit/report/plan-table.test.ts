import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/domain/manifest.ts';
import { releaseKey } from '../../../src/domain/run-plan/compare.ts';
import { imageKey, type PlanContent, type PlannedArtifact } from '../../../src/domain/run-plan/plan.ts';
import { splitPlan } from '../../../src/domain/run-plan/split.ts';
import { planTable, shardTable } from '../../../src/report/plan-table.ts';
import { LOG } from '../../../src/report/screen.ts';
import { plannedChart, plannedImage, planOf } from '../domain/run-plan/plans.ts';

const VIEW = { color: false, screen: LOG };
const SMALL = { color: false, screen: { rows: 24, columns: 80 } };

function linesOf(parts: Partial<PlanContent>, view: typeof VIEW | typeof SMALL = VIEW): readonly string[] {
  const table = planTable(planOf(parts), { file: 'plan.json', manifests: 'plan.manifests.json', sharded: false }, view);
  return table.trimEnd().split('\n');
}

describe('the table of a plan', () => {
  it('tells what is pushed and copied, bytes, requests and where the plan is', () => {
    const images = [plannedImage('a', { x: 1_500_000, y: 500_000 }), plannedImage('b', { x: 1_500_000 })];
    const requests = [{ registry: 'quay.io', manifests: 2, exact: true, kept: 2, quota: null }];
    const lines = linesOf({ charts: [plannedChart('web')], images, requests });
    expect(lines.slice(0, -2)).toEqual([
      'push         web 1.0.0 → oci://registry.example.com/m/web:1.0.0',
      expect.stringMatching(
        /^copy {9}quay\.io\/a:1 → registry\.example\.com\/m\/a:1 \(2\.0 MB, sha256:[0-9a-f]{12}\)$/,
      ),
      expect.stringMatching(/^copy {9}quay\.io\/b:1 /),
      'charts: 1 push',
      'images: 2 copy; 2.0 MB to move, each layer once',
      'repositories: made by the registry on the first push',
      'requests: 2 manifest reads at quay.io, all of them kept in plan.manifests.json',
    ]);
    expect(lines.at(-2)).toMatch(/^plan: plan\.json sha256:[0-9a-f]{64}$/);
    expect(lines.at(-1)).toBe('next: airgap-charts mirror --plan plan.json does it');
  });

  it('says what needs a look first, and counts what is there', () => {
    const there = plannedImage('there', {}, { decision: 'present', contents: null, bytes: null });
    const refused = plannedImage(
      'gone',
      {},
      { decision: 'refused', reason: 'it is gone', digest: null, contents: null },
    );
    const unread = plannedImage('unread', {}, { contents: null, bytes: null });
    const lines = linesOf({ complete: false, images: [there, unread, refused], notes: ['a remark'] });
    expect(lines[0]).toBe('REFUSED      quay.io/gone:1: it is gone');
    expect(lines[1]).toMatch(/^copy {9}quay\.io\/unread:1 → .* \(size unknown, sha256:/);
    expect(lines[2]).toBe(
      'images: 1 present, 1 copy, 1 refused; the size of 1 image is UNKNOWN, not every manifest was read',
    );
    expect(lines.at(-3)).toBe('note: a remark');
    expect(lines.slice(-2)).toEqual([
      'plan: plan.json NOT COMPLETE: this one is not run',
      'next: correct what is refused or failed, and plan again: this one is not run',
    ]);
  });

  it('says below what is refused what to do, where somebody knows', () => {
    const refused = { decision: 'refused', reason: 'it is gone' } as const;
    const b = plannedImage('b', {}, refused);
    const plan = planOf({
      charts: [plannedChart('web', refused), plannedChart('api', { ...refused, version: null })],
      images: [plannedImage('a', {}, refused), b],
    });
    const hints = { charts: new Map([['web', 'take another']]), images: new Map([[imageKey(b), 'ask for it']]) };
    const table = planTable(plan, { file: 'plan.json', manifests: 'm.json', sharded: false }, VIEW, hints);
    expect(table.split('\n').slice(0, 6)).toEqual([
      'REFUSED      web 1.0.0: it is gone',
      '             → take another',
      'REFUSED      web (api): it is gone',
      'REFUSED      quay.io/a:1: it is gone',
      'REFUSED      quay.io/b:1: it is gone',
      '             → ask for it',
    ]);
  });

  it('names repositories, and warns of quotas', () => {
    const settings = {
      tags: {},
      tagMutability: null,
      scanOnPush: null,
      encryption: null,
      lifecyclePolicy: null,
      repositoryPolicy: null,
    };
    const quota = { limit: 100, remaining: 2, seconds: 21_600 };
    const lines = linesOf({
      images: [plannedImage('a', { x: 1 }, { decision: 'present' })],
      repositories: [
        { name: 'm/a', create: true, settings, changes: [] },
        { name: 'm/b', create: false, settings, changes: ['tags'] },
      ],
      requests: [
        { registry: 'docker.io', manifests: 143, exact: false, kept: 0, quota },
        { registry: 'quay.io', manifests: 3, exact: true, kept: 2, quota: { ...quota, limit: null, seconds: 90 } },
      ],
    });
    expect(lines.slice(0, -2)).toEqual([
      'images: 1 present; nothing to move',
      'repositories: 1 to create: m/a; to change: m/b (tags)',
      'requests: at least 143 manifest reads at docker.io; 2 of 100 left in this window of 6 h',
      'warning: that is more than docker.io still answers: log in there, or wait for the next window',
      'requests: 3 manifest reads at quay.io, 2 of them kept in plan.manifests.json; 2 left in this window of 90 s',
      'warning: without plan.manifests.json, that is more than quay.io still answers: log in there, or wait for the next window',
    ]);
  });

  it('tells what belongs to images: how much comes along, what does not, and of which nobody knows it', () => {
    const row = (name: string, parts: Partial<PlannedArtifact> = {}): PlannedArtifact => ({
      ...{ image: 'quay.io/a:1', source: `quay.io/a:${name}`, destination: `registry.example.com/m/a:${name}` },
      ...{ artifactType: null, digest: digestOf(name), decision: 'copy', reason: null, bytes: 1500, ...parts },
    });
    const notLookedFor = Array.from({ length: 7 }, (_, index) => ({
      ...{ registry: 'ghcr.io', repository: `b${index}`, images: 1, reason: 'it does not tell' },
    }));
    const rows = [
      ...[row('1.sig'), row('2.sig', { decision: 'replace' }), row('3.sig', { decision: 'present', bytes: null })],
      row('4.sig', { decision: 'kept', reason: 'the tag is immutable' }),
      row('5.sig', { decision: 'failed', reason: 'no answer', bytes: null }),
    ];
    const told = (artifacts: PlanContent['artifacts']) =>
      linesOf({ artifacts }).filter((line) => line.startsWith('artifacts: '));
    const unknown = (index: number) =>
      `artifacts: UNKNOWN for 1 image of ghcr.io/b${index}, their reads and bytes are not counted: it does not tell`;
    expect(told({ rows, notLookedFor })).toEqual([
      'artifacts: 1 copy, 1 replace, 1 present, 1 kept, 1 failed; 3.0 kB beside the images',
      'artifacts: kept quay.io/a:4.sig: the tag is immutable',
      'artifacts: failed quay.io/a:5.sig: no answer',
      ...[0, 1, 2, 3, 4].map(unknown),
      'artifacts: and 2 more such lines in the plan',
    ]);
    expect(told({ rows: [], notLookedFor: [] })).toEqual(['artifacts: none found']);
    expect(told(null)).toEqual([]);
  });

  it('fits one screen, however many images there are', () => {
    const images = Array.from({ length: 200 }, (_, index) => plannedImage(`a${index}`, { [index]: 1 }));
    expect(linesOf({ images }).length).toBeLessThanOrEqual(60);
    expect(linesOf({ images })).toContainEqual(expect.stringMatching(/^… +and 14[0-9] more images in the plan$/));
    const lines = linesOf({ images }, SMALL);
    expect(lines.length).toBeLessThanOrEqual(24);
    expect(lines.some((line) => /^… +and 1[0-9]{2} more images in the plan$/.test(line))).toBe(true);
  });

  it.each([
    ['all good', 0],
    ['20 refused', 20],
    ['all refused', 64],
  ])('fits one screen with 64 charts, %s, and what is refused comes first', (_, count) => {
    const refused = { decision: 'refused', destination: null } as const;
    const charts = Array.from({ length: 64 }, (_, index) => {
      const reason = `quay.io/team/app${index}:1 is not at its source`;
      return plannedChart(`app${index}`, {
        chart: `app${index}`,
        ...(index >= 64 - count ? { ...refused, reason } : {}),
      });
    });
    const images = charts.map(({ release, decision, reason }) =>
      plannedImage(`team/${release}`, { x: 1 }, decision === 'refused' ? { decision, reason, usedBy: [release] } : {}),
    );
    const hints = {
      charts: new Map(charts.map((row) => [releaseKey(row), 'name another image'])),
      images: new Map<string, string>(),
    };
    const files = { file: 'plan.json', manifests: 'm.json', sharded: false };
    const table = planTable(planOf({ charts, images, complete: count === 0 }), files, SMALL, hints);
    const lines = table.trimEnd().split('\n');
    // a blank line before, and the prompt below
    expect(lines.length).toBeLessThanOrEqual(22);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    if (count === 0) return;
    expect(lines[0]).toMatch(new RegExp(`^REFUSED {6}${count} charts: app${64 - count}, .* … [0-9]+ more$`));
    expect(lines.filter((line) => line.includes('→ name another image')).length).toBe(1);
    expect(table).toContain(`${count} refused`);
    // the chart has said it
    expect(lines.filter((line) => line.startsWith('REFUSED')).length).toBe(1);
  });

  it('says that the plan has what a small screen has no room for: there is no report', () => {
    const images = Array.from({ length: 17 }, (_, index) => plannedImage(`team/image-${index}`, { x: 1 }));
    const charts = Array.from({ length: 7 }, (_, index) => plannedChart(`chart-${index}`));
    const parts = { images, charts, notes: ['one', 'two', 'three'] };
    const text = linesOf(parts, { color: false, screen: { rows: 12, columns: 40 } }).join(' ');
    expect(text).toContain('not shown: ');
    expect(text.replace(/\s+/g, ' ')).toContain('all in the plan');
    expect(text).not.toContain('report');
  });

  it('tells of shards what each has, and what is moved twice', () => {
    const plan = planOf({
      charts: [plannedChart('a')],
      images: ['a', 'b'].map((name) => plannedImage(name, { base: 1000, [name]: 9000 })),
    });
    expect(
      shardTable(plan, splitPlan(plan, 2), 'plan.json', (index) => `plan.shard-${index}.json`)
        .trimEnd()
        .split('\n'),
    ).toEqual([
      'shard 1 of 2: plan.shard-1.json: 1 image, 1 to move; 10.0 kB to move, each layer once',
      'shard 2 of 2: plan.shard-2.json: 1 image, 1 to move; 10.0 kB to move, each layer once',
      '1.0 kB leave their sources more than once; mirror --plan with --finish joins the reports and pushes 1 release',
      'next: airgap-charts mirror --plan plan.shard-1.json, and so each shard; then airgap-charts mirror --plan plan.json --finish',
    ]);
  });
});
