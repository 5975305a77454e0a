import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildChartArtifact } from '../../src/demo/chart-artifact.ts';
import { digestOf } from '../../src/domain/manifest.ts';
import { chartFiles, makeChart } from '../support/e2e-charts.ts';
import { createMachine } from '../support/e2e-machine.ts';
import { type Entry, type Outcome, STABLE } from '../support/e2e-world.ts';
import { allTags, expectFailing, type Failing } from '../support/fault-checks.ts';
import { chartOf, type FaultWorld, startFaultWorld } from '../support/fault-world.ts';
import { reply, startServer, type TestServer } from '../support/http-server.ts';
import { describeUnless, describeWith, skipReason } from '../support/tools.ts';

const APP = 'a.example.test/team/app:1';
const OCI_CHARTS = 'oci://oci.example.test/charts';
const ODD = 'https://odd.example.test/charts';

/** An entry of an index that names a chart in a registry. */
interface OddEntry {
  readonly name: string;
  readonly version: string;
  readonly url: string;
  readonly digest: string | undefined;
}

function indexOf(entries: readonly OddEntry[]): string {
  const lines = entries.flatMap(({ name, version, url, digest }) => [
    `  ${name}:`,
    '  - apiVersion: v2',
    ...(digest === undefined ? [] : [`    digest: ${digest}`]),
    `    name: ${name}`,
    '    urls:',
    `    - ${url}`,
    `    version: ${version}`,
  ]);
  return ['apiVersion: v1', 'entries:', ...lines, ''].join('\n');
}

const hex = (digest: string): string => digest.slice('sha256:'.length);

/** Charts by their constraint on Kubernetes: the version asked for, if any, and the one they must be rendered for. */
const KUBERNETES: Readonly<
  Record<string, { readonly allows: string; readonly asked?: string; readonly gets: string }>
> = {
  'kube-free': { allows: '>= 1.19.0-0', gets: '1.34.0' },
  'kube-patch': { allows: '>=1.33.5 <1.34', gets: '1.33.5' },
  'kube-exact': { allows: '1.28.4', gets: '1.28.4' },
  'kube-tilde': { allows: '~1.30.2', gets: '1.30.2' },
  'kube-later': { allows: '>= 1.35.2-0', gets: '1.35.2' },
  'kube-asked': { allows: '~1.28.4', asked: '1.28.7', gets: '1.28.7' },
  'kube-denied': { allows: '>=1.27.1-0 <1.30.0-0', asked: '1.25.0', gets: '1.27.1' },
};

function kubeEntries(): readonly Entry[] {
  const rows = Object.entries(KUBERNETES);
  return rows.map(([chart, { asked }]) => ({ chart, ...(asked === undefined ? {} : { kubeVersion: asked }) }));
}

function expectKubernetes(outcome: Outcome, status: string): void {
  for (const [chart, { allows, asked, gets }] of Object.entries(KUBERNETES)) {
    const row = outcome.row(chart);
    expect([chart, row.status, row.kubeVersion], outcome.stderr).toEqual([chart, status, gets]);
    const wanted = asked ?? '1.34.0';
    const said = row.notes.filter((note) => note.includes('Kubernetes'));
    const note = `rendered for Kubernetes ${gets}: the chart allows ${allows}, not ${wanted}`;
    expect(said).toEqual(wanted === gets ? [] : [note]);
  }
}

const NOT_FOUND = { status: 'failed', code: 'VERSION_NOT_FOUND', origin: 'source' } as const;
const REFUSED = { status: 'failed', code: 'CHART_ARCHIVE_REFUSED', origin: 'source' } as const;
const BROKEN = { status: 'failed', code: 'CHART_SOURCE_UNREACHABLE', origin: 'source', hint: /publisher/ } as const;

/** What cannot be had, by release. */
const FAILING: Readonly<Record<string, { readonly entry: Partial<Entry>; readonly failing: Failing }>> = {
  forged: {
    entry: { repository: ODD },
    failing: {
      ...{ status: 'failed', code: 'CHART_DIGEST_MISMATCH', origin: 'source', hint: /do not use/ },
      message: /charts\/forged 1\.0\.0 has digest sha256:[0-9a-f]{64}, its index says sha256:0{64}/,
    },
  },
  lost: {
    entry: { repository: ODD },
    failing: { ...NOT_FOUND, message: /charts\/lost:9\.9\.9 cannot be fetched: it is not there/, hint: /registry/ },
  },
  mumbled: {
    entry: { repository: ODD },
    failing: { ...BROKEN, message: /names "oci:\/\/oci\.example\.test\/Charts\/" for .*mumbled 1\.0\.0/ },
  },
  unreadable: {
    entry: {},
    failing: { ...BROKEN, message: /a digest for .*unreadable 1\.0\.0 that cannot be read/ },
  },
  liar: {
    entry: { version: '1.2.3' },
    failing: { ...REFUSED, message: /archive of liar 1\.2\.3 holds version 1\.0\.0/, hint: /ask for that version/ },
  },
  claimed: {
    entry: { version: '1.2.3', repository: OCI_CHARTS },
    failing: { ...REFUSED, message: /archive of claimed 1\.2\.3 holds version 1\.0\.0/, hint: /ask for that version/ },
  },
  demmo: {
    entry: {},
    failing: { ...NOT_FOUND, message: /stable has no chart demmo \(near: demo\)/, hint: /chart name/ },
  },
  absent: {
    entry: { repository: OCI_CHARTS },
    failing: { ...NOT_FOUND, message: /charts\/absent is not there: .*no such repository/, hint: /namespace/ },
  },
  'absent-too': {
    entry: { repository: OCI_CHARTS, version: '~1' },
    failing: { ...NOT_FOUND, message: /charts\/absent-too is not there: .*no such repository/, hint: /namespace/ },
  },
  'local-exact': {
    entry: { repository: '../shelf/home', chart: 'home', version: '9.9.9' },
    failing: { ...NOT_FOUND, message: /shelf\/home is version 1\.0\.0, not 9\.9\.9/, hint: /ask for 1\.0\.0/ },
  },
  'local-range': {
    entry: { repository: '../shelf/far', chart: 'far', version: '^5' },
    failing: { ...NOT_FOUND, message: /shelf\/far is version 1\.0\.0, not \^5/, hint: /ask for 1\.0\.0/ },
  },
  'kube-none': {
    entry: {},
    failing: {
      ...{ status: 'failed', code: 'RENDER_FAILED', origin: 'source', hint: /--kube-version/ },
      message: /requires kubeVersion: >= 2\.0\.0/,
    },
  },
};

/** What comes through, by release: the entry, and the version that is reported and published. */
const PASSING: Readonly<Record<string, { readonly entry: Partial<Entry>; readonly version: string }>> = {
  tagged: { entry: { repository: ODD }, version: '1.0.0' },
  manifested: { entry: { repository: ODD }, version: '1.0.0' },
  bare: { entry: { repository: ODD }, version: '1.0.0' },
  untagged: { entry: { repository: ODD, version: '1.0.0+b.1' }, version: '1.0.0+b.1' },
  spelled: { entry: { version: 'v1.2.3' }, version: '1.2.3' },
  undigested: { entry: {}, version: '1.0.0' },
  many: { entry: { version: undefined }, version: '1.1.0' },
  'local-good': { entry: { repository: '../shelf/home', chart: 'home', version: '^1' }, version: '1.0.0' },
};

describeWith(['helm', 'crane', 'registry'], 'versions', () => {
  let world: FaultWorld;
  let odd: TestServer;
  let outcome: Outcome;

  async function publish(name: string, version: string, address = STABLE): Promise<void> {
    await world.publish(name, { ...chartOf(APP), version }, address);
  }

  /** Charts in a registry, of which only an index knows. */
  async function addOdd(): Promise<readonly OddEntry[]> {
    const address = (name: string, tag = ':1.0.0') => `${OCI_CHARTS}/${name}${tag}`;
    const entries: OddEntry[] = [
      { name: 'lost', version: '1.0.0', url: address('tagged', ':9.9.9').replace('tagged', 'lost'), digest: undefined },
      { name: 'mumbled', version: '1.0.0', url: 'oci://oci.example.test/Charts/', digest: undefined },
    ];
    for (const name of ['tagged', 'manifested', 'bare', 'forged', 'lost']) {
      const { archive } = await makeChart(name, chartOf(APP));
      await world.sources.addChart(OCI_CHARTS, { name, version: '1.0.0', archive });
      const manifest = buildChartArtifact(name, '1.0.0', archive).root.digest;
      const digests: Readonly<Record<string, string>> = {
        tagged: hex(digestOf(archive)),
        manifested: manifest,
        forged: '0'.repeat(64),
      };
      if (name !== 'lost') entries.push({ name, version: '1.0.0', url: address(name), digest: digests[name] });
    }
    const version = '1.0.0+b.1';
    const { archive } = await makeChart('untagged', { ...chartOf(APP), version });
    await world.sources.addChart(OCI_CHARTS, { name: 'untagged', version, archive });
    entries.push({ name: 'untagged', version, url: address('untagged', ''), digest: hex(digestOf(archive)) });
    return entries;
  }

  beforeAll(async () => {
    world = await startFaultWorld();
    const entries = await addOdd();
    odd = await startServer(({ url }, response) => {
      const found = url === '/charts/index.yaml';
      reply(response, found ? 200 : 404, {}, found ? indexOf(entries) : '');
    });
    await world.addImage(APP);
    await publish('demo', '1.0.0');
    for (const version of ['1.0.0', '1.1.0', '2.0.0-rc.1']) await publish('many', version);
    const plain = async (name: string, version = '1.0.0') => makeChart(name, { ...chartOf(APP), version });
    await world.sources.addChart(STABLE, { ...(await plain('undigested')), indexDigest: '' });
    await world.sources.addChart(STABLE, { ...(await plain('unreadable')), indexDigest: 'abc123' });
    await world.sources.addChart(STABLE, { ...(await plain('liar')), version: '1.2.3' });
    await world.sources.addChart(STABLE, { ...(await plain('spelled', '1.2.3')), version: 'v1.2.3' });
    await world.sources.addChart(OCI_CHARTS, { ...(await plain('claimed')), version: '1.2.3' });
    for (const [chart, { allows }] of Object.entries({ ...KUBERNETES, 'kube-none': { allows: '>= 2.0.0' } })) {
      await world.publish(chart, { ...chartOf(APP), yaml: [`kubeVersion: "${allows}"`] });
    }
    for (const name of ['home', 'far']) {
      const files = Object.entries(chartFiles(name, chartOf(APP)));
      for (const [file, text] of files) await world.machine.write(`shelf/${name}/${file}`, text);
    }
    const asked = [...Object.entries(PASSING), ...Object.entries(FAILING)];
    outcome = await world.mirror({
      path: 'v',
      entries: [...asked.map(([release, { entry }]) => ({ chart: release, release, ...entry })), ...kubeEntries()],
      flags: ['--source-mirror', `${ODD}=${odd.url}/charts`],
    });
  });

  afterAll(async () => {
    await Promise.all([world?.stop(), odd?.close()]);
  });

  it.each(Object.entries(FAILING))('that cannot be had fail %s alone, with the reason', (release, { failing }) => {
    expectFailing(outcome, release, failing);
  });

  it.each(Object.entries(PASSING))('of %s are reported and published as they are', async (release, { version }) => {
    const row = outcome.row(release);
    expect([row.status, row.version], row.error?.message).toEqual(['pushed', version]);
    expect(await allTags(world.behind)).toContain(`v/${row.chart}:${version.replace('+', '_')}`);
    expect(row.destination).toBe(`oci://${world.target.host}/v/${row.chart}:${version.replace('+', '_')}`);
  });

  it('that are not done leave nothing at the target', async () => {
    const pushed = outcome.report.charts.filter(({ status }) => status === 'pushed').map(({ chart }) => chart);
    const there = (await allTags(world.behind)).filter((tag) => /^v\/[^/]+:/.test(tag));
    expect(new Set(there.map((tag) => tag.split(/[/:]/)[1]))).toEqual(new Set(pushed));
    expect(outcome.code).toBe(1);
  });

  it('that the index gives no digest for are taken, and this is said', () => {
    expect(outcome.row('undigested').notes).toContainEqual(expect.stringMatching(/index gives no digest/));
    expect(outcome.row('tagged').notes).toEqual([]);
  });

  it('that nobody names are the newest stable ones, and this is said', () => {
    expect(outcome.row('many').notes).toEqual(['no version given: newest stable version 1.1.0 was taken']);
  });

  it('of Kubernetes are those that the chart allows, nearest to the one asked for', () => {
    expectKubernetes(outcome, 'pushed');
  });

  it('of namespaces are not needed: a release without one has its own name', () => {
    expect(outcome.row('local-good').namespace).toBe('local-good');
  });

  describeUnless(skipReason(['helm3']), 'with helm 3', () => {
    it('of Kubernetes are the same', async () => {
      const machine = await createMachine({ helm: 'helm3', crane: true });
      try {
        const flags = ['--scan-only'];
        const scanned = await world.mirror({ path: 'v3', entries: kubeEntries(), flags, machine });
        expect(scanned.report.tools.helm).toMatch(/^3\./);
        expectKubernetes(scanned, 'ready');
      } finally {
        await machine.remove();
      }
    });
  });
});
