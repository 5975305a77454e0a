import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildImage } from '../../src/demo/synthetic-image.ts';
import { deployment, pod } from '../support/e2e-charts.ts';
import { type ConsumerHelm, createConsumerHelm } from '../support/e2e-helm.ts';
import { mentionsOf } from '../support/e2e-plain-grep.ts';
import { schemaProblems } from '../support/e2e-report-schema.ts';
import { type Entry, type Outcome, startWorld, type World } from '../support/e2e-world.ts';
import { PIN_CASES } from '../support/pin-charts.ts';
import { pushImage } from '../support/synthetic-images.ts';
import { describeWith, requireTool } from '../support/tools.ts';

const execute = promisify(execFile);
const GIVEN = 'quay.io/team/given:1.0';
const KEYS = ['a', 'b', 'c', 'd'];
const VALUED = KEYS.map((key) => `${key}: { repository: quay.io/team/two, tag: "1.0", digest: "" }\n`).join('');
const BESIDE = KEYS.map((key) => {
  const image = `{{ .Values.${key}.repository }}:{{ .Values.${key}.tag }}{{ with .Values.${key}.digest }}@{{ . }}{{ end }}`;
  return `- name: ${key}\n  image: "${image}"`;
}).join('\n');

describeWith(['helm', 'crane', 'registry'], 'pinned digests', () => {
  let world: World;
  let helm: ConsumerHelm;
  let path: string;
  let log: string;
  let first: Outcome;
  const cases = Object.entries(PIN_CASES);
  const entries: readonly Entry[] = [...cases.map(([chart]) => chart), 'given'].map((chart) => ({
    chart,
    version: '1.0.0',
  }));

  function mirror(target: string, some: readonly Entry[], flags: readonly string[] = []): Promise<Outcome> {
    return world.mirror(target, some, ['--pin-digests', '--cache-dir', join(world.machine.work, 'cache'), ...flags], {
      env: { PATH: path },
    });
  }

  async function renders(): Promise<number> {
    const lines = await readFile(log, 'utf8').catch(() => '');
    await writeFile(log, '');
    return lines.split('\n').filter((line) => line === 'template').length;
  }

  function digest(image: string): string {
    return world.sources.images().get(image)?.digest ?? '';
  }

  /** What plain helm prints of a chart at the target. */
  async function rendered(target: string, chart: string, flags: readonly string[] = []): Promise<string> {
    const archive = await helm.pull(`oci://${world.proxy.host}/${target}/${chart}`, '1.0.0');
    return helm.template(chart, archive, flags);
  }

  async function original(name: string): Promise<string> {
    const file = join(helm.directory, `${name}.tgz`);
    const answer = await fetch(`${world.sources.repository.url}/charts.example.test/stable/${name}-1.0.0.tgz`);
    await writeFile(file, Buffer.from(await answer.arrayBuffer()));
    return helm.template(name, file);
  }

  beforeAll(async () => {
    world = await startWorld({ target: 'distribution' });
    helm = await createConsumerHelm();
    path = join(world.machine.home, 'bin');
    log = join(world.machine.home, 'helm.log');
    await mkdir(path);
    const wrapper = `#!/bin/sh\necho "$1" >> ${log}\nexec ${requireTool('helm')} "$@"\n`;
    await writeFile(join(path, 'helm'), wrapper, { mode: 0o755 });
    await writeFile(join(path, 'crane'), `#!/bin/sh\nexec ${requireTool('crane')} "$@"\n`, { mode: 0o755 });
    await world.sources.addImages([
      ...cases.flatMap(([, { images }]) => images),
      GIVEN,
      'quay.io/team/two:1.0',
      'quay.io/team/two:2.0',
    ]);
    for (const [name, { parts }] of cases) await world.publish(name, parts);
    await world.publish('given', { templates: { 'a.yaml': pod(`${GIVEN}@${digest(GIVEN)}`, 'tier: g') } });
    await world.publish('two', { values: VALUED, templates: { 'a.yaml': deployment(BESIDE) } });
    first = await mirror('m', entries);
    await renders();
  });

  afterAll(async () => {
    await Promise.all([world?.stop(), helm?.remove()]);
  });

  it('come with a proof of every chart', () => {
    expect(first.code, first.stderr).toBe(0);
    expect(first.report.charts.map(({ status, proof }) => `${status} ${proof.state}`)).toEqual(
      entries.map(() => 'pushed proven'),
    );
    expect(
      first.report.charts.flatMap(({ chart, profiles }) =>
        profiles.filter(({ proof }) => proof.state !== 'proven').map(({ profile }) => `${chart} ${profile}`),
      ),
    ).toEqual([]);
    expect(schemaProblems(first.report)).toEqual([]);
  });

  it.each(cases)('of %s stand where the report says, or it says why not', (chart, { images, by, open }) => {
    const { pinned, notPinned } = first.row(chart);
    expect(pinned.flatMap((one) => one.by).sort()).toEqual(by);
    expect(pinned.map((one) => [one.image, one.digest]).sort()).toEqual(
      open === undefined ? images.map((image) => [image, digest(image)]).sort() : [],
    );
    expect(notPinned.map(({ image }) => image).sort()).toEqual(open === undefined ? [] : [...images].sort());
    for (const { reason } of notPinned) expect(reason).toMatch(open ?? /never/);
  });

  it.each(cases)('of %s are what plain helm renders, and nothing else changes', async (chart, { images, open }) => {
    const output = await rendered('m', chart);
    const mentions = new Set(mentionsOf(output, `${world.proxy.host}/m`));
    const expected = images.map((image) => {
      const name = image.replace('quay.io', '');
      if (open !== undefined) return name;
      return chart === 'drops' ? `${name.replace(/:.*/, '')}@${digest(image)}` : `${name}@${digest(image)}`;
    });
    expect([...mentions].sort()).toEqual(expected.sort());
    const lines = (text: string): readonly string[] => text.split('\n').filter((line) => /app: x/.test(line));
    expect(lines(output)).toEqual(lines(await original(chart)));
  });

  it('can be pulled from the target', async () => {
    const pinned = first.report.charts.flatMap((row) => row.pinned);
    expect(pinned.length).toBeGreaterThan(9);
    for (const { image, digest: content } of pinned) {
      const name = image.replace('quay.io', `${world.proxy.host}/m`).replace(/:[^/:]*$/, '');
      const { stdout } = await execute(requireTool('crane'), ['manifest', `${name}@${content}`, '--insecure'], {
        env: { HOME: helm.directory },
      });
      expect(stdout).toContain('sha256');
    }
  });

  it('leave alone what is pinned from the start', async () => {
    expect([first.row('given').pinned, first.row('given').notPinned]).toEqual([[], []]);
    expect(await rendered('m', 'given')).toContain(`/m/team/given:1.0@${digest(GIVEN)}`);
  });

  it('are counted in the summary, with what is not pinned', () => {
    const open = cases.filter(([, one]) => one.open !== undefined).flatMap(([, { images }]) => images);
    const all = cases.flatMap(([, { images }]) => images);
    expect(first.stderr).toContain(`pinned: ${all.length - open.length} of ${all.length} images`);
    expect(first.stderr.match(/^not pinned /gm)).toHaveLength(open.length);
  });

  it('go into the values for consumers of the original chart', async () => {
    const text = (chart: string): Promise<string> =>
      world.machine.read(join(first.directory, `helm-charts/${chart}/${chart}/values.yaml`));
    expect(await text('beside')).toContain(`digest: "${digest('quay.io/team/beside:1.0')}"`);
    expect(
      first.report.charts
        .filter(({ chart, consumer }) => consumer.state !== 'proven' && chart !== 'literal' && chart !== 'given')
        .map(({ chart }) => chart),
    ).toEqual(['shared', 'switched']);
  });

  it('cost nothing in a second run: no render, no copy, no push', async () => {
    const second = await mirror('m', entries);
    expect(second.code, second.stderr).toBe(0);
    expect(await renders()).toBe(0);
    const { charts, images } = second.report.totals;
    expect([charts, images.copied, second.report.totals.bytesCopied]).toEqual([
      { present: entries.length },
      undefined,
      0,
    ]);
    expect(second.report.charts.map(({ pinned, notPinned }) => ({ pinned, notPinned }))).toEqual(
      first.report.charts.map(({ pinned, notPinned }) => ({ pinned, notPinned })),
    );
  });

  it('are those of the one platform that is copied', async () => {
    const outcome = await mirror('amd', [{ chart: 'beside' }, { chart: 'whole' }], ['--platform', 'linux/amd64']);
    expect(outcome.code, outcome.stderr).toBe(0);
    const child = (name: string): string | undefined =>
      buildImage(name).children.find(({ platform }) => platform === 'linux/amd64')?.digest;
    expect(outcome.report.charts.flatMap((row) => row.pinned.map((one) => one.digest))).toEqual([
      child('quay.io/team/beside:1.0'),
      child('quay.io/team/whole:1.0'),
    ]);
    expect(await rendered('amd', 'whole')).toContain(`/amd/team/whole:1.0@${child('quay.io/team/whole:1.0')}`);
  });

  it('do not share a key where two releases need different digests', async () => {
    const outcome = await mirror('two', [
      { chart: 'two', release: 'one' },
      { chart: 'two', release: 'other', values: Object.fromEntries(KEYS.map((key) => [key, { tag: '2.0' }])) },
    ]);
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(
      ['one', 'other'].flatMap((release) => outcome.row(release).pinned.map(({ image, by }) => [image, ...by])),
    ).toEqual([
      ['quay.io/team/two:1.0', ...KEYS.map((key) => `${key}.tag`)],
      ['quay.io/team/two:2.0', ...KEYS.map((key) => `${key}.tag in the given values`)],
    ]);
    const plain = await rendered('two', 'two', ['--set', 'a.tag=2.0']);
    expect(plain).toContain('/two/team/two:2.0"');
  });

  it('hold for profiles of the catalog, each with the digest of its own image', async () => {
    const profiles = [{ name: 'next', values: { a: { tag: '2.0' } } }];
    const outcome = await mirror('profiles', [{ chart: 'two', profiles }]);
    expect(outcome.code, outcome.stderr).toBe(0);
    const { pinned, profiles: proofs } = outcome.row('two');
    expect(pinned.map(({ image, by }) => [image, by.at(0)])).toEqual([
      ['quay.io/team/two:1.0', 'a.tag'],
      ['quay.io/team/two:2.0', 'a.tag in the given values'],
    ]);
    expect(proofs.filter(({ kind }) => kind === 'catalog').map(({ proof }) => proof.state)).toEqual(['proven']);
    const values = await world.machine.read(join(outcome.directory, 'helm-charts/two/two/values-next.yaml'));
    expect(values).toContain(`2.0@${digest('quay.io/team/two:2.0')}`);
  });

  it('follow a tag that moved, and the chart is then taken', async () => {
    await mirror('moved', [{ chart: 'numbered' }]);
    await pushImage(world.sources.registry.url, 'quay.io/team/numbered', '15', { name: 'another' });
    const { digest: now } = buildImage('another').root;
    const refused = await mirror('moved', [{ chart: 'numbered' }]);
    expect([refused.code, refused.row('numbered').error?.code]).toEqual([1, 'CHART_TAG_TAKEN']);
    const replaced = await mirror('moved', [{ chart: 'numbered' }], ['--overwrite-existing']);
    expect(replaced.code, replaced.stderr).toBe(0);
    expect(await rendered('moved', 'numbered')).toContain(`15@${now}`);
    // a tag that stays as it is at the target: the digest is that of the target
    await pushImage(world.sources.registry.url, 'quay.io/team/numbered', '15', { name: 'a third' });
    const kept = await mirror('moved', [{ chart: 'numbered' }], ['--no-verify-existing-digest']);
    expect([kept.code, kept.row('numbered').status, kept.row('numbered').pinned[0]?.digest]).toEqual([
      0,
      'present',
      now,
    ]);
  });
});
