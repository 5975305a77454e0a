import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CountingProxy } from '../support/counting-proxy.ts';
import { type ChartParts, pod } from '../support/e2e-charts.ts';
import type { Outcome } from '../support/e2e-world.ts';
import { summaryOf } from '../support/fault-checks.ts';
import { type FaultWorld, startFaultWorld } from '../support/fault-world.ts';
import { type NetHost, startNetHost } from '../support/net-host.ts';
import { describeWith } from '../support/tools.ts';

const APP = 'a.example.test/team/app:1';
const THERE = 'a.example.test/team/there:2';
const UNTAGGED = 'a.example.test/team/untagged';

/** What each switch brings. */
const HIDDEN: Readonly<Record<string, string>> = {
  there: THERE,
  gone: 'a.example.test/team/gone:3',
  private: 'a.example.test/team/private:4',
  untagged: UNTAGGED,
  one: 'down.example.test/team/one:1',
  two: 'down.example.test/team/two:1',
  three: 'down.example.test/team/three:1',
};

function switched(name: string): string {
  const image = `{{ .Values.${name}.image }}`;
  return `{{- if .Values.${name}.enabled }}\n${pod(image, `tier: ${name}`).replace('name: ', `name: ${name}-`)}\n{{- end }}\n`;
}

const SHOP: ChartParts = {
  values: [
    `app: ${APP}`,
    ...Object.entries(HIDDEN).map(([name, image]) => `${name}: { enabled: false, image: "${image}" }`),
    'debug: false',
    '',
  ].join('\n'),
  templates: {
    'app.yaml': pod('{{ .Values.app }}', 'tier: app'),
    'debug.yaml': `{{- if .Values.debug }}\n${pod(THERE, 'tier: debug').replace('name: ', 'name: debug-')}\n{{- end }}\n`,
    ...Object.fromEntries(Object.keys(HIDDEN).map((name) => [`${name}.yaml`, switched(name)])),
  },
};

describeWith(['helm', 'crane', 'registry'], 'hidden images that are not mirrored', () => {
  let world: FaultWorld;
  let source: CountingProxy;
  let down: NetHost;
  let outcome: Outcome;

  beforeAll(async () => {
    world = await startFaultWorld();
    await world.addImages(APP, THERE, UNTAGGED);
    source = await world.proxySource('a.example.test');
    source.addFault({ path: /team\/private\//, status: 403, body: '{"errors":[{"code":"DENIED","message":"no"}]}' });
    down = await startNetHost({ name: 'down.example.test', backend: (request) => request.socket.destroy() });
    await world.publish('shop', SHOP);
    outcome = await world.mirror(request('confirm'));
  });

  afterAll(async () => {
    await Promise.all([world?.stop(), down?.stop()]);
  });

  function request(path: string, ...flags: readonly string[]): Parameters<FaultWorld['mirror']>[0] {
    // two releases that may come to pull the same
    const entries = [{ chart: 'shop' }, { chart: 'shop', release: 'second', namespace: 'other' }];
    return { path, entries, flags: ['--source-mirror', `down.example.test=http://${down.address}`, ...flags] };
  }

  function confirmations({ report }: Outcome): readonly unknown[] {
    const rows = report.charts[0]?.hiddenImages ?? [];
    return rows.map(({ image, confirmation, reason }) => [image, confirmation, reason]);
  }

  function asked(requests: readonly { readonly method: string; readonly path: string }[]): readonly string[] {
    return requests.flatMap(({ method, path }) => {
      const what = /\/team\/([^/]+)\/manifests\/([^/]+)$/.exec(path);
      return what === null ? [] : [`${method} ${what[1]}:${what[2]}`];
    });
  }

  const UNREACHABLE = expect.stringMatching(/cannot be reached for down\.example\.test\/team\//);
  const EXPECTED = [
    [THERE, 'confirmed', null],
    ['a.example.test/team/gone:3', 'unconfirmed', 'a.example.test/team/gone:3 is not at its source'],
    ['a.example.test/team/private:4', 'unconfirmed', expect.stringMatching(/:4 may not be read: .*no/)],
    [UNTAGGED, 'confirmed', null],
    ['down.example.test/team/one:1', 'unconfirmed', UNREACHABLE],
    ['down.example.test/team/two:1', 'unconfirmed', UNREACHABLE],
    ['down.example.test/team/three:1', 'unconfirmed', UNREACHABLE],
  ];

  it('are confirmed or not, with the reason, and no chart fails for them', () => {
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(outcome.report.charts.map(({ status }) => status)).toEqual(['pushed', 'pushed']);
    const rows = confirmations(outcome);
    expect(rows).toHaveLength(EXPECTED.length);
    expect(rows).toEqual(expect.arrayContaining(EXPECTED));
    expect(outcome.report.images.map(({ source: image }) => image)).toEqual([APP]);
  });

  it('are asked for once each, by HEAD, and a registry that cannot be reached for one of them only', () => {
    const heads = asked(source.requests()).filter((line) => !line.includes(' app:'));
    expect(heads.toSorted()).toEqual(['HEAD gone:3', 'HEAD private:4', 'HEAD there:2', 'HEAD untagged:latest']);
    const tried = down.requests().filter(({ path }) => path.includes('/manifests/'));
    expect(new Set(tried.map(({ path }) => path)).size).toBe(1);
    const reasons = (outcome.report.charts[0]?.hiddenImages ?? []).map(({ reason }) => reason ?? '');
    expect(reasons.filter((reason) => reason.includes('was not asked for'))).toHaveLength(2);
  });

  it('are told of in the summary, with what to do', () => {
    const summary = summaryOf(outcome.stderr).split('\n');
    expect(summary).toContain(
      'with other values: 7 further images: moved and proven 7, moved by form 0, not moved 0; 0 mirrored',
    );
    expect(summary).toContain('5 further images are NOT confirmed at the source: reason in hiddenImages of the report');
    expect(summary.filter((line) => line.startsWith('not mirrored '))).toHaveLength(6);
    expect(summary).toContain('not mirrored    and 2 more: hiddenImages in the report');
    expect(summary.filter((line) => line.startsWith('not confirmed '))).toHaveLength(5);
    expect(summary.filter((line) => /^all done, with \d+ things? to look at$/.test(line))).toHaveLength(1);
  });

  it('are told of in the consumer values, and what these leave at its source', async () => {
    const text = await readFile(join(world.machine.work, outcome.directory, 'helm-charts/shop/values.yaml'), 'utf8');
    const lines = text.split('\n');
    expect(lines).toContain('# With other values, further images are pulled that were not mirrored:');
    expect(lines).toContain('#   gone.enabled=true: a.example.test/team/gone:3');
    // the template of debug spells it out, so that no value moves it in the original chart
    expect(lines).toContain(`#   there.enabled=true, debug=true: ${THERE}, from its public source`);
    expect(lines.filter((line) => line.startsWith('#   '))).toHaveLength(7);
  });

  it('are asked for in a scan, too', async () => {
    const scan = await world.mirror(request('scan', '--scan-only'));
    expect(scan.code, scan.stderr).toBe(0);
    expect(confirmations(scan)).toEqual(expect.arrayContaining(EXPECTED));
  });

  it('are not asked for twice when they are mirrored: the copy confirms them, and what fails says why', async () => {
    source.reset();
    const { report, code, stderr } = await world.mirror(request('all', '--images', 'conditional'));
    expect(code, stderr).toBe(0);
    const rows = report.charts[0]?.hiddenImages ?? [];
    expect(rows.map(({ image, mirrored }) => [image, mirrored])).toEqual(
      expect.arrayContaining([
        [THERE, true],
        [UNTAGGED, true],
        ['a.example.test/team/gone:3', false],
      ]),
    );
    expect(rows.map(({ image, confirmation, reason }) => [image, confirmation, reason])).toEqual(
      expect.arrayContaining(EXPECTED.slice(0, 4)),
    );
    expect(asked(source.requests()).filter((line) => line === 'HEAD gone:3')).toHaveLength(1);
  });
});
