import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildImage } from '../../src/demo/synthetic-image.ts';
import { digestOf } from '../../src/domain/manifest.ts';
import { readText } from '../support/charts.ts';
import type { CountingProxy } from '../support/counting-proxy.ts';
import { chartFiles } from '../support/e2e-charts.ts';
import { rawChart, rawDigest, rawManifest } from '../support/e2e-registry.ts';
import { schemaProblems } from '../support/e2e-report-schema.ts';
import type { Entry, Outcome } from '../support/e2e-world.ts';
import { summaryOf } from '../support/fault-checks.ts';
import { chartOf, type FaultWorld, startFaultWorld } from '../support/fault-world.ts';
import { describeWith } from '../support/tools.ts';

const APP = 'a.example.test/team/app:1';
const AGENT = 'a.example.test/team/agent:2';
const DECLARED = 'a.example.test/team/declared:1';
const CARRIED = 'a.example.test/team/carried:1';
const ELSEWHERE = 'https://charts.example.test/elsewhere';
const COUNTED = ['counted.example.test/team/one:1', 'counted.example.test/team/two:1'] as const;

const SAME: readonly Entry[] = [
  { chart: 'same', release: 'first', oci_namespace: 'na' },
  { chart: 'same', release: 'second', repository: ELSEWHERE },
  { chart: 'same', release: 'third', repository: '../shelf/same', oci_namespace: 'nl/deep', version: undefined },
];
const LISTED = { chart: 'listed', images: [CARRIED] };
const ENTRIES: readonly Entry[] = [...SAME, LISTED, { chart: 'blocked' }, { chart: 'counted' }, { chart: 'plain' }];

/** What a chart's Chart.yaml says of images, as Artifact Hub wants it. */
const ANNOTATIONS = [
  'annotations:',
  '  artifacthub.io/images: |',
  ...[APP, DECLARED, CARRIED].flatMap((image, index) => [`    - name: i${index}`, `      image: ${image}`]),
];

describeWith(['helm', 'crane', 'registry'], 'what a run leaves', () => {
  let world: FaultWorld;
  let counted: CountingProxy;
  let outcome: Outcome;

  const file = (path: string) => readFile(join(world.machine.work, outcome.directory, path));

  beforeAll(async () => {
    world = await startFaultWorld();
    await world.addImages(APP, AGENT, DECLARED, CARRIED);
    for (const image of COUNTED) await world.addImage(image, { layerBytes: 50_000 });
    counted = await world.proxySource('counted.example.test');
    await world.publish('same', chartOf(APP));
    await world.publish('same', chartOf(AGENT), ELSEWHERE);
    const files = Object.entries(chartFiles('same', chartOf(APP, AGENT)));
    for (const [path, text] of files) await world.machine.write(`shelf/same/${path}`, text);
    await world.publish('listed', { ...chartOf(APP), yaml: ANNOTATIONS });
    for (const name of ['blocked', 'plain']) await world.publish(name, chartOf(APP));
    await world.publish('counted', chartOf(...COUNTED));
    // the first run has this directory
    await world.machine.write('run-1/helm-charts/blocked', 'a file, where a directory has to be');
    outcome = await world.mirror({ path: 'o', entries: ENTRIES });
  });

  afterAll(async () => {
    await world?.stop();
  });

  it('holds an archive for each of several charts of one name and version, and the report names it', async () => {
    const rows = ['first', 'second', 'third'].map((release) => outcome.row(release));
    expect(rows.map(({ status }) => status)).toEqual(['pushed', 'pushed', 'pushed']);
    const archives = rows.map(({ archive }) => archive ?? '');
    expect(new Set(archives).size).toBe(3);
    expect(archives[0]).toBe('helm-charts/same/same-1.0.0.tgz');
    const repositories = ['o/na/same', 'o/same', 'o/nl/deep/same'];
    for (const [index, repository] of repositories.entries()) {
      expect(rows[index]?.destination).toBe(`oci://${world.target.host}/${repository}:1.0.0`);
      const there = await rawChart(world.behind, repository, '1.0.0');
      expect((await file(archives[index] ?? '')).equals(there), repository).toBe(true);
    }
    const all = await world.machine.files(join(world.machine.work, outcome.directory, 'helm-charts/same'));
    expect(all.filter((name) => name.endsWith('.tgz'))).toHaveLength(3);
    expect(all.filter((name) => name.endsWith('values.yaml')).sort()).toEqual([
      ...['first/values.yaml', 'second/values.yaml', 'third/values.yaml', 'values.yaml'],
    ]);
  });

  it('lacks the files of a chart that cannot be written; the chart is pushed, the run is not all done', async () => {
    const row = outcome.row('blocked');
    expect([outcome.code, row.status, row.archive, row.consumer.written]).toEqual([1, 'pushed', null, false]);
    expect(row.error).toMatchObject({ code: 'WORKSPACE_FAILED', origin: 'local' });
    expect(row.error?.message).toMatch(/helm-charts\/blocked\/.* cannot be written/);
    expect(row.error?.hint).toContain('--output-dir');
    expect(await rawDigest(world.behind, 'o/blocked', '1.0.0')).toBeDefined();
    expect(summaryOf(outcome.stderr)).toMatch(/^PUSHED +blocked 1\.0\.0.*\n +WORKSPACE_FAILED: /m);
    const others = outcome.report.charts.filter(({ chart }) => chart !== 'blocked');
    expect(others.map(({ error, archive }) => [error, archive === null])).toEqual(others.map(() => [null, false]));
    expect(outcome.report.totals.addons).toEqual({
      declared: ENTRIES.length,
      done: ENTRIES.length - 1,
      failed: 1,
      unmirrorable: 0,
    });
  });

  it('moves in annotations the images that are carried, and no other', async () => {
    const { declaredImages, status } = outcome.row('listed');
    expect(status).toBe('pushed');
    expect(declaredImages.map(({ image, rendered }) => [image, rendered])).toEqual([
      [APP, true],
      [DECLARED, false],
      [CARRIED, false],
    ]);
    const yaml = (await readText(await rawChart(world.behind, 'o/listed', '1.0.0'), 'listed/Chart.yaml')) ?? '';
    const images = [...yaml.matchAll(/^ +image: (\S+)$/gm)].map(([, image]) => image);
    const at = `${world.target.host}/o/team`;
    expect(images).toEqual([`${at}/app:1`, DECLARED, `${at}/carried:1`]);
    expect(await rawDigest(world.behind, 'o/team/declared', '1')).toBeUndefined();
    expect(await rawDigest(world.behind, 'o/team/carried', '1')).toBe(buildImage(CARRIED).root.digest);
    expect(outcome.report.images.map(({ source }) => source)).not.toContain(DECLARED);
  });

  it('counts the bytes that left the sources, not those that were planned', async () => {
    const blobs = new Map(
      COUNTED.flatMap((image) => buildImage(image, { layerBytes: 50_000 }).blobs).map((blob) => [
        blob.digest as string,
        blob.bytes.length,
      ]),
    );
    counted.reset();
    const alone = await world.mirror({ path: 'bytes', entries: [{ chart: 'counted' }], flags: ['--concurrency', '1'] });
    expect(alone.report.totals.images).toEqual({ copied: 2 });
    const gets = counted.requests().filter(({ method, status }) => method === 'GET' && status === 200);
    const moved = gets.map(({ path }) => blobs.get(/\/blobs\/(sha256:[0-9a-f]{64})$/.exec(path)?.[1] ?? '') ?? 0);
    const sum = moved.reduce((total, size) => total + size, 0);
    expect([alone.code, alone.report.totals.bytesCopied]).toEqual([0, sum]);
    const planned = alone.report.images.reduce((total, { bytes }) => total + (bytes ?? 0), 0);
    // the layer that all images share is counted for each of them in the plan
    expect(sum).toBeLessThan(planned);
    expect(summaryOf(alone.stderr)).toContain(`${(sum / 1000).toFixed(1)} kB copied`);
  });

  it('can be mirrored once more, into another registry', async () => {
    const other = world.sources.registry;
    const source = `oci://${world.target.host}/o`;
    const flags = ['--target-registry', `${other.host}/hop`];
    const entries = [{ chart: 'plain', repository: source, version: '1.0.0' }];
    const hop = await world.mirror({ path: '', entries, flags });
    expect(hop.code, hop.stderr).toBe(0);
    expect([hop.row('plain').status, hop.row('plain').proof.state]).toEqual(['pushed', 'proven']);
    const archive = await rawChart(other.url, 'hop/plain', '1.0.0');
    const yaml = (await readText(archive, 'plain/Chart.yaml'))?.replaceAll('"', '');
    expect(yaml?.match(/airgap-charts\/.*/g)?.sort()).toEqual([
      `airgap-charts/source-digest: ${hop.row('plain').sourceDigest}`,
      `airgap-charts/source: ${source}/plain:1.0.0`,
    ]);
    expect(hop.row('plain').sourceDigest).toBe(digestOf(await rawChart(world.behind, 'o/plain', '1.0.0')));
    const values = await readText(archive, 'plain/values.yaml');
    expect(values?.replaceAll('"', '')).toBe(`image0: ${other.host}/hop/o/team/app:1\n`);
    expect(await rawDigest(other.url, 'hop/o/team/app', '1')).toBe(buildImage(APP).root.digest);
    // no time of day in what is pushed
    const [first, second] = await Promise.all([
      rawManifest(world.behind, 'o/plain', '1.0.0'),
      rawManifest(other.url, 'hop/plain', '1.0.0'),
    ]);
    const created = (text = '') => /"org\.opencontainers\.image\.created":"([^"]*)"/.exec(text)?.[1];
    expect(created(second?.text)).toBe(created(first?.text));
  });

  it('is told even where the report cannot be written in the end', async () => {
    const held = await world.proxySource('a.example.test');
    let open = () => {};
    const until = new Promise<void>((resolve) => {
      open = resolve;
    });
    const fault = held.addFault({ method: 'HEAD', path: /team\/agent\/manifests/, until });
    await world.publish('agent', chartOf(AGENT));
    const { cli } = await world.start({ path: 'told', entries: [{ chart: 'agent' }], flags: ['--json'] });
    await Promise.race([fault.firstHit, cli.ended]);
    const [directory = ''] = (await world.machine.files())
      .filter((name) => name.endsWith('/catalog.yaml'))
      .map((name) => name.split('/')[0] ?? '')
      .sort((a, b) => Number(b.slice(4)) - Number(a.slice(4)));
    await mkdir(join(world.machine.work, directory, 'report.json'));
    fault.remove();
    open();
    const { code, stdout, stderr } = await cli.ended;
    expect(code, stderr).toBe(1);
    expect(stderr).toMatch(/^pushed +agent 1\.0\.0/m);
    expect(stderr).toMatch(
      /^WORKSPACE_FAILED: .*report\.json cannot be written: .*THERE IS NO REPORT FILE OF THIS RUN$/m,
    );
    const report = JSON.parse(stdout);
    expect(schemaProblems(report)).toEqual([]);
    expect(report.charts[0].status).toBe('pushed');
    expect(await world.machine.files(world.machine.temporary)).toEqual([]);
  });

  describe('of a scan', () => {
    it('names no step that would write to the target', async () => {
      const scan = await world.mirror({ path: 'scan', entries: [LISTED], flags: ['--scan-only'] });
      expect([scan.code, scan.row('listed').status]).toEqual([0, 'ready']);
      const steps = scan.stderr.slice(0, scan.stderr.lastIndexOf('\n\n'));
      expect(steps).not.toMatch(/^(?:Push|Copy|Preflight charts)/m);
      expect(steps).toMatch(/nothing is pushed/);
      expect(summaryOf(scan.stderr)).toMatch(/scan only: nothing was pushed/);
      const { archive } = scan.row('listed');
      const made = await readFile(join(world.machine.work, scan.directory, archive ?? ''));
      expect(await readText(made, 'listed/values.yaml')).toContain(`${world.target.host}/scan/team/app:1`);
    });
  });
});
