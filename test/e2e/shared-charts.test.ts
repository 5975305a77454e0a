import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report, ReportedChart } from '../../src/domain/report/report.ts';
import { type CountingProxy, startCountingProxy } from '../support/counting-proxy.ts';
import { type ConsumerHelm, createConsumerHelm } from '../support/e2e-helm.ts';
import { type CliResult, createMachine, type Machine, mirrorFlags } from '../support/e2e-machine.ts';
import { linesWith, mentionsOf, referencesTo, strayHosts } from '../support/e2e-plain-grep.ts';
import { rawDigest, rawManifest, splitFull } from '../support/e2e-registry.ts';
import { schemaProblems } from '../support/e2e-report-schema.ts';
import type { LoopbackSources } from '../support/loopback-sources.ts';
import { startDistribution } from '../support/registries.ts';
import { ROOT, serveSharedCharts, sharedCharts, sharedChartsReason } from '../support/shared-charts.ts';
import { destinationOf, isMentioned } from '../support/shared-destinations.ts';
import { EXPLAINED_EXTRAS, extras, LEFT, LISTED_BASES, recall, recallByKind } from '../support/shared-recall.ts';
import { describeUnless, skipReason } from '../support/tools.ts';
import { valuesInputReason } from '../support/values-inputs.ts';

const INPUTS = join(ROOT, '..', 'shared', 'inputs');
const TOOLS = ['helm4', 'helm3', 'crane', 'registry'] as const;
const MINUTES = 60_000;
const AT_ONCE = 3;

/** Places whose references do not stand in the rendered text in one piece. */
const IN_PARTS = new Set(['cr-text', 'cr-split']);
/** Texts in which a name without a tag may be a part of a reference that is put together elsewhere. */
const TEXTS = new Set(['cr-text', 'configmap', 'secret']);

function isWhole(reference: string, where: string): boolean {
  return !TEXTS.has(where) || /[:@][^/]+$/.test(reference);
}

interface Pulled {
  readonly row: ReportedChart;
  readonly output: string;
}

async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

describeUnless(
  skipReason(TOOLS) ?? sharedChartsReason() ?? valuesInputReason(),
  'the 40 shared charts in a private registry',
  () => {
    let sources: LoopbackSources;
    let target: Awaited<ReturnType<typeof startDistribution>>;
    let proxy: CountingProxy;
    let machine: Machine;
    let helm: ConsumerHelm;
    let argv: readonly string[];
    let first: CliResult;
    let report: Report;
    const pulled: Pulled[] = [];

    async function pullAndRender(row: ReportedChart): Promise<void> {
      const reference = (row.destination ?? '').replace(/:[^/]+$/, '');
      const archive = await helm.pull(reference, row.version ?? '');
      const values = sharedCharts().find(({ name }) => name === row.chart)?.values ?? {};
      const file = join(helm.directory, `${row.chart}.values.json`);
      await writeFile(file, JSON.stringify(values));
      const unchecked = row.proof.schemaChecked ? [] : ['--skip-schema-validation'];
      const output = await helm.template(row.release, archive, ['--namespace', row.chart, '-f', file, ...unchecked]);
      pulled.push({ row, output });
    }

    beforeAll(async () => {
      sources = await serveSharedCharts();
      target = await startDistribution();
      proxy = await startCountingProxy(target.url);
      machine = await createMachine({ helm: 'helm4', crane: true });
      helm = await createConsumerHelm('helm4');
      argv = [
        'mirror',
        ...['--catalog', join(INPUTS, 'public-addons.catalog.yaml')],
        ...['--chart-overrides', join(INPUTS, 'public-addons.chart-overrides.yaml')],
        // switches of these charts are turned in test/long: that is a render for each of more than a thousand
        ...['--target-registry', `${proxy.host}/mirror`, '--plain-http', '--no-switches'],
        ...mirrorFlags(sources.mirrors()),
      ];
      first = await machine.run(argv);
      report = await machine.report();
      await eachOf(
        report.charts.filter((row) => row.status === 'pushed'),
        pullAndRender,
      );
    }, 8 * MINUTES);

    afterAll(async () => {
      await Promise.all([sources?.stop(), proxy?.stop(), helm?.remove(), machine?.remove()]);
      await target?.stop();
    });

    it('resolves all 40, proves and pushes at least 36, and ends with the exit code of its report', () => {
      expect(report.charts).toHaveLength(40);
      expect(report.charts.filter((row) => row.version === null)).toEqual([]);
      const good = report.charts.filter((row) => row.status === 'pushed' && row.proof.state === 'proven');
      expect(good.length).toBeGreaterThanOrEqual(36);
      expect([first.code, report.exitCode]).toEqual(good.length === 40 ? [0, 0] : [1, 1]);
      expect(report.totals.addons).toMatchObject({ declared: 40, done: good.length, failed: 40 - good.length });
    });

    it('names the literal of every chart that it does not push, and leaves nothing of it at the target', async () => {
      for (const row of report.charts.filter(({ status }) => status !== 'pushed')) {
        const named = row.proof.residue.flatMap(({ literals }) => literals).length + row.proof.unexplained.length;
        expect(named, row.chart).toBeGreaterThan(0);
        const { path, name } = splitFull((row.destination ?? '').replace('oci://', ''));
        expect(await rawManifest(target.url, path, name), row.chart).toBeUndefined();
      }
    });

    it('writes a report that its schema describes', async () => {
      expect(schemaProblems(JSON.parse(await machine.read('report.json')))).toEqual([]);
    });

    it('finds every listed reference, each at its kind of place', () => {
      const all = recall(report, sharedCharts());
      expect(all.filter(({ found }) => found !== 'place' && found !== 'base')).toEqual([]);
      expect(recallByKind(all)).toEqual({
        arg: '6 of 6',
        configmap: '23 of 23',
        container: '107 of 107',
        'cr-container': '11 of 11',
        'cr-image-field': '4 of 4',
        'cr-split': '14 of 14',
        'cr-text': '3 of 3',
        env: '28 of 28',
        initContainer: '15 of 15',
        secret: '8 of 8',
      });
      expect(all.filter(({ found }) => found === 'base').map(({ chart, ref }) => `${chart} ${ref}`)).toEqual(
        LISTED_BASES,
      );
    });

    it('finds nothing else but what is explained', () => {
      const found = extras(report, sharedCharts()).map(({ chart, image }) => `${chart} ${image}`);
      expect([...found].sort()).toEqual(Object.keys(EXPLAINED_EXTRAS).sort());
      const left = report.charts.flatMap(({ chart, leftAsIs }) => leftAsIs.map(({ why }) => `${chart}: ${why}`));
      expect([...new Set(left)].sort()).toEqual(LEFT);
    });

    it('has every listed image of a pushed chart at its place, with the digest of the source', async () => {
      const pushed = new Set(pulled.map(({ row }) => row.chart));
      const charts = sharedCharts().filter(({ name }) => pushed.has(name));
      const listed = charts.flatMap(({ images }) => images.filter(({ ref, where }) => isWhole(ref, where)));
      const references = [...new Set(listed.map(({ ref }) => ref))];
      expect(references.length).toBeGreaterThan(150);
      const standIns = [...sources.images().values()];
      await eachOf(references, async (reference) => {
        const { repository, name } = destinationOf(reference);
        const path = repository.slice('mirror/'.length);
        const standIn = standIns.find(
          (one) => one.repository === path && (one.tag ?? `mirrored-${one.pinned?.slice(7, 19)}`) === name,
        );
        expect(standIn, reference).toBeDefined();
        const pinned = standIn?.tag === undefined ? `mirrored-${standIn?.digest.slice(7, 19)}` : name;
        expect(await rawDigest(target.url, repository, pinned), reference).toBe(standIn?.digest);
      });
    });

    it('renders only references that the target answers, with the digest that the source has', async () => {
      const references = new Set(pulled.flatMap(({ output }) => referencesTo(output, `${proxy.host}/mirror`)));
      expect(references.size).toBeGreaterThan(100);
      const digests = new Set([...sources.images().values()].map(({ digest }) => String(digest)));
      await eachOf([...references], async (reference) => {
        const { path, name } = splitFull(reference);
        const found = await rawDigest(target.url, path, name);
        expect(found !== undefined && digests.has(found), reference).toBe(true);
      });
    });

    it('renders, pulled by helm, no public registry and no original reference', () => {
      const hosts = [...sources.images().values()].map(({ registry }) => registry);
      const stray = pulled.flatMap(({ row, output }) =>
        strayHosts(output, [...new Set(hosts)]).map((line) => `${row.chart}: ${line.trim()}`),
      );
      expect(stray).toEqual([]);
      const originals = pulled.flatMap(({ row, output }) => {
        const images = sharedCharts().find(({ name }) => name === row.chart)?.images ?? [];
        const texts = new Set(images.filter(({ where }) => !IN_PARTS.has(where)).map(({ ref }) => ref));
        return [...texts].flatMap((text) => linesWith(output, text).map((line) => `${row.chart}: ${line.trim()}`));
      });
      expect(originals).toEqual([]);
    });

    it('renders, pulled by helm, every listed reference below the target', () => {
      const missing = pulled.flatMap(({ row, output }) => {
        const mentions = mentionsOf(output, `${proxy.host}/mirror`);
        const images = sharedCharts().find(({ name }) => name === row.chart)?.images ?? [];
        const whole = images.filter(({ where }) => where !== 'cr-split');
        return whole.filter(({ ref }) => !isMentioned(ref, mentions)).map(({ ref }) => `${row.chart}: ${ref}`);
      });
      expect(missing).toEqual([]);
    });

    it(
      'copies and pushes nothing in a second run, and does not write at the target',
      async () => {
        proxy.reset();
        const second = await machine.run(argv);
        const again = await machine.report();
        expect(second.code).toBe(first.code);
        expect(again.totals.charts.present).toBe(pulled.length);
        expect([again.totals.charts.pushed, again.totals.images.copied, again.totals.bytesCopied]).toEqual([
          undefined,
          undefined,
          0,
        ]);
        expect(proxy.writes()).toEqual([]);
      },
      4 * MINUTES,
    );

    it(
      'finds the same archives with helm 3, and writes nothing',
      async () => {
        const other = await createMachine({ helm: 'helm3', crane: true });
        try {
          proxy.reset();
          const third = await other.run(argv);
          const again = await other.report();
          expect(again.tools.helm).toMatch(/^3\./);
          expect(third.code).toBe(first.code);
          expect(again.totals.charts.present).toBe(pulled.length);
          expect(proxy.writes()).toEqual([]);
        } finally {
          await other.remove();
        }
      },
      4 * MINUTES,
    );
  },
);
