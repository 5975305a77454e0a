import { beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/domain/manifest.ts';
import type { PruneResult } from '../../../../src/domain/prune/result.ts';
import type { RecordedImage } from '../../../../src/domain/records/record.ts';
import type { Digest } from '../../../../src/domain/reference.ts';
import { NOW } from '../../domain/prune/registries.ts';
import { createPruneWorld, type PruneWorld, refusal } from './prune-world.ts';

const needs = (repository: string, tag: string): RecordedImage => ({
  repository,
  tag,
  digest: undefined,
  how: 'rendered',
});

let world: PruneWorld;
/** Charts of version 1 and 2; each needs an image of its own and one that both need. */
let charts: { readonly one: Digest; readonly two: Digest };

beforeEach(async () => {
  world = createPruneWorld();
  charts = { one: await world.chart('m/charts/web', '1.0.0'), two: await world.chart('m/charts/web', '2.0.0') };
  for (const tag of ['1', '2', 'both', 'none']) world.image('m/org/app', tag);
  world.record('m/charts/web', charts.one, [needs('m/org/app', '1'), needs('m/org/app', 'both')]);
  world.record('m/charts/web', charts.two, [needs('m/org/app', '2'), needs('m/org/app', 'both')]);
});

/** What of `m/org/app` is left. */
function images(): readonly string[] {
  return world.names().filter((name) => name.startsWith('m/org/app'));
}

function statesOf(result: PruneResult): readonly string[] {
  return [...result.states.values()].map(({ kind }) => kind).sort();
}

describe('prune', () => {
  it('only shows what would go', async () => {
    const before = world.names();
    const result = await world.run();
    expect(world.names()).toEqual(before);
    expect(result.end).toEqual({ kind: 'shown' });
    expect(statesOf(result)).toEqual(['planned', 'planned', 'planned', 'planned']);
    expect(world.calls.filter((call) => call === 'repositories')).toHaveLength(1);
    expect(world.report(result)).toMatchObject({ exitCode: 0, totals: { charts: { kept: 1, removals: 1 } } });
  });

  it('removes with --yes: charts, then their lists, then images', async () => {
    const result = await world.remove();
    expect(images()).toEqual(['m/org/app:2', 'm/org/app:both']);
    expect(world.names().filter((name) => name.startsWith('m/charts/web'))).toHaveLength(2);
    expect(world.calls.filter((call) => call.startsWith('remove'))).toEqual([
      'remove m/charts/web 1',
      'remove m/charts/web 1',
      'remove m/org/app 2',
    ]);
    expect(result.end).toEqual({ kind: 'finished' });
    expect(world.report(result).exitCode).toBe(0);
  });

  it('has nothing to do afterwards, and then asks nothing twice', async () => {
    await world.remove();
    world.calls.splice(0);
    const result = await world.remove();
    expect(statesOf(result)).toEqual([]);
    expect(world.calls.filter((call) => /^(?:remove|repositories)/.test(call))).toEqual(['repositories']);
    expect(world.report(result).exitCode).toBe(0);
  });

  it('removes at most a hundred at once', async () => {
    for (let index = 0; index < 230; index += 1) world.image('m/org/many', `t${index}`);
    await world.remove();
    expect(world.calls.filter((call) => call.startsWith('remove m/org/many'))).toEqual([
      'remove m/org/many 100',
      'remove m/org/many 100',
      'remove m/org/many 30',
    ]);
  });

  it('touches only what is below the path and has our tag, and reads of the rest only charts and their lists', async () => {
    world.image('other/app', '1');
    world.image('m2/app', '1');
    world.image('m/foreign/app', '1');
    world.foreign.add('m/foreign/app');
    await world.remove();
    expect(world.names()).toEqual(expect.arrayContaining(['m/foreign/app:1', 'm2/app:1', 'other/app:1']));
    expect(world.calls.filter((call) => call.startsWith('isOurs')).sort()).toEqual([
      'isOurs m/charts/web',
      'isOurs m/foreign/app',
      'isOurs m/org/app',
    ]);
    expect(world.calls.filter((call) => /^manifests (?:other|m2|m\/foreign)/.test(call))).toEqual([]);
  });

  it('reads what the list elsewhere gives no media type: it may be a chart', async () => {
    const far = await world.chart('far/charts/tool', '1.0.0', '', { mediaType: '', artifactType: undefined });
    world.record('far/charts/tool', far, [needs('m/org/app', 'none')]);
    await world.remove();
    expect(images()).toContain('m/org/app:none');
  });

  it.each(['', 'application/vnd.example.bundle'])(
    'keeps a whole repository for a manifest of the media type "%s" that cannot be read: it may have children',
    async (mediaType) => {
      world.hidden.add(world.image('m/org/app', 'odd', { mediaType }));
      await world.remove();
      expect(images()).toHaveLength(5);
    },
  );

  it('finds the list of a chart by the manifest where the list of manifests does not tell what it is about', async () => {
    const chart = await world.chart('m/charts/x', '1.0.0');
    world.record('m/charts/x', chart, [needs('m/org/app', 'none')], { subject: undefined });
    const result = await world.remove();
    expect(images()).toEqual(['m/org/app:2', 'm/org/app:both', 'm/org/app:none']);
    expect(world.report(result).keptCharts.find(({ digest }) => digest === chart)?.needs).toBe('recorded');
  });

  it('with --all asks for no tag', async () => {
    world.image('m/foreign/app', '1');
    world.foreign.add('m/foreign/app');
    await world.remove({ scope: { host: 'registry.example', path: 'm', all: true } });
    expect(world.names()).not.toContain('m/foreign/app:1');
    expect(world.calls.filter((call) => call.startsWith('isOurs'))).toEqual([]);
  });

  it.each([
    ['', {}],
    [', whose list shows as an artifact of no kind', { artifactType: 'application/vnd.oci.empty.v1+json' }],
    [', whose list shows as nothing', { artifactType: undefined }],
  ])('keeps what a chart elsewhere in the registry needs%s', async (_, parts) => {
    const far = await world.chart('far/charts/tool', '1.0.0');
    world.record('far/charts/tool', far, [needs('m/org/app', 'none')], parts);
    await world.remove();
    expect(images()).toEqual(['m/org/app:2', 'm/org/app:both', 'm/org/app:none']);
  });
});

describe('a chart without a list of images', () => {
  it('keeps every repository that its files could name', async () => {
    world.image('m/org/side-car', '1');
    world.image('m/org/unknown', '1');
    await world.chart('m/charts/old', '1.0.0', 'image: side, suffix: car');
    const result = await world.remove();
    expect(world.names()).toContain('m/org/side-car:1');
    expect(world.names()).not.toContain('m/org/unknown:1');
    expect(world.report(result).keptCharts.map(({ repository, needs: how }) => `${repository} ${how}`)).toEqual([
      'm/charts/old nameable',
      'm/charts/web recorded',
    ]);
  });

  it.each(['manifest', 'archive', 'type'] as const)(
    'whose %s cannot be read keeps all images, and is named',
    async (what) => {
      const config = { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest: digestOf('c'), size: 1 };
      const layers = [
        { mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', digest: digestOf('l'), size: 1 },
      ];
      const parts = what === 'type' ? { artifactType: undefined } : {};
      const broken = world.put('m/charts/broken', ['1.0.0'], { schemaVersion: 2, config, layers }, parts);
      if (what !== 'archive') world.hidden.add(broken);
      const result = await world.remove();
      expect(images()).toHaveLength(4);
      expect(world.names()).not.toContain('m/charts/web:1.0.0');
      const [row] = world.report(result).keptCharts.filter(({ needs: how }) => how === 'unreadable');
      expect(row).toMatchObject({ repository: 'm/charts/broken', tags: ['1.0.0'] });
      expect(row?.detail).not.toBe('');
    },
  );

  it('that is no gzip keeps all images', async () => {
    const digest = await world.chart('m/charts/odd', '1.0.0');
    for (const key of world.blobs.keys()) if (key.startsWith('m/charts/odd ')) world.blobs.set(key, Buffer.from('no'));
    const result = await world.remove();
    expect(images()).toHaveLength(4);
    expect(world.report(result).keptCharts.find((row) => row.digest === digest)?.detail).toContain('not a whole gzip');
  });
});

describe('a list that cannot be trusted', () => {
  it.each([
    ['is archived', () => ({ isArchived: true })],
    ['is archived, and its type unknown', () => ({ isArchived: true, artifactType: undefined })],
    ['is archived, and of no kind', () => ({ isArchived: true, artifactType: 'application/vnd.oci.empty.v1+json' })],
  ])('and %s keeps all images', async (_, parts) => {
    const digest = await world.chart('m/charts/x', '1.0.0');
    world.record('m/charts/x', digest, [], parts());
    const result = await world.remove();
    expect(images()).toHaveLength(4);
    expect(world.report(result).keptCharts.find((row) => row.digest === digest)?.detail).toContain('it is archived');
  });

  it('and is about another chart, or no list, keeps all images', async () => {
    const digest = await world.chart('m/charts/x', '1.0.0');
    const tag = `${digest.replace(':', '-')}.images`;
    world.image('m/charts/x', tag);
    expect(world.report(await world.remove()).keptCharts.find((row) => row.digest === digest)?.needs).toBe(
      'unreadable',
    );
    expect(images()).toHaveLength(4);

    const other = createPruneWorld();
    world = other;
    for (const name of ['1', '2']) other.image('m/org/app', name);
    const chart = await other.chart('m/charts/x', '1.0.0');
    const wrong = other.record('m/charts/x', charts.one, []);
    const held = other.repositories.get('m/charts/x')?.get(wrong);
    if (held === undefined) throw new Error('there is a list');
    other.repositories.get('m/charts/x')?.set(wrong, { ...held, subject: chart });
    const result = await other.remove();
    expect(other.report(result).keptCharts[0]?.detail).toContain(`it is about ${charts.one}`);
    expect(images()).toHaveLength(2);
  });

  it('does not stop for a signature that is archived', async () => {
    const config = { mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json', digest: digestOf('c'), size: 1 };
    const subject = { mediaType: 'x', digest: charts.two, size: 1 };
    const parts = { isArchived: true };
    world.put('m/charts/web', [], { schemaVersion: 2, config, layers: [], subject }, parts);
    const result = await world.remove();
    expect(images()).toEqual(['m/org/app:2', 'm/org/app:both']);
    expect(world.report(result).exitCode).toBe(0);
  });
});

describe('somebody else', () => {
  it.each<[string, () => unknown]>([
    ['pushes a chart within reach', () => world.chart('m/charts/new', '1.0.0')],
    ['pushes a chart elsewhere', () => world.chart('far/new', '1.0.0')],
    ['pushes an image within reach', () => world.image('m/org/app', 'new')],
    ['leaves another list', () => world.record('m/charts/web', charts.two, [needs('m/org/app', 'none')])],
  ])('%s after the registry was read: nothing is removed', async (_, meanwhile) => {
    world.onList = (times) => {
      return times === 1 ? meanwhile() : undefined;
    };
    const result = await world.remove();
    expect(result.end.kind).toBe('changed');
    expect(images().filter((name) => !name.endsWith(':new'))).toHaveLength(4);
    expect(world.calls.filter((call) => call.startsWith('remove'))).toEqual([]);
    expect(world.report(result)).toMatchObject({ exitCode: 1, totals: { bytes: 0 } });
  });

  it('pushes an image elsewhere: that changes nothing', async () => {
    world.onList = (times) => {
      if (times === 1) world.image('far/app', 'new');
    };
    expect((await world.remove()).end.kind).toBe('finished');
  });
});

describe('rules that keep no chart', () => {
  const catalog = [
    { name: 'wbe', path: 'charts/wbe', versions: { kind: 'version', text: '1.0.0' } as const, images: [] },
  ];

  it.each([true, false])('are refused, whether it is to be removed (%s) or shown', async (remove) => {
    const before = world.names();
    const result = await world.run({ keep: { newest: undefined, catalog }, remove });
    expect(result.end).toEqual({ kind: 'refused' });
    expect(new Set(statesOf(result))).toEqual(new Set(['left']));
    expect(world.names()).toEqual(before);
    expect(world.report(result)).toMatchObject({ exitCode: 1, totals: { bytes: 0 } });
  });

  it('are refused although something young stays, but not where no chart would go', async () => {
    const keep = { newest: undefined, catalog };
    await world.chart('m/charts/young', '1.0.0', '', { pushedAt: new Date(NOW.getTime() - 1000) });
    expect((await world.remove({ keep })).end).toEqual({ kind: 'refused' });
    world.repositories.delete('m/charts/web');
    expect((await world.remove({ keep })).end).toEqual({ kind: 'finished' });
  });
});

describe('failures', () => {
  it('a chart that cannot be removed keeps its images, by a fresh look at what it needs', async () => {
    world.onRemove = (_, digests) =>
      digests.includes(charts.one) ? [{ digest: charts.one, reason: 'it is pinned' }] : [];
    const result = await world.remove();
    expect(images()).toEqual(['m/org/app:1', 'm/org/app:2', 'm/org/app:both']);
    expect(statesOf(result)).toEqual(['failed', 'removed', 'spared', 'spared']);
    const report = world.report(result);
    expect(report.exitCode).toBe(1);
    const removals = report.repositories.flatMap((row) => row.removals);
    expect(removals.find(({ digest }) => digest === charts.one)?.reason).toBe('it is pinned');
  });

  it('a repository that refuses is told of, and the others go on', async () => {
    world.image('m/org/locked', '1');
    world.onRemove = (repository) => {
      if (repository === 'm/org/locked') throw refusal('REPOSITORY_FAILED', 'AccessDenied');
      return [];
    };
    const result = await world.remove();
    expect(world.names()).toContain('m/org/locked:1');
    expect(images()).toEqual(['m/org/app:2', 'm/org/app:both']);
    expect(statesOf(result)).toEqual(['failed', 'removed', 'removed', 'removed', 'removed']);
    expect(result.end.kind).toBe('finished');
    expect(world.report(result).exitCode).toBe(1);
  });

  it('an index that cannot be removed keeps its children', async () => {
    const child = world.image('m/org/multi', undefined);
    const other = world.image('m/org/multi', 'other');
    const index = world.index('m/org/multi', 'all', [child]);
    world.onRemove = (_, digests) => (digests.includes(index) ? [{ digest: index, reason: 'no' }] : []);
    await world.remove();
    const left = world.names().filter((name) => name.startsWith('m/org/multi'));
    expect(left).toEqual(['m/org/multi:all', `m/org/multi@${child}`]);
    expect(left).not.toContain(other);
  });

  it('a registry that cannot be reached any more ends the run, and what was done is told', async () => {
    world.onRemove = (repository) => {
      if (repository === 'm/org/app') throw refusal('REGISTRY_UNREACHABLE', 'gone');
      return [];
    };
    const result = await world.remove();
    expect(result.end).toMatchObject({ kind: 'stopped', error: { code: 'REGISTRY_UNREACHABLE' } });
    expect(statesOf(result)).toEqual(['left', 'left', 'removed', 'removed']);
    expect(world.report(result)).toMatchObject({ exitCode: 1, error: { code: 'REGISTRY_UNREACHABLE' } });
    world.onRemove = () => [];
    expect((await world.remove()).end.kind).toBe('finished');
    expect(images()).toEqual(['m/org/app:2', 'm/org/app:both']);
  });

  it('an interrupt stops between two requests; a second run goes on', async () => {
    const abort = new AbortController();
    world.onRemove = () => {
      abort.abort();
      return [];
    };
    const result = await world.remove({ signal: abort.signal });
    expect(result.end).toEqual({ kind: 'interrupted' });
    expect(statesOf(result)).toEqual(['left', 'left', 'left', 'removed']);
    expect(world.names()).not.toContain('m/charts/web:1.0.0');
    expect(images()).toHaveLength(4);
    expect(world.report(result).exitCode).toBe(130);
    world.onRemove = () => [];
    await world.remove();
    expect(images()).toEqual(['m/org/app:2', 'm/org/app:both']);
  });

  it('an interrupt while it reads removes nothing, and says so', async () => {
    const abort = new AbortController();
    world.onBlob = () => abort.abort();
    world.calls.splice(0);
    await world.chart('m/charts/old', '1.0.0');
    await expect(world.remove({ signal: abort.signal })).rejects.toMatchObject({
      code: 'INTERRUPTED',
      message: 'interrupted while the registry was read: nothing was removed',
    });
    expect(world.calls.filter((call) => call.startsWith('remove'))).toEqual([]);
  });

  it('a registry that cannot be reached for a list of images is no chart that cannot be read', async () => {
    world.onBlob = () => {
      throw refusal('REGISTRY_UNREACHABLE', 'gone');
    };
    await expect(world.remove()).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
    expect(images()).toHaveLength(4);
  });
});

describe('the report', () => {
  it('names images of kept charts that are not there', async () => {
    world.record('m/charts/web', charts.two, [
      needs('m/org/app', 'lost'),
      { ...needs('m/x/y', '1'), how: 'conditional' },
    ]);
    const report = world.report(await world.run());
    expect(report.missingImages).toEqual([{ chart: 'm/charts/web:2.0.0', image: 'm/org/app:lost' }]);
  });

  it('counts the bytes that go, and after a run those that went', async () => {
    const shown = world.report(await world.run());
    expect(shown.totals.bytes).toBeGreaterThan(0);
    world.onRemove = (repository) => {
      if (repository === 'm/org/app') throw refusal('REPOSITORY_FAILED', 'AccessDenied');
      return [];
    };
    const done = world.report(await world.remove());
    expect(done.totals.bytes).toBeGreaterThan(0);
    expect(done.totals.bytes).toBeLessThan(shown.totals.bytes);
  });

  it('tells of each manifest that stays the first reason', async () => {
    const row = world.report(await world.run()).repositories.find(({ repository }) => repository === 'm/org/app');
    expect(row?.kept).toEqual({ needed: 2 });
  });
});
