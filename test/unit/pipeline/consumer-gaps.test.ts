import { describe, expect, it } from 'vitest';
import type { Addon } from '../../../src/domain/addon.ts';
import { gapLines } from '../../../src/pipeline/consumer-gaps.ts';
import { proveConsumer } from '../../../src/pipeline/prove-consumer.ts';
import type { MirrorOptions } from '../../../src/pipeline/run-settings.ts';
import { use } from '../domain/trace/uses.ts';
import { podTemplate } from './mini-helm.ts';
import { APP, layer, proven, VALUES, WORKER } from './proved.ts';
import { addonOf, anyDigest, imageOf } from './runs.ts';

const HEAD = '# With other values, further images are pulled that were not mirrored:';
const TO_MIRROR = '# Mirror them by images of the catalog entry, or with --images conditional, or all.';
const FIXED =
  '# From its public source: these values do not move it, and mirroring does not help. Leave off what brings it,';

/** The lines in the head of the consumer values of a chart's only release. */
async function gaps(
  files: Readonly<Record<string, string>>,
  addon: Partial<Addon> = {},
  options: Partial<MirrorOptions> = {},
  mirrored: readonly string[] = [],
): Promise<readonly string[]> {
  const { run, chart } = await proven(files, [addonOf('a', addon)], options);
  await proveConsumer(chart, 0, run);
  const [release] = run.releases;
  if (release === undefined) throw new RangeError('one release');
  const copied = { kind: 'copied', digest: anyDigest('x'), bytes: 1, moved: 1 } as const;
  run.images = mirrored.map((repository) => {
    const image = imageOf(repository, chart, { state: copied });
    return { ...image, source: { ...image.source, tag: '2' } };
  });
  return gapLines(chart, release, release.consumerValues ?? '', run);
}

describe('the head of consumer values', () => {
  it('names what other values bring that is not mirrored, by what brings it', async () => {
    expect(await gaps(WORKER)).toEqual([HEAD, '#   worker.enabled=true: quay.io/team/worker:2', TO_MIRROR]);
    expect(await gaps(WORKER, {}, {}, ['team/worker'])).toEqual([]);
  });

  it('marks what templates spell out: no value moves it in the original chart', async () => {
    const files = {
      ...APP,
      'values.yaml': 'app: quay.io/team/app:1\nworker: { enabled: false }\nmode: plain\n',
      'templates/worker.yaml': podTemplate('worker', 'quay.io/team/worker:2', '.Values.worker.enabled'),
      'templates/deep.yaml': podTemplate('deep', 'quay.io/team/deep:3', 'eq .Values.mode "deep"'),
    };
    const lines = await gaps(files);
    expect(lines[1]).toBe('#   worker.enabled=true: quay.io/team/worker:2, from its public source');
    expect(lines[2]).toMatch(
      /^# {3}web\/templates\/deep\.yaml:\d+ \(named there\): quay\.io\/team\/deep:3, from its pub/,
    );
    expect(lines[3]).toBe(FIXED);
    const mirrored = await gaps(files, {}, {}, ['team/worker']);
    expect(mirrored).toContain('# With other values, these are pulled from elsewhere, though they were mirrored:');
    expect(mirrored).not.toContain(TO_MIRROR);
  });

  it('does not mark what could not be traced under one profile, and a value moves under another one', async () => {
    const { run, chart, releases } = await proven(WORKER);
    const [release] = releases;
    if (release?.relocation === undefined) throw new RangeError('one release');
    release.relocation = { ...release.relocation, literals: [use('quay.io/team/worker:2')] };
    expect(gapLines(chart, release, release.relocation.consumerValues, run)).toEqual([
      ...[HEAD, '#   worker.enabled=true: quay.io/team/worker:2', TO_MIRROR],
    ]);
  });

  it('marks what consumer values leave where it is', async () => {
    const { run, chart, releases } = await proven(WORKER);
    const [release] = releases;
    if (release === undefined) throw new RangeError('one release');
    expect(gapLines(chart, release, '{}\n', run)).toContain(
      '#   worker.enabled=true: quay.io/team/worker:2, from its public source',
    );
  });

  it('marks what a template spells out, though a value that names it is moved', async () => {
    const lines = await gaps({
      ...APP,
      'values.yaml': 'app: quay.io/team/app:1\ndeep: { image: "quay.io/team/deep:3" }\nmode: plain\n',
      'templates/deep.yaml': podTemplate('deep', 'quay.io/team/deep:3', 'eq .Values.mode "deep"'),
    });
    expect(lines[1]).toMatch(/, deep\.image \(named there\): quay\.io\/team\/deep:3, from its public source$/);
  });

  it('marks what test values name themselves: whoever uses them has it as it is', async () => {
    const lines = await gaps({
      ...APP,
      'values.yaml': VALUES,
      'templates/worker.yaml': podTemplate('worker', '{{ .Values.worker.image }}', '.Values.worker.enabled'),
      'ci/other-values.yaml': 'worker: { enabled: true, image: "quay.io/team/other:4" }\n',
    });
    expect(lines).toContain('#   worker.enabled=true: quay.io/team/worker:2');
    expect(lines).toContain('#   ci/other-values.yaml: quay.io/team/other:4, from its public source');
  });

  it('marks what the defaults name where the release has something else', async () => {
    const lines = await gaps(WORKER, { layers: [layer('worker: { image: "quay.io/team/mine:5" }\n')] });
    expect(lines).toContain('#   worker.image (named there): quay.io/team/worker:2, from its public source');
    expect(lines).toContain('#   worker.enabled=true: quay.io/team/mine:5');
  });

  it('does not mark what the values move, though an annotation names it as well', async () => {
    const annotated = 'annotations: { artifacthub.io/images: "- image: quay.io/team/worker:2" }\n';
    const lines = await gaps({ ...WORKER, 'Chart.yaml': `apiVersion: v2\nname: web\nversion: 1.0.0\n${annotated}` });
    expect(lines).toContain('#   worker.enabled=true: quay.io/team/worker:2');
  });

  it('says that images behind switches are not known when none was turned', async () => {
    expect((await gaps({ ...APP, 'values.yaml': VALUES }, {}, { switches: false })).at(-1)).toBe(
      '# Images behind switches are not known: this run turned no switch (--no-switches).',
    );
  });
});
