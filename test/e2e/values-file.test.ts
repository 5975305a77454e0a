import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../../src/domain/report/report.ts';
import { readText } from '../support/charts.ts';
import { type ConnectProxy, startConnectProxy } from '../support/connect-proxy.ts';
import { createConsumerHelm } from '../support/e2e-helm.ts';
import { type CliResult, createMachine, type Machine, mirrorFlags } from '../support/e2e-machine.ts';
import { referencesTo, strayHosts } from '../support/e2e-plain-grep.ts';
import { schemaProblems } from '../support/e2e-report-schema.ts';
import { sharedChartsReason } from '../support/shared-charts.ts';
import { describeUnless, skipReason } from '../support/tools.ts';
import { EKS_ADDONS, serveValuesInput, type ValuesSources, valuesInputReason } from '../support/values-inputs.ts';

const MINUTES = 60_000;
const TARGET = 'registry.example.test/mirror';
const UNMIRRORABLE = ['adot_collector', 'cw_prometheus', 'eks_upgrade_insights_demo'];
const reason = skipReason(['helm', 'crane']) ?? sharedChartsReason() ?? valuesInputReason();

describeUnless(reason, 'a scan of a values file with 61 addons', () => {
  let sources: ValuesSources;
  let machine: Machine;
  let result: CliResult;
  let report: Report;
  /** The only way to the target's invented name: what asks for it is seen here. */
  let wayOut: ConnectProxy;

  function scan(...more: readonly string[]): Promise<CliResult> {
    const input = ['--values', EKS_ADDONS, '--scan-only', '--target-registry', TARGET];
    const env = { HTTP_PROXY: wayOut.url, HTTPS_PROXY: wayOut.url, NO_PROXY: '127.0.0.1' };
    return machine.run(
      ['mirror', ...input, '--plain-http', '--no-switches', ...mirrorFlags(sources.mirrors()), ...more],
      { env },
    );
  }

  beforeAll(async () => {
    sources = await serveValuesInput(EKS_ADDONS);
    wayOut = await startConnectProxy({ routes: {} });
    machine = await createMachine();
    result = await scan();
    report = await machine.report();
  }, 5 * MINUTES);

  afterAll(async () => {
    await Promise.all([sources?.stop(), wayOut?.stop(), machine?.remove()]);
  });

  it('does all 61 and ends with 0', () => {
    expect(result.code, result.stderr).toBe(0);
    expect(report.totals.addons).toEqual({ declared: 64, done: 61, failed: 0, unmirrorable: 3 });
    const notReady = report.charts.filter((row) => row.status !== 'ready' || row.proof.state !== 'proven');
    expect(notReady.map((row) => row.chart)).toEqual([]);
    expect(result.stderr).toContain('61 done, 0 not done, 3 cannot be mirrored');
    expect(schemaProblems(report)).toEqual([]);
  });

  it('lists the three without a chart, each with line and reason', () => {
    expect(report.unmirrorable.map(({ key }) => key)).toEqual(UNMIRRORABLE);
    for (const { key, place, reason: why } of report.unmirrorable) {
      expect(why, key).toContain('no chart');
      expect(result.stderr).toContain(`${key} (${place.file}:${place.line}): ${why}`);
    }
  });

  it('names every version and chart as the file does, once for identical entries', () => {
    for (const { name, version } of sources.charts) {
      const rows = report.charts.filter((row) => row.chart === name && row.version === version);
      expect(rows.length, `${name} ${version}`).toBeGreaterThan(0);
    }
    const argo = report.charts.find((row) => row.chart === 'argo-cd');
    expect(argo?.declared).toHaveLength(3);
    expect(report.notes.join('\n')).toMatch(/argo-cd .* declared 3 times/);
  });

  it('asks the target for nothing, and writes to no registry', () => {
    expect(wayOut.tunnels()).toEqual([]);
    expect(report.totals.images.copied).toBeUndefined();
    expect(report.totals.charts).toEqual({ ready: report.charts.length });
  });

  it('writes archives, values of every release, and values of the first, and nothing else', async () => {
    const expected = new Set(['report.html', 'report.json']);
    const seen = new Map<string, string | null>();
    for (const { chart, version, release } of report.charts) {
      expected.add(`helm-charts/${chart}/${chart}-${version}.tgz`);
      expected.add(`helm-charts/${chart}/${release}/values.yaml`);
      expected.add(`helm-charts/${chart}/values.yaml`);
      expected.add(
        `helm-charts/${chart}/${seen.has(chart) && seen.get(chart) !== version ? `${chart}-${version}.proof.json` : 'proof.json'}`,
      );
      if (!seen.has(chart)) seen.set(chart, version);
    }
    const files = await machine.files();
    const ofProfiles = files.filter((file) => file.includes('/profiles/'));
    expect(files.filter((file) => !ofProfiles.includes(file))).toEqual([...expected].sort());
    // what test values and the moved ones over them are written for: the command of a proof names each
    const told = JSON.stringify(report);
    expect(ofProfiles.filter((file) => !told.includes(file))).toEqual([]);
    expect(await machine.files(machine.temporary)).toEqual([]);
    const first = await machine.read('helm-charts/argo-workflows/values.yaml');
    expect(first).toBe(await machine.read('helm-charts/argo-workflows/aws-argo-workflows-ingress/values.yaml'));
  });

  it('makes archives and values with which plain helm renders the target alone', async () => {
    const helm = await createConsumerHelm();
    try {
      for (const chart of ['metrics-server', 'kro', 'keda']) {
        const row = report.charts.find((one) => one.chart === chart);
        const archive = `${machine.work}/helm-charts/${chart}/${chart}-${row?.version}.tgz`;
        const relocated = await helm.template(chart, archive);
        expect(referencesTo(relocated, TARGET).length, chart).toBeGreaterThan(0);
        expect(strayHosts(relocated.replaceAll(TARGET, 'the-target')), chart).toEqual([]);
      }
    } finally {
      await helm.remove();
    }
  });

  it('puts the digest of the original and no version of the tool into the archives', async () => {
    const row = report.charts.find((one) => one.chart === 'kro');
    const archive = await readFile(`${machine.work}/helm-charts/kro/kro-${row?.version}.tgz`);
    const text = (await readText(archive, 'kro/Chart.yaml')) ?? '';
    expect(text).toContain(row?.sourceDigest);
    expect(text).not.toMatch(/0\.1\.0/);
  });

  it('fails with --strict because of the three, and not when they are excluded by their keys', async () => {
    const few = ['--strict', '--only-addon', ['metrics-server', ...UNMIRRORABLE].join(',')];
    expect((await scan(...few)).code).toBe(1);
    expect((await machine.report()).totals.addons).toMatchObject({ done: 1, failed: 0, unmirrorable: 3 });
    const without = ['--exclude-addons', UNMIRRORABLE.join(',').toUpperCase()];
    expect((await scan(...few, ...without)).code).toBe(0);
    expect((await machine.report()).totals.addons).toMatchObject({ declared: 1, done: 1, unmirrorable: 0 });
  });

  it('becomes a catalog that asks for the same addons', async () => {
    const made = await machine.run(['catalog', 'generate', '--values', EKS_ADDONS, '--out', 'made.yaml']);
    expect(made.code, made.stderr).toBe(0);
    expect(await machine.read('made.yaml')).toMatch(/# Not mirrored:\n(# .*\n){3}$/);
    const wanted = ['argocd', 'aws-gateway-api-controller', 'ack-eks', 'karpenter', 'kro'];
    const options = ['--scan-only', '--target-registry', TARGET, '--plain-http', '--only-addon', wanted.join(',')];
    const scanned = await machine.run(
      [
        'mirror',
        '--catalog',
        'made.yaml',
        '--no-switches',
        ...options,
        ...mirrorFlags(sources.mirrors()),
        '--output-dir',
        'again',
      ],
      { env: { HTTPS_PROXY: wayOut.url, HTTP_PROXY: wayOut.url, NO_PROXY: '127.0.0.1' } },
    );
    expect(scanned.code, scanned.stderr).toBe(0);
    const pick = ({ charts }: Report) =>
      charts
        .filter(({ release }) => wanted.includes(release))
        .map(({ chart, release, version, source, destination, sourceDigest }) =>
          [chart, release, version, source, destination, sourceDigest].join(' '),
        )
        .sort();
    expect(pick(await machine.report('again'))).toEqual(pick(report));
  });
});
