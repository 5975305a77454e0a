import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { unpackChart } from '../../src/adapters/archive.ts';
import { digestOf } from '../../src/domain/manifest.ts';
import { OWN_DIRECTORY } from '../../src/domain/wrap/wrap-plan.ts';
import { type CarryWorld, pushWebImages, startCarryWorld, type WebImages, webParts } from '../support/carry-world.ts';
import { deployment } from '../support/e2e-charts.ts';
import { rawChart, rawDigest, rawManifest } from '../support/e2e-registry.ts';
import { runOnTerminal, terminalReason } from '../support/net-terminal.ts';
import { describeWith } from '../support/tools.ts';

const POD = 'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: a, image: IMAGE_NAME}]}\n';

async function putBlob(base: string, repository: string, text: string): Promise<void> {
  const begun = await fetch(`${base}/v2/${repository}/blobs/uploads/`, { method: 'POST' });
  const place = new URL(begun.headers.get('location') ?? '', base);
  place.searchParams.set('digest', digestOf(text));
  await fetch(place, { method: 'PUT', body: text, headers: { 'content-type': 'application/octet-stream' } });
}

const IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

async function putManifest(base: string, repository: string, name: string, text: string, type = IMAGE): Promise<void> {
  const headers = { 'content-type': type };
  const answer = await fetch(`${base}/v2/${repository}/manifests/${name}`, { method: 'PUT', body: text, headers });
  if (answer.status !== 201) throw new Error(`${name} was answered with ${answer.status}: ${await answer.text()}`);
}

describeWith(['helm', 'crane', 'registry'], 'wraps', () => {
  let world: CarryWorld;
  let images: WebImages;

  const at = (repository: string, tag: string): Promise<string | undefined> =>
    rawDigest(world.target.url, repository, tag);

  beforeAll(async () => {
    world = await startCarryWorld();
    images = await pushWebImages(world);
    await world.chart('web', webParts(images.pinned.digest));
    const { code, stderr } = await world.run(['wrap', 'web', '--output-dir', 'out']);
    expect(code, stderr).toBe(0);
  });

  afterAll(() => world?.stop());

  it('list every image with the chart that names it, and leave nothing but the wrap', async () => {
    const { report } = await world.carry(['wrap', 'web', '--output-dir', 'listed']);
    expect(report).toMatchObject({ command: 'wrap', exitCode: 0 });
    const [web] = report.charts;
    expect(web?.images.map(({ chart, name, digest, whole }) => ({ chart, name, digest, whole }))).toEqual([
      { chart: 'web', name: 'app', digest: images.app.digest, whole: true },
      { chart: 'web', name: 'single', digest: images.single.digest, whole: true },
      { chart: 'web', name: 'pinned', digest: images.pinned.digest, whole: true },
      { chart: 'sub', name: 'sub', digest: images.sub.digest, whole: true },
    ]);
    expect(await world.machine.files(world.path('listed'))).toEqual(['web-1.2.3.wrap.tgz']);
  });

  it('have the same bytes when they are made again', async () => {
    await world.run(['wrap', 'web', '--output-file', 'again.wrap.tgz']);
    const [first, second] = await Promise.all(
      ['out/web-1.2.3.wrap.tgz', 'again.wrap.tgz'].map((name) => readFile(world.path(name))),
    );
    expect(second?.equals(first ?? Buffer.alloc(0))).toBe(true);
  });

  it('fetch every blob once', async () => {
    world.source.reset();
    await world.run(['wrap', 'web', '--output-dir', 'once']);
    const blobs = world.source.requests().filter(({ method, path }) => method === 'GET' && path.includes('/blobs/'));
    const digests = blobs.map(({ path }) => path.replace(/.*\/blobs\//, ''));
    // the configuration of an image without an index is read for its platform, and then fetched
    expect(digests.length - new Set(digests).size).toBe(1);
  });

  it('give every digest back, and a chart that is proven', async () => {
    const to = `oci://${world.target.host}/mirror`;
    const { code, stderr } = await world.run(['unwrap', 'out/web-1.2.3.wrap.tgz', to, '--output-dir', 'pushed']);
    expect(code, stderr).toBe(0);
    expect(await at('mirror/team/app', '1.0')).toBe(images.app.digest);
    expect(await at('mirror/team/single', '2')).toBe(images.single.digest);
    expect(await at('mirror/team/pinned', '4')).toBe(images.pinned.digest);
    expect(await at('mirror/team/sub', '3')).toBe(images.sub.digest);
    for (const digest of images.app.attestations)
      expect(await rawManifest(world.target.url, 'mirror/team/app', digest)).toBeDefined();
    const report = await world.machine.report('pushed');
    expect(report.charts).toMatchObject([{ chart: 'web', status: 'pushed', proof: { state: 'proven' } }]);
    expect(stderr).toContain('4 images have the digest that the source had');
    expect(stderr).toContain(`helm install web oci://${world.target.host}/mirror/web --version 1.2.3`);
    expect(await world.machine.files(world.path('pushed'))).toContain('helm-charts/web/proof.json');
  });

  it('name pinned images by their tags, and chart, lists and lock agree when they are unwrapped', async () => {
    const [tagged, alone] = [`HOST/team/pinned:4@${images.pinned.digest}`, `HOST/team/single@${images.single.digest}`];
    await world.chart('fixed', {
      yaml: ['annotations:', '  images: |', '    - name: its-own', `      image: ${tagged}`],
      values: `a: ${tagged}\nb: ${alone}\n`,
      templates: {
        'd.yaml': deployment("- { name: a, image: '{{ .Values.a }}' }\n- { name: b, image: '{{ .Values.b }}' }"),
      },
    });
    expect((await world.run(['wrap', 'fixed', '--output-dir', 'fixed-out'])).code).toBe(0);
    const to = `oci://${world.target.host}/fixed-there`;
    const { code, stderr } = await world.run([
      'unwrap',
      'fixed-out/fixed-1.0.0.wrap.tgz',
      to,
      '--output-dir',
      'fixed-pushed',
    ]);
    expect(code, stderr).toBe(0);
    expect(await at('fixed-there/team/pinned', '4')).toBe(images.pinned.digest);
    const { files } = await unpackChart('fixed', await rawChart(world.target.url, 'fixed-there/fixed', '1.0.0'));
    const said = ['Chart.yaml', 'Images.lock', 'values.yaml'].map(
      (name) => files.get(name)?.data.toString('utf8') ?? '',
    );
    const mirrored = `mirrored-${images.single.digest.slice(7, 19)}`;
    for (const text of said.slice(0, 2)) {
      expect(text).toContain(`${world.target.host}/fixed-there/team/pinned:4\n`);
      expect(text).toContain(`${world.target.host}/fixed-there/team/single:${mirrored}\n`);
      expect(text).not.toContain(`image: ${world.source.host}`);
    }
    expect(said[2]).toContain(`${world.target.host}/fixed-there/team/pinned:4@${images.pinned.digest}`);
    expect(stderr).not.toContain('not moved');
    expect((await world.machine.report('fixed-pushed')).charts[0]?.hiddenImages).toEqual([]);
    // the lock that travelled is that of the chart
    const told = await world.machine.run(['info', 'fixed-out/fixed-1.0.0.wrap.tgz', '--yaml']);
    await world.machine.write('fixed.lock', told.stdout);
    const verified = await world.run(['lock', 'fixed', '--verify', '--lock-file', 'fixed.lock']);
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('2 images, all as locked')]);
  });

  it('ask nobody but the target when they are unwrapped', async () => {
    world.source.reset();
    const { code, stderr } = await world.run([
      ...['unwrap', 'out/web-1.2.3.wrap.tgz', `${world.target.host}/alone`],
      ...['--output-dir', 'alone'],
    ]);
    expect(code, stderr).toBe(0);
    expect(world.source.requests()).toEqual([]);
  });

  it('are unwrapped a second time without a write', async () => {
    const flags = ['unwrap', 'out/web-1.2.3.wrap.tgz', `${world.target.host}/twice`, '--output-dir', 'twice'];
    expect((await world.run(flags)).code).toBe(0);
    world.target.reset();
    expect((await world.run(flags)).code).toBe(0);
    expect(world.target.writes()).toEqual([]);
  });

  it.skipIf(terminalReason() !== undefined)('are not pushed when the question for it gets no answer', async () => {
    world.target.reset();
    const argv = ['unwrap', 'out/web-1.2.3.wrap.tgz', `${world.target.host}/asked`, '--plain-http'];
    const { env, work: cwd } = world.machine;
    const PATH = `${env.PATH}:${process.env.PATH}`;
    const { code, text } = await runOnTerminal(argv, { cwd, env: { ...env, PATH } }, { after: '[y/N]', press: '\x04' });
    expect(text).toContain('? [y/N]');
    expect(text).toContain('nothing was pushed, since the answer was not yes');
    expect([code, world.target.requests()]).toEqual([2, []]);
  });

  it.skipIf(terminalReason() !== undefined)('are not pushed when the question for it is interrupted', async () => {
    const argv = ['unwrap', 'out/web-1.2.3.wrap.tgz', `${world.target.host}/asked`, '--plain-http'];
    const { env, work: cwd } = world.machine;
    const PATH = `${env.PATH}:${process.env.PATH}`;
    const { code } = await runOnTerminal(argv, { cwd, env: { ...env, PATH } }, { after: '[y/N]', press: '\x03' });
    expect(code).toBe(130);
  });

  it('are not made of two contents under one tag', async () => {
    const before = await world.push('team/moved', '1', { platforms: [], name: 'before' });
    await world.push('team/moved', '1', { platforms: [], name: 'after' });
    const both = ['HOST/team/moved:1', `HOST/team/moved:1@${before.digest}`];
    const lines = both.flatMap((image, index) => [`    - name: n${index}`, `      image: ${image}`]);
    await world.chart('twofold', {
      yaml: ['annotations:', '  images: |', ...lines],
      templates: { 'p.yaml': POD.replace('IMAGE_NAME', 'HOST/team/moved:1') },
    });
    const { code, stderr } = await world.run(['wrap', 'twofold', '--output-dir', 'twofold-out']);
    expect(code).toBe(1);
    expect(stderr).toContain('by its tag and by a digest that is not that of the tag');
    expect(await world.machine.files(world.path('twofold-out'))).toEqual([]);
  });

  it('of what is rendered only keep the words of an annotation that pins it', async () => {
    await world.chart('words', {
      yaml: [
        'annotations:',
        '  images: |',
        '    - name: my-own',
        `      image: HOST/team/app:1.0@${images.app.digest}`,
      ],
      templates: { 'p.yaml': POD.replace('IMAGE_NAME', 'HOST/team/app:1.0') },
    });
    const made = await world.run(['wrap', 'words', '--images', 'rendered', '--output-dir', 'words-out']);
    expect(made.code, made.stderr).toBe(0);
    const { stdout } = await world.machine.run(['info', 'words-out/words-1.0.0.wrap.tgz', '--json']);
    expect(JSON.parse(stdout).images.map(({ name }: { name: string }) => name)).toEqual(['my-own']);
  });

  it('say what they hold', async () => {
    const { code, stdout } = await world
      .run(['info', 'out/web-1.2.3.wrap.tgz'])
      .then(async () => world.machine.run(['info', 'out/web-1.2.3.wrap.tgz', '--json']));
    expect(code).toBe(0);
    const told = JSON.parse(stdout);
    expect(told).toMatchObject({ kind: 'wrap', chart: { name: 'web', version: '1.2.3', appVersion: '1.0' } });
    expect(told.images.map(({ digest }: { digest: string }) => digest)).toEqual(
      [images.app, images.single, images.pinned, images.sub].map(({ digest }) => digest),
    );
    const yaml = await world.machine.run(['info', 'out/web-1.2.3.wrap.tgz', '--yaml']);
    expect(yaml.stdout).toMatch(/^apiVersion: v0\nkind: ImagesLock\n/);
  });

  it('hold the platforms that are asked for, with an index of their own', async () => {
    const { report } = await world.carry(['wrap', 'web', '--platforms', 'linux/amd64', '--output-dir', 'part']);
    expect(report.charts[0]?.images.map(({ name, whole }) => [name, whole])).toEqual([
      ['app', false],
      ['single', true],
      ['pinned', false],
      ['sub', false],
    ]);
    const { code, stderr } = await world.run([
      ...['unwrap', 'part/web-1.2.3.wrap.tgz', `${world.target.host}/part`, '--output-dir', 'part'],
    ]);
    expect(code, stderr).toBe(0);
    const [amd64] = images.pinned.children;
    expect(await at('part/team/pinned', '4')).toBe(amd64?.digest);
    expect(stderr).toContain('3 of 4 images may have another digest than at the source');
    expect(stderr).toContain(`is ${amd64?.digest} in place of ${images.pinned.digest}`);
    // the chart pins what is there now
    const values = await world.machine.files(world.path('part'));
    expect(values).toContain('helm-charts/web/web-1.2.3.tgz');
    const report2 = await world.machine.report('part');
    expect(report2.charts[0]?.edits.map(({ after }) => after).join('\n')).toContain(`@${amd64?.digest}`);
  });

  it('take signatures and referrers along, which then stand beside the images again', async () => {
    const signed = await world.push('team/signed', '1', { platforms: [] });
    const tag = `${signed.digest.replace(':', '-')}.sig`;
    const signature = await world.push('team/signed', tag, { platforms: [], name: 'signature' });
    const config = { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf('{}'), size: 2 };
    await putBlob(world.source.url, 'team/signed', '{}');
    const referrer = JSON.stringify({
      schemaVersion: 2,
      mediaType: IMAGE,
      artifactType: 'application/vnd.example.sbom.v1',
      config,
      layers: [config],
      subject: {
        mediaType: signed.mediaType,
        digest: signed.digest,
        size: (await rawManifest(world.source.url, 'team/signed', '1'))?.text.length,
      },
    });
    await putManifest(world.source.url, 'team/signed', digestOf(referrer), referrer);
    // what clients keep where a registry does not list referrers, as this one
    const fallback = signed.digest.replace(':', '-');
    const entry = { mediaType: IMAGE, digest: digestOf(referrer), size: referrer.length };
    const list = JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [entry] });
    await putManifest(world.source.url, 'team/signed', fallback, list, INDEX);
    await world.chart('signed', { templates: { 'p.yaml': POD.replace('IMAGE_NAME', 'HOST/team/signed:1') } });
    const made = await world.run(['wrap', 'signed', '--fetch-artifacts', '--output-dir', 'signed-out']);
    expect(made.code, made.stderr).toBe(0);
    const to = `${world.target.host}/signed`;
    const { code, stderr } = await world.run([
      'unwrap',
      'signed-out/signed-1.0.0.wrap.tgz',
      to,
      '--output-dir',
      'signed-out',
    ]);
    expect(code, stderr).toBe(0);
    expect(await at('signed/team/signed', tag)).toBe(signature.digest);
    expect(await at('signed/team/signed', fallback)).toBe(digestOf(list));
    expect(await at('signed/team/signed', digestOf(referrer))).toBe(digestOf(referrer));
    // without the flag they stay where they are
    await world.run(['wrap', 'signed', '--output-file', 'bare.wrap.tgz']);
    expect((await readFile(world.path('bare.wrap.tgz'))).length).toBeLessThan(
      (await readFile(world.path('signed-out/signed-1.0.0.wrap.tgz'))).length,
    );
  });

  it('take referrers along that the registry lists, with a list for registries that make none', async () => {
    const image = await world.push('team/listed', '1', { platforms: [] });
    const config = { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf('{}'), size: 2 };
    await putBlob(world.source.url, 'team/listed', '{}');
    const size = (await rawManifest(world.source.url, 'team/listed', '1'))?.text.length ?? 0;
    const subject = { mediaType: image.mediaType, digest: image.digest, size };
    const artifactType = 'application/vnd.example.sbom.v1';
    const annotations = { made: 'by a test' };
    const referrer = JSON.stringify({
      ...{ schemaVersion: 2, mediaType: IMAGE, artifactType, config, layers: [config], subject, annotations },
    });
    await putManifest(world.source.url, 'team/listed', digestOf(referrer), referrer);
    const entry = { mediaType: IMAGE, digest: digestOf(referrer), size: referrer.length, artifactType, annotations };
    const body = JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [entry] });
    const listing = world.source.addFault({ path: new RegExp(`/referrers/${image.digest}`), status: 200, body });
    const none = world.source.addFault({ path: /\/referrers\//, status: 200, body: body.replace(/\[.*\]/, '[]') });
    await world.chart('listed', { templates: { 'p.yaml': POD.replace('IMAGE_NAME', 'HOST/team/listed:1') } });
    const made = await world.run(['wrap', 'listed', '--fetch-artifacts', '--output-dir', 'listed-out']);
    listing.remove();
    none.remove();
    expect(made.code, made.stderr).toBe(0);
    const to = `${world.target.host}/listed`;
    const { code, stderr } = await world.run([
      'unwrap',
      'listed-out/listed-1.0.0.wrap.tgz',
      to,
      '--output-dir',
      'listed-out',
    ]);
    expect(code, stderr).toBe(0);
    const list = await rawManifest(world.target.url, 'listed/team/listed', image.digest.replace(':', '-'));
    expect(JSON.parse(list?.text ?? '{}').manifests).toEqual([entry]);
    expect(await at('listed/team/listed', digestOf(referrer))).toBe(digestOf(referrer));
    const tags = await (await fetch(`${world.target.url}/v2/listed/team/listed/tags/list`)).json();
    expect(tags).toEqual({ name: 'listed/team/listed', tags: ['1', image.digest.replace(':', '-')] });
  });

  it('of dt bring signatures, as far as these are for what the images are now', async () => {
    const kept = await world.push('team/kept', '1', { platforms: [] });
    const lost = await world.push('team/lost', '1', { platforms: ['linux/amd64', 'linux/arm64'], attestations: true });
    for (const [repository, { digest }] of [
      ['team/kept', kept],
      ['team/lost', lost],
    ] as const) {
      const payload = JSON.stringify({ critical: { image: { 'docker-manifest-digest': digest }, type: 'test' } });
      const blob = (text: string, mediaType: string) => ({ mediaType, digest: digestOf(text), size: text.length });
      await putBlob(world.source.url, repository, payload);
      await putBlob(world.source.url, repository, '{}');
      const manifest = JSON.stringify({
        ...{ schemaVersion: 2, mediaType: IMAGE, config: blob('{}', 'application/vnd.oci.image.config.v1+json') },
        layers: [blob(payload, 'application/vnd.dev.cosign.simplesigning.v1+json')],
      });
      await putManifest(world.source.url, repository, `${digest.replace(':', '-')}.sig`, manifest);
    }
    await world.chart('signatures', {
      values: '{}\n',
      templates: {
        'd.yaml': deployment('- { name: a, image: HOST/team/kept:1 }\n- { name: b, image: HOST/team/lost:1 }'),
      },
    });
    const made = await world.run(['wrap', 'signatures', '--fetch-artifacts', '--output-dir', 'like-dt']);
    expect(made.code, made.stderr).toBe(0);
    // what dt writes: the same without our own directory
    const run = promisify(execFile);
    await run('tar', ['-xzf', 'signatures-1.0.0.wrap.tgz'], { cwd: world.path('like-dt') });
    await rm(world.path(`like-dt/signatures-1.0.0/${OWN_DIRECTORY}`), { recursive: true });
    await run('tar', ['-czf', 'dt.wrap.tgz', 'signatures-1.0.0'], { cwd: world.path('like-dt') });
    const to = `${world.target.host}/like-dt`;
    const { code, stderr } = await world.run(['unwrap', 'like-dt/dt.wrap.tgz', to, '--output-dir', 'like-dt']);
    expect(code, stderr).toBe(0);
    expect(await at('like-dt/team/kept', `${kept.digest.replace(':', '-')}.sig`)).toBeDefined();
    expect(await at('like-dt/team/lost', `${lost.digest.replace(':', '-')}.sig`)).toBeUndefined();
    const now = await at('like-dt/team/lost', '1');
    expect(now).not.toBe(lost.digest);
    expect((await world.machine.report('like-dt')).notes.join()).toContain(lost.digest);
    // an index that names what is not there
    const layout =
      (await world.machine.files(world.path('like-dt'))).find((file) => /kept\/1\.sig\/index\.json$/.test(file)) ?? '';
    const index = await world.machine.read(`like-dt/${layout}`);
    await world.machine.write(`like-dt/${layout}`, index.replace(/sha256:[0-9a-f]{64}/, `sha256:${'1'.repeat(64)}`));
    await run('tar', ['-czf', 'damaged.wrap.tgz', 'signatures-1.0.0'], { cwd: world.path('like-dt') });
    const damaged = await world.run(['unwrap', 'like-dt/damaged.wrap.tgz', to]);
    expect([damaged.code, damaged.stderr]).toEqual([
      2,
      expect.stringContaining('1.sig/index.json: it needs sha256:1111'),
    ]);
    const place = `${world.source.host}/team/lost:1`;
    expect(stderr).toContain(`left out: signature of ${place}: it is for ${lost.digest}, and the image is ${now} now`);
  });

  it('that lack an image of their chart say that it is not in the file', async () => {
    const pod = (image: string) => ({ 'a.yaml': POD.replace('IMAGE_NAME', `HOST/team/${image}`) });
    await world.chart('lacks', { templates: pod('single:2') });
    expect((await world.run(['wrap', 'lacks', '--output-dir', 'lacks-out'])).code).toBe(0);
    await promisify(execFile)('tar', ['-xzf', 'lacks-1.0.0.wrap.tgz'], { cwd: world.path('lacks-out') });
    const other = POD.replace('IMAGE_NAME', `${world.source.host}/team/app:1.0`);
    await world.machine.write('lacks-out/lacks-1.0.0/chart/templates/b.yaml', other);
    await promisify(execFile)('tar', ['-czf', 'edited.wrap.tgz', 'lacks-1.0.0'], { cwd: world.path('lacks-out') });
    world.target.reset();
    const { code, stderr } = await world.run(['unwrap', 'lacks-out/edited.wrap.tgz', `${world.target.host}/lacks`]);
    expect([code, world.target.writes()]).toEqual([1, []]);
    expect(stderr).toContain(`IMAGE_SOURCE_ABSENT: ${world.source.host}/team/app:1.0 is not in the file`);
  });

  it('are not made when an image is missing, and no half of one is left', async () => {
    await world.chart('lost', {
      values: 'x: 1\n',
      templates: {
        'p.yaml':
          'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: a, image: HOST/team/gone:9}]}\n',
      },
    });
    const { code, stderr } = await world.run(['wrap', 'lost', '--output-dir', 'lost-out']);
    expect(code).toBe(1);
    expect(stderr).toContain('IMAGE_SOURCE_ABSENT');
    expect(await world.machine.files(world.path('lost-out')).catch(() => [])).toEqual([]);
  });

  it('of two charts of one name and version are not made: one file would replace the other', async () => {
    for (const folder of ['one', 'two'])
      await world.chart('same', { templates: { 'p.yaml': POD.replace('IMAGE_NAME', 'HOST/team/single:2') } }, folder);
    const { code, stderr } = await world.run(['wrap', 'one/same', 'two/same', '--output-dir', 'same-out']);
    expect(code).toBe(1);
    expect(stderr).toContain('would both be same-1.0.0.wrap.tgz');
    expect(await world.machine.files(world.path('same-out')).catch(() => [])).toEqual([]);
  });

  it('go on where they were interrupted', async () => {
    const big = await world.push('team/big', '1', { platforms: [], ownLayers: 6, layerBytes: 300_000 });
    await world.chart('big', {
      templates: {
        'p.yaml':
          'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: a, image: HOST/team/big:1}]}\n',
      },
    });
    const slow = world.source.addFault({ path: new RegExp(`/blobs/${big.blobs.at(-1)}`), delayMs: 60_000 });
    const running = world.machine.start([
      'wrap',
      'big',
      '--output-dir',
      'big-out',
      '--concurrency',
      '1',
      '--plain-http',
    ]);
    await slow.firstHit;
    running.interrupt('SIGKILL');
    await running.ended;
    slow.remove();
    const kept = (await world.machine.files(world.path('big-out'))).filter((name) => !name.includes('.part'));
    expect(kept.length).toBeGreaterThan(1);
    world.source.reset();
    expect((await world.run(['wrap', 'big', '--output-dir', 'big-out'])).code).toBe(0);
    const fetched = world.source.requests().filter(({ method, path }) => method === 'GET' && path.includes('/blobs/'));
    expect(fetched.length).toBeLessThan(big.blobs.length);
    expect(await world.machine.files(world.path('big-out'))).toEqual(['big-1.0.0.wrap.tgz']);
  });

  it('are refused when they are cut short, before anything is pushed', async () => {
    const whole = await readFile(world.path('out/web-1.2.3.wrap.tgz'));
    await writeFile(world.path('short.wrap.tgz'), whole.subarray(0, whole.length - 1000));
    world.target.reset();
    const { code, stderr } = await world.run(['unwrap', 'short.wrap.tgz', `${world.target.host}/short`]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^FILE_REFUSED: wrap .*short\.wrap\.tgz refused: /m);
    expect(world.target.requests()).toEqual([]);
    expect((await world.run(['info', 'short.wrap.tgz'])).code).toBe(2);
  });
});
