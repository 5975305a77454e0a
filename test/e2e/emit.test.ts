import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { EMIT_KINDS } from '../../src/cli/emit-command.ts';
import { pod } from '../support/e2e-charts.ts';
import { installCli, runProgram, writeChart } from '../support/e2e-command.ts';
import { type CliResult, createMachine, type Machine } from '../support/e2e-machine.ts';
import type { Outcome } from '../support/e2e-world.ts';
import { digestOf, doneReport, image, specialReport } from '../support/emit-reports.ts';
import { chartOf, type FaultWorld, startFaultWorld } from '../support/fault-world.ts';
import { describeWith } from '../support/tools.ts';

const APP = 'a.example.test/team/app:1';
const SIDE = 'docker.io/library/side:2';
const MISSING = 'a.example.test/team/missing:1';
const MIRROR = 'registry.example.com/platform/mirror';

describe('the command line of emit', () => {
  let machine: Machine;

  beforeAll(async () => {
    machine = await createMachine({});
    await machine.write('report.json', JSON.stringify(specialReport()));
    await machine.write('scan.json', JSON.stringify({ ...specialReport(), scanOnly: true }));
    await machine.write('interrupted.json', JSON.stringify({ ...specialReport(), interrupted: true, exitCode: 130 }));
    await machine.write('nothing.json', JSON.stringify({ ...specialReport(), images: [], charts: [] }));
  });

  afterAll(() => machine?.remove());

  const emit = (...argv: readonly string[]): Promise<CliResult> => machine.run(['emit', ...argv]);

  it('lists the kinds where one is not known, and shows an example of each in its help', async () => {
    const { code, stderr } = await emit('ingress', '--report', 'report.json');
    expect(code).toBe(2);
    for (const kind of EMIT_KINDS) expect(stderr).toContain(kind);
    const help = await emit('--help');
    for (const kind of EMIT_KINDS) expect(help.stdout).toContain(`$ airgap-charts emit ${kind} --report report.json`);
  });

  it('prints a single file, or writes it and says whether it was there', async () => {
    const printed = await emit('registries-conf', '--report', 'report.json');
    expect(printed).toMatchObject({ code: 0 });
    expect(await emit('registries-conf', '--report', 'report.json', '--out', '-')).toEqual(printed);
    const written = await emit('registries-conf', '--report', 'report.json', '--out', 'deep/a.conf');
    expect(written).toMatchObject({ code: 0, stdout: '' });
    expect(written.stderr).toContain('deep/a.conf: 1 file\n');
    expect(await machine.read('deep/a.conf')).toBe(printed.stdout);
    const again = await emit('registries-conf', '--report', 'report.json', '--out', 'deep/a.conf');
    expect(again.stderr).toContain('deep/a.conf: 1 file; 1 file that was there replaced\n');
  });

  it('tells all that is wrong at once, and writes nothing', async () => {
    expect(await emit('containerd', '--report', 'none.json')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        '--out: these are several files, name the directory to write them to\n' +
        'none.json: this report cannot be read: it does not exist, name a report.json that mirror, copy, unwrap or bundle push has written\n' +
        'INPUT_INVALID: 2 problems, nothing was written; airgap-charts errors INPUT_INVALID explains it\n',
    });
    expect((await emit('containerd', '--report', 'report.json', '--out', 'scan.json')).code).toBe(2);
    expect((await emit('kustomize', '--report', 'report.json', '--out', '.')).code).toBe(2);
    expect((await emit('kustomize', '--report', 'report.json', '--out', './report.json')).code).toBe(2);
    expect((await emit('kustomize')).stderr).toContain('--report');
    expect(JSON.parse(await machine.read('report.json'))).toEqual(specialReport());
  });

  it.each(['values', 'containerd', 'kyverno'])('makes no %s of a scan, which has brought nothing', async (kind) => {
    const { code, stdout, stderr } = await emit(kind, '--report', 'scan.json', '--out', `scan-${kind}`, '--partial');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('scan.json: this is the report of a scan');
    expect(await machine.files()).not.toContain(`scan-${kind}`);
  });

  it('makes nothing of an interrupted run, and with --partial files that say so', async () => {
    const refused = await emit('openshift', '--report', 'interrupted.json');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('missing: the run was interrupted\nnothing is written: ');
    const partial = await emit('openshift', '--report', 'interrupted.json', '--partial');
    expect(partial.code).toBe(1);
    expect(partial.stdout).toContain(
      '# NOT WHOLE: the run has not brought everything. Missing:\n#   the run was interrupted\n',
    );
  });

  it('makes nothing where there is nothing to make it of', async () => {
    expect(await emit('kustomize', '--report', 'nothing.json')).toMatchObject({ code: 1, stdout: '' });
    expect(await emit('flux', '--report', 'nothing.json', '--out', 'flux')).toMatchObject({ code: 1 });
    expect((await emit('admission-policy', '--report', 'nothing.json')).code).toBe(0);
  });

  it('makes nothing where no rule of a kind leads to the images, and says why', async () => {
    const at = (source: string, path: string, more = {}) => image(source, `registry.example.com/${path}`, more);
    const flat = doneReport({ images: [at('docker.io/team/app:1', 'p/team_app:1')] });
    await machine.write('flat.json', JSON.stringify(flat));
    const nodes = await emit('containerd', '--report', 'flat.json', '--out', 'certs');
    expect(nodes).toMatchObject({ code: 1, stdout: '' });
    expect(nodes.stderr).toMatch(/^note: docker.io\/team\/app:1 is at .*no rule by host leads there$/m);
    expect(nodes.stderr).toContain('nothing is written: no rule of containerd leads to what flat.json tells of');
    const one = at(`docker.io/team/app@${digestOf('a')}`, 'p/team/app:x', { platform: 'linux/amd64' });
    await machine.write('one.json', JSON.stringify(doneReport({ images: [one] })));
    expect(await emit('openshift', '--report', 'one.json')).toMatchObject({ code: 1, stdout: '' });
    expect(await machine.files()).not.toContain('certs');
  });
});

describeWith(['helm', 'crane', 'registry'], 'files from a real run', () => {
  let world: FaultWorld;
  let outcome: Outcome;
  let failed: Outcome;

  beforeAll(async () => {
    world = await startFaultWorld();
    await world.addImages(APP, SIDE);
    await world.publish('shop', chartOf(APP, SIDE));
    await world.publish('broken', chartOf(APP, MISSING));
    outcome = await world.mirror({ path: 'p', entries: [{ chart: 'shop' }] });
    failed = await world.mirror({ path: 'f', entries: [{ chart: 'shop' }, { chart: 'broken' }] });
  });

  afterAll(() => world?.stop());

  it('are values with which the original chart pulls from the target', async () => {
    const { machine, target } = world;
    const report = join(outcome.directory, 'report.json');
    const result = await machine.run(['emit', 'values', '--report', report, '--out', 'values']);
    expect(result).toMatchObject({ code: 0 });
    await writeChart(machine, 'shop', chartOf(APP, SIDE));
    const rendered = await runProgram(machine, [
      'helm',
      'template',
      'shop',
      'shop',
      '-f',
      'values/shop/shop/values.yaml',
    ]);
    expect(rendered.stdout).toContain(`image: ${target.host}/p/team/app:1`);
    expect(rendered.stdout).toContain(`image: ${target.host}/p/library/side:2`);
  });

  it('are no values where they are not beside the report', async () => {
    await world.machine.write('alone/report.json', JSON.stringify(outcome.report));
    const argv = ['emit', 'values', '--report', 'alone/report.json', '--out', 'none'];
    expect(await world.machine.run(argv)).toMatchObject({ code: 2 });
    await world.machine.write(
      'alone/helm-charts/shop/shop/values.yaml',
      '# Values for the original chart shop 1.0.0, release other.\n',
    );
    expect((await world.machine.run(argv)).stderr).toContain('does not hold the values for shop (shop)');
  });

  it('name what a run has not brought', async () => {
    expect(failed.code).toBe(1);
    const argv = [
      'emit',
      'containerd',
      '--report',
      join(failed.directory, 'report.json'),
      '--out',
      'certs.d',
      '--plain-http',
    ];
    const refused = await world.machine.run(argv);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('missing: chart broken (broken): ');
    expect(refused.stderr).toContain(`missing: image ${MISSING}: refused: `);
    const partial = await world.machine.run([...argv, '--partial']);
    expect(partial.code).toBe(1);
    const text = await world.machine.read('certs.d/docker.io/hosts.toml');
    expect(text).toContain(`#   image ${MISSING}: refused: `);
    expect(text).toContain(`[host."http://${world.target.host}/v2/f"]`);
  });

  it('are patches that lead to the chart as helm finds it', async () => {
    const report = join(outcome.directory, 'report.json');
    await world.machine.run(['emit', 'argocd', '--report', report, '--out', 'argocd', '--plain-http']);
    const { spec } = parse(await world.machine.read('argocd/shop/shop/application-patch.yaml'));
    const { repoURL, chart, targetRevision } = spec.source;
    const pulled = await runProgram(world.machine, [
      ...['helm', 'pull', `oci://${repoURL}/${chart}`, '--version', targetRevision, '--plain-http'],
    ]);
    expect(pulled.code, pulled.stderr).toBe(0);
  });
});

describe.each(['helm3', 'helm4'] as const)('the post-renderer, with %s', (tool) => {
  describeWith([tool], 'for real', () => {
    let machine: Machine;
    let flag: readonly string[];

    beforeAll(async () => {
      machine = await createMachine({ helm: tool });
      await installCli(machine);
      await machine.write('report.json', JSON.stringify(specialReport()));
      await machine.run(['emit', 'post-renderer', '--report', 'report.json', '--out', 'airgap images']);
      if (tool === 'helm3') flag = ['--post-renderer', './airgap images/post-render.sh'];
      else {
        const installed = await runProgram(machine, ['helm', 'plugin', 'install', join(machine.work, 'airgap images')]);
        expect(installed.code, installed.stderr).toBe(0);
        flag = ['--post-renderer', 'airgap-images'];
      }
    });

    afterAll(() => machine?.remove());

    const template = (chart: string): Promise<CliResult> =>
      runProgram(machine, ['helm', 'template', 'a', chart, ...flag]);

    it('is a script that can be run', async () => {
      expect((await stat(join(machine.work, 'airgap images/post-render.sh'))).mode & 0o111).toBe(0o111);
    });

    it('names known images at the target', async () => {
      const parts = chartOf('nginx:1.27', 'quay.io/team/app:2');
      const hook = pod('busybox', 'helm.sh/hook: pre-install');
      await writeChart(machine, 'good', { ...parts, templates: { ...parts.templates, 'hook.yaml': hook } });
      const { code, stdout, stderr } = await template('good');
      expect(code, stderr).toBe(0);
      expect(stdout).toContain(`image: ${MIRROR}/library/nginx:1.27`);
      expect(stdout).toContain(`image: ${MIRROR}/team/app:2`);
      // helm 3 does not show it its hooks
      expect(stdout).toContain(tool === 'helm3' ? 'image: busybox' : `image: ${MIRROR}/library/busybox`);
    });

    it('stops helm where a pod would pull from elsewhere, and says what', async () => {
      await writeChart(machine, 'bad', chartOf('nginx:1.27', 'quay.io/team/unknown:1'));
      const { code, stdout } = await template('bad');
      expect(code).not.toBe(0);
      expect(stdout).not.toContain('image:');
      // through a real pipe: what Node gives a program is a socket, which cannot be opened once more
      const words = ['helm', 'template', 'a', 'bad', ...flag].map((word) => `'${word}'`).join(' ');
      const told = await runProgram(machine, ['/bin/sh', '-c', `${words} 2>&1 | /bin/cat`]);
      expect(told.stdout).toContain('not at registry.example.com/platform: quay.io/team/unknown:1 at ');
      expect(told.stdout).toContain('Deployment/a-main spec.template.spec.containers[1].image');
    });
  });
});
