import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/domain/manifest.ts';
import { type ChartParts, deployment, makeChart } from '../support/e2e-charts.ts';
import { rawManifest } from '../support/e2e-registry.ts';
import { schemaProblems } from '../support/e2e-report-schema.ts';
import { type Entry, type Outcome, STABLE, startWorld, type World } from '../support/e2e-world.ts';
import { createSigner, provenanceOf, provenanceText, type SignedChart, type Signer } from '../support/signed-charts.ts';
import { describeWith } from '../support/tools.ts';

const IMAGE = 'a.example.test/team/app:1';
const PARTS: ChartParts = {
  values: `image: ${IMAGE}\n`,
  templates: { 'd.yaml': deployment('- { name: main, image: "{{ .Values.image }}" }') },
};
const KEPT =
  'the original chart is signed: it is kept with its provenance file, which does not verify the relocated chart';

describeWith(['helm', 'crane', 'registry', 'gpg'], 'a signed chart', () => {
  let world: World;
  let signer: Signer;
  let outcome: Outcome;
  const charts = new Map<string, SignedChart>();

  async function signed(name: string): Promise<SignedChart> {
    const chart = await signer.sign(name, PARTS);
    charts.set(name, chart);
    return chart;
  }

  beforeAll(async () => {
    [world, signer] = await Promise.all([startWorld(), createSigner()]);
    await world.sources.addImages([IMAGE]);
    await world.sources.addChart(STABLE, await signed('http'));
    const { registry } = world.sources;
    await signer.push(await signed('oci'), `oci://${registry.host}/signed.example.test/charts`);
    const local = await signed('local');
    await mkdir(join(world.machine.work, 'shelf'));
    for (const end of ['', '.prov'])
      await copyFile(`${local.path}${end}`, join(world.machine.work, `shelf/local-1.0.0.tgz${end}`));
    const entries: readonly Entry[] = [
      { chart: 'http', version: '1.0.0' },
      { chart: 'oci', version: '1.0.0', repository: 'oci://signed.example.test/charts' },
      { chart: 'local', repository: '../shelf/local-1.0.0.tgz' },
    ];
    const mirror = `signed.example.test=${registry.url}/signed.example.test`;
    outcome = await world.mirror('s', entries, ['--source-mirror', mirror]);
  });

  afterAll(async () => {
    await Promise.all([world?.stop(), signer?.stop()]);
  });

  const at = (path: string) => join(world.machine.work, outcome.directory, path);

  it.each([
    ['of a chart repository', 'http'],
    ['of a registry', 'oci'],
    ['on disk', 'local'],
  ])('%s is kept as it was with its provenance file, and helm verifies it', async (_, name) => {
    expect(outcome.code, outcome.stderr).toBe(0);
    const row = outcome.row(name);
    const archive = `helm-charts/${name}/${name}-1.0.0.original/${name}-1.0.0.tgz`;
    expect([row.provenance, row.notes.includes(KEPT)]).toEqual([`${archive}.prov`, true]);
    const original = charts.get(name);
    expect(await readFile(at(archive))).toEqual(original?.archive);
    expect(await readFile(at(`${archive}.prov`))).toEqual(original?.provenance);
    expect(await signer.verify(at(archive))).toContain(`Chart Hash Verified: ${row.sourceDigest}`);
  });

  it('is relocated without its signature, which would be one of other bytes', async () => {
    const { archive } = outcome.row('oci');
    await expect(signer.verify(at(archive ?? ''))).rejects.toThrow(/\.prov/);
    const manifest = await rawManifest(world.proxy.url, 's/oci', '1.0.0');
    expect(manifest?.text).not.toContain('provenance');
    expect(schemaProblems(outcome.report)).toEqual([]);
  });
});

describeWith(['helm', 'crane'], 'a provenance file', () => {
  let world: World;
  const chart = () => makeChart('web', PARTS);

  beforeAll(async () => {
    world = await startWorld();
    await world.sources.addImages([IMAGE]);
  });

  afterAll(() => world?.stop());

  let runs = 0;

  /** Mirrors one chart of a repository of its own. */
  async function mirrored(provenance?: Buffer, answer?: { status: number; headers?: Record<string, string> }) {
    runs += 1;
    const repository = `${STABLE}/${runs}`;
    await world.sources.addChart(repository, {
      ...(await chart()),
      ...(provenance === undefined ? {} : { provenance }),
    });
    const file = `${repository.slice('https:/'.length)}/web-1.0.0.tgz.prov`;
    if (answer !== undefined) world.sources.repository.answer(file, answer);
    const outcome = await world.mirror(`p${runs}`, [{ chart: 'web', version: '1.0.0', repository }], ['--scan-only']);
    const kept = (await world.machine.files(join(world.machine.work, outcome.directory))).filter((name) =>
      name.includes('.original/'),
    );
    const { status, provenance: path, notes } = outcome.row('web');
    const asked = world.sources.repository.requests().filter((request) => request.path === file);
    return { code: outcome.code, status, path, notes, kept, asked: asked.length, outcome };
  }

  it('is kept byte for byte, whoever has signed it', async () => {
    const provenance = provenanceOf(await chart());
    const { code, path, kept, outcome } = await mirrored(provenance);
    const archive = 'helm-charts/web/web-1.0.0.original/web-1.0.0.tgz';
    expect([code, path, kept]).toEqual([0, `${archive}.prov`, [archive, `${archive}.prov`]]);
    const read = (name: string) => readFile(join(world.machine.work, outcome.directory, name));
    expect(await read(archive)).toEqual((await chart()).archive);
    expect(await read(`${archive}.prov`)).toEqual(provenance);
  });

  it('of a chart that lacks a dependency stands with the archive that lacks it', async () => {
    await world.publish('part', PARTS);
    const yaml = ['dependencies:', `  - { name: part, version: 1.0.0, repository: "${STABLE}" }`];
    const lacking = await makeChart('lacking', { ...PARTS, yaml });
    await world.sources.addChart(STABLE, { ...lacking, provenance: provenanceOf(lacking) });
    const outcome = await world.mirror('lacking', [{ chart: 'lacking', version: '1.0.0' }], ['--scan-only']);
    const { provenance, dependencies } = outcome.row('lacking');
    expect([outcome.code, dependencies.map(({ state }) => state)], outcome.stderr).toEqual([0, ['fetched']]);
    const archive = (provenance ?? '').replace(/\.prov$/, '');
    expect(await readFile(join(world.machine.work, outcome.directory, archive))).toEqual(lacking.archive);
  });

  it.each([403, 404, 410])('is not missed where the server answers %i', async (status) => {
    expect(await mirrored(undefined, { status })).toMatchObject({
      ...{ code: 0, status: 'ready', path: null, notes: [], kept: [], asked: 1 },
    });
  });

  describe('that is not kept is a note, and the chart is mirrored all the same:', () => {
    const other = digestOf('another');
    it.each<[string, Buffer, RegExp]>([
      [
        'no signed message',
        Buffer.from('<html>not found</html>'),
        /it does not begin with -----BEGIN PGP SIGNED MESSAGE/,
      ],
      ['one that breaks off', Buffer.from('-----BEGIN PGP SIGNED MESSAGE-----\n'), /it has no signature/],
      ['too large', Buffer.alloc(1024 * 1024 + 1, '-'), /web-1\.0\.0\.tgz\.prov is larger than 1048576 bytes/],
      [
        'of another archive',
        Buffer.from(provenanceText({ 'web-1.0.0.tgz': other })),
        new RegExp(`digest ${other}, and`),
      ],
    ])('%s', async (_, provenance, why) => {
      const result = await mirrored(provenance);
      expect(result).toMatchObject({ code: 0, status: 'ready', path: null, kept: [] });
      expect(result.notes).toEqual([
        expect.stringMatching(new RegExp(`^the provenance file of the original chart is not kept: .*${why.source}`)),
      ]);
    });

    it('one that the server fails to send', async () => {
      const result = await mirrored(undefined, { status: 400 });
      expect(result).toMatchObject({ code: 0, status: 'ready', path: null, kept: [], asked: 1 });
      expect(result.notes).toEqual([expect.stringMatching(/not kept: .*web-1\.0\.0\.tgz\.prov answered 400/)]);
    });
  });

  it('of a chart on disk that cannot be read is a note', async () => {
    const path = await world.machine.write('odd/web-1.0.0.tgz', '');
    await writeFile(path, (await chart()).archive);
    await mkdir(`${path}.prov`);
    const { code, report } = await world.mirror(
      'd',
      [{ chart: 'web', repository: '../odd/web-1.0.0.tgz' }],
      ['--scan-only'],
    );
    expect([code, report.charts[0]?.provenance]).toEqual([0, null]);
    expect(report.charts[0]?.notes).toEqual([
      expect.stringMatching(/not kept: .*\.prov cannot be read: it is not a file/),
    ]);
  });
});
