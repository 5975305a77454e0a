import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Finding } from '../../src/domain/doctor/finding.ts';
import { type CopyWorld, startCopyWorld } from '../support/copy-world.ts';
import { specialReport } from '../support/emit-reports.ts';
import { describeWith } from '../support/tools.ts';

describeWith(['registry'], 'the doctor', () => {
  let world: CopyWorld;

  beforeAll(async () => {
    world = await startCopyWorld();
    await mkdir(join(world.machine.work, 'out'));
  });

  afterAll(async () => {
    await world?.stop();
  });

  async function findings(...argv: readonly string[]) {
    const { code, stdout, stderr } = await world.machine.run(['doctor', '--json', '--output-dir', 'out', ...argv]);
    if (stdout === '') throw new Error(stderr);
    const { findings: all, healthy }: { findings: readonly Finding[]; healthy: boolean } = JSON.parse(stdout);
    return { code, healthy, all, of: (area: string) => all.filter((one) => one.area === area) };
  }

  const catalog = (): Promise<string> =>
    world.machine.write(
      'catalog.yaml',
      `addons:\n  - {chart: app, repository: "oci://${world.source.host}/charts", version: 1.0.0}\n`,
    );

  it('asks source and target as a run would, writes to neither, and finds what is missing here', async () => {
    world.source.reset();
    world.target.reset();
    const argv = ['--catalog', await catalog(), '--target-registry', `${world.target.host}/p`, '--plain-http'];
    const { code, healthy, of } = await findings(...argv);
    expect(of('source').map(({ subject, judgement }) => [subject, judgement])).toEqual([
      [world.source.host, 'fine'],
      ['images', 'doubt'],
    ]);
    expect(of('target').map(({ subject, judgement }) => [subject, judgement])).toEqual([[world.target.host, 'fine']]);
    expect(of('disk').map(({ judgement }) => judgement)).toEqual(['fine', 'fine']);
    // this machine has no helm
    expect(of('program').map(({ subject, judgement, remedy }) => [subject, judgement, remedy])).toEqual([
      ['helm', 'wrong', expect.stringContaining('airgap-charts tools install')],
    ]);
    expect([code, healthy]).toEqual([1, false]);
    expect(
      [...world.source.requests(), ...world.target.requests()].map(({ method, path }) => `${method} ${path}`),
    ).toEqual(['GET /v2/', 'GET /v2/']);
    expect(await world.machine.files(join(world.machine.work, 'out'))).toEqual([]);
  });

  it('says what is wrong with hosts that do not answer, and what to do', async () => {
    const { code, of } = await findings('--target-registry', '127.0.0.1:1', '--plain-http');
    expect(code).toBe(1);
    expect(of('target')).toEqual([
      {
        ...{ area: 'target', subject: '127.0.0.1:1', judgement: 'wrong' },
        what: expect.stringMatching(/^REGISTRY_UNREACHABLE: /),
        remedy: expect.any(String),
      },
    ]);
  });

  it('takes the sources of images from a report', async () => {
    const report = { ...specialReport() };
    const images = report.images.slice(0, 1).map((row) => ({ ...row, source: `${world.source.host}/team/app:1` }));
    await world.machine.write('report.json', JSON.stringify({ ...report, images }));
    const { of } = await findings('--report', 'report.json', '--target-registry', world.target.host, '--plain-http');
    expect(of('source').map(({ subject, judgement }) => [subject, judgement])).toEqual([[world.source.host, 'fine']]);
  });

  it('refuses bad input: all of it at once', async () => {
    const { code, stderr } = await world.machine.run(['doctor', '--catalog', 'none.yaml', '--report', 'none.json']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/none\.yaml/);
    expect(stderr).toMatch(/none\.json/);
  });
});
