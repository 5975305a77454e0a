import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildImage } from '../../src/demo/synthetic-image.ts';
import type { PruneReport } from '../../src/domain/prune/report.ts';
import { createEcrConsumer, type EcrConsumer } from '../support/ecr-consumer.ts';
import { type EcrWorld, startEcrWorld } from '../support/ecr-world.ts';
import { imageChart } from '../support/net-world.ts';
import { ROOT } from '../support/shared-charts.ts';
import { pushImage } from '../support/synthetic-images.ts';
import { describeWith } from '../support/tools.ts';

const CHARTS = 'https://charts.example.test';
const IMAGES = 'images.example.test';
const VERSIONS = ['1.0.0', '1.1.0', '1.2.0'];
const NAMES = Array.from({ length: 10 }, (_, index) => `c${index}`);
const LONG_AGO = new Date(Date.now() - 40 * 24 * 60 * 60 * 1000);

/** The images that a version of a chart renders: one of its own, one of the release, one that all have for ever. */
function imagesOf(chart: string, version: string): readonly string[] {
  // half of the charts never left the first side-car, one had another image at first
  const side = Number(chart.slice(1)) < 5 ? '1.0.0' : version;
  const extra = chart === 'c9' && version === '1.0.0' ? ['org/extra:1.0.0'] : [];
  return [`org/${chart}:${version}`, `shared/side:${side}`, 'shared/base:1', ...extra];
}

function chartParts(chart: string, version: string) {
  const parts = imageChart(...imagesOf(chart, version).map((image) => `${IMAGES}/${image}`));
  // an image that a value would switch on
  if (chart !== 'c0') return { ...parts, version };
  const values = `${parts.values}extra: { enabled: false, image: { registry: ${IMAGES}, repository: org/extra, tag: 1.0.0 } }\n`;
  return { ...parts, values, version };
}

function schemaProblems(report: unknown): readonly string[] {
  const schema: object = JSON.parse(readFileSync(join(ROOT, 'schemas', 'prune.schema.json'), 'utf8'));
  const validate = new Ajv2020({ allErrors: true }).compile(schema);
  validate(report);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** The policy of docs/prune.md, which is for the names that this test uses. */
function documentedPolicy(): unknown {
  const text = readFileSync(join(ROOT, 'docs', 'prune.md'), 'utf8');
  const [, policy = ''] = /^```json\n(.*?)^```$/ms.exec(text) ?? [];
  return JSON.parse(policy);
}

describeWith(['helm', 'crane', 'openssl'], 'prune of a registry that three runs of mirror have filled', () => {
  let world: EcrWorld;
  let consumer: EcrConsumer;
  let target: string;
  let runs = 0;

  beforeAll(async () => {
    world = await startEcrWorld();
    target = `${world.names.registry}/platform`;
    for (const version of VERSIONS) {
      for (const chart of NAMES) {
        await world.publish(chart, chartParts(chart, version), CHARTS);
        for (const image of imagesOf(chart, version)) {
          const [repository = '', tag = ''] = image.split(':');
          const platforms = chart === 'c0' ? ['linux/amd64', 'linux/arm64'] : [];
          await pushImage(world.source.url, repository, tag, { platforms, ownLayers: 1 });
        }
      }
      const { code, stderr } = await mirror(version);
      expect(code, stderr).toBe(0);
    }
    // signatures as cosign leaves them, beside what stays and what goes
    for (const tag of ['1.0.0', '1.2.0']) {
      const { digest } = world.contents.image('platform/org/c0', tag);
      world.contents.put(
        'platform/org/c0',
        `${digest.replace(':', '-')}.sig`,
        buildImage(`sig ${tag}`, { platforms: [] }),
      );
    }
    // what somebody else has there, below the path and beside it
    world.contents.add('platform/elsewhere', '1', { platforms: [] });
    world.contents.add('apart/image', '1', { platforms: [] });
    world.contents.setPushedAt(LONG_AGO);
    consumer = await createEcrConsumer(world);
  }, 300_000);

  afterAll(async () => {
    await consumer?.remove();
    await world?.stop();
  });

  function mirror(version: string) {
    const addons = NAMES.map((chart) => ({ chart, repository: CHARTS, version }));
    return world.mirror(addons, ['--target-registry', target]);
  }

  async function prune(...flags: readonly string[]) {
    runs += 1;
    const cwd = `prune-${runs}`;
    await world.machine.write(
      `${cwd}/catalog.yaml`,
      JSON.stringify({ addons: [{ chart: 'c1', repository: CHARTS, version: '~1.1' }] }),
    );
    const result = await world.run(['prune', '--target-registry', target, ...flags], { cwd });
    const report: PruneReport = JSON.parse(await world.machine.read(`${cwd}/prune.json`));
    expect(schemaProblems(report)).toEqual([]);
    expect(world.machine.faults()).toEqual([]);
    expect(world.ecr.defects()).toEqual([]);
    return { ...result, report, cwd };
  }

  it('leaves a list of images at every chart, and none twice', () => {
    for (const chart of NAMES) {
      const { images } = world.contents.repository(`platform/${chart}`);
      const lists = [...images.values()].filter(({ parts }) => parts.artifactType?.includes('airgap-charts') === true);
      expect(lists).toHaveLength(VERSIONS.length);
      expect(new Set(lists.map(({ parts }) => parts.subject)).size).toBe(VERSIONS.length);
      expect(lists.every(({ tags }) => tags.size === 0)).toBe(true);
    }
  });

  it('shows what would go, and removes nothing', async () => {
    world.ecr.log.reset();
    const before = world.contents.list();
    const { code, stderr, report } = await prune('--keep-charts', '1');
    expect(code, stderr).toBe(0);
    expect(world.contents.list()).toEqual(before);
    expect(world.ecr.log.writes()).toEqual([]);
    expect(report.totals.charts).toEqual({ kept: 10, removals: 20 });
    expect(stderr).toMatch(/^platform\/c3 +4 +[\d.]+ kB +1\.0\.0, 1\.1\.0, 2 about these$/m);
    expect(stderr).toMatch(/^platform\/org\/c0 +7 +[\d.]+ kB +1\.0\.0, 1\.1\.0, 4 without a tag, 1 about these$/m);
    expect(stderr).toContain('nothing was removed: run again with --yes to remove it');
  });

  it('keeps what a catalog names beside the newest', async () => {
    const { report } = await prune('--keep-charts', '1', '--keep-catalog', 'catalog.yaml');
    const kept = report.keptCharts.filter(({ repository }) => repository === 'platform/c1');
    expect(kept.map(({ tags, reasons }) => `${tags[0]} ${reasons[0]}`).sort()).toEqual([
      '1.1.0 catalog',
      '1.2.0 newest',
    ]);
    expect(report.totals.charts).toEqual({ kept: 11, removals: 19 });
  });

  it('--older-than keeps what was pushed later; --json prints the report', async () => {
    const { stdout, report } = await prune('--keep-charts', '1', '--older-than', '41d', '--json');
    expect(JSON.parse(stdout)).toEqual(report);
    expect(report.rules).toEqual({ keepCatalogs: [], keepCharts: 1, minimumAgeHours: 984, all: false });
    expect(report.totals.manifests).toEqual({});
  });

  it('removes with --yes what no kept chart needs, and every kept chart can be pulled whole afterwards', async () => {
    const { report: shown } = await prune('--keep-charts', '1');
    world.ecr.log.reset();
    // with the rights that the document asks for
    world.ecr.access.restrictTo(documentedPolicy());
    const { code, stderr, report } = await prune('--keep-charts', '1', '--yes');
    world.ecr.access.reset();
    expect(code, stderr).toBe(0);
    expect(world.ecr.log.calls().filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    expect(report.totals.bytes).toBe(shown.totals.bytes);
    expect(new Set(world.ecr.log.writes().map(({ action }) => action))).toEqual(new Set(['BatchDeleteImage']));

    const pulled = new Set<string>();
    for (const chart of NAMES) {
      for (const image of await consumer.install(`platform/${chart}`, '1.2.0')) pulled.add(image);
    }
    expect(pulled.size).toBe(13);
    for (const image of pulled) {
      expect(image.startsWith(`${target}/`)).toBe(true);
      await consumer.pull(image);
    }
    await consumer.pull(`${target}/org/extra:1.0.0`);
  });

  it('has left nothing but that', () => {
    const tags = world.contents.list().filter((name) => !name.includes('@'));
    const sig = world.contents.image('platform/org/c0', '1.2.0').digest.replace(':', '-');
    expect(tags).toEqual(
      [
        'apart/image:1',
        'platform/elsewhere:1',
        ...NAMES.flatMap((chart) => [`platform/${chart}:1.2.0`, `platform/org/${chart}:1.2.0`]),
        `platform/org/c0:${sig}.sig`,
        'platform/org/extra:1.0.0',
        'platform/shared/base:1',
        'platform/shared/side:1.0.0',
        'platform/shared/side:1.2.0',
      ].sort(),
    );
    for (const { name, images } of NAMES.map((chart) => world.contents.repository(`platform/${chart}`)))
      expect([name, images.size]).toEqual([name, 2]);
    // the index, its two children, the signature
    expect(world.contents.repository('platform/org/c0').images.size).toBe(4);
  });

  it('has nothing more to do, and mirror neither', async () => {
    const again = await prune('--keep-charts', '1', '--yes');
    expect(again.code).toBe(0);
    expect(again.stderr).toContain('nothing to remove');
    world.ecr.log.reset();
    const { code, rows, stderr } = await mirror('1.2.0');
    expect(code, stderr).toBe(0);
    expect(new Set(rows.map((row) => row.split(' ')[1]))).toEqual(new Set(['present']));
    expect(world.ecr.log.writes()).toEqual([]);
  });

  it('with --all takes repositories without our tag, too, but none beside the path', async () => {
    const { code } = await prune('--keep-charts', '1', '--all', '--yes');
    expect(code).toBe(0);
    const names = world.contents.list();
    expect(names).not.toContain('platform/elsewhere:1');
    expect(names).toContain('apart/image:1');
  });
});
