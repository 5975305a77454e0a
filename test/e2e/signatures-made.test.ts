import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Digest } from '../../src/domain/reference.ts';
import { type CarryWorld, startCarryWorld } from '../support/carry-world.ts';
import { type CountingProxy, startCountingProxy } from '../support/counting-proxy.ts';
import { deployment } from '../support/e2e-charts.ts';
import { createMachine, type Machine } from '../support/e2e-machine.ts';
import { rawDigest, rawManifest } from '../support/e2e-registry.ts';
import { BUNDLE_TYPE, pushArtifact, pushList } from '../support/made-artifacts.ts';
import { keyBundle, makeKey, payloadFor, signBytes, statementFor } from '../support/made-signatures.ts';
import { IDENTITY, ISSUER, type MadeSigstore, makeSigstore } from '../support/made-sigstore.ts';
import { startReferrersRegistry } from '../support/referrers-registry.ts';
import { startDistribution } from '../support/registries.ts';
import { copyingOn } from '../support/signature-runs.ts';
import { type PushedImage, pushImage } from '../support/synthetic-images.ts';
import { describeWith } from '../support/tools.ts';

const SIMPLE = 'application/vnd.dev.cosign.simplesigning.v1+json';
const KEY = makeKey();
const OTHER = makeKey();

/** Leaves a signature of cosign's first form under a tag; `annotations` beside it. */
async function pushSimple(
  base: string,
  repository: string,
  digest: Digest,
  annotations: object,
  payload = payloadFor(digest),
) {
  const signature = signBytes(KEY, Buffer.from(payload)).toString('base64');
  return pushArtifact(base, repository, `${digest.replace(':', '-')}.sig`, {
    ...{ layers: [payload], layerType: SIMPLE },
    layerAnnotations: [{ 'dev.cosignproject.cosign/signature': signature, ...annotations }],
  });
}

/** Attaches a bundle to an image; the list that clients keep names it where the registry makes none. */
async function attachBundle(base: string, repository: string, image: PushedImage, bundle: string, hasApi: boolean) {
  const size = (await rawManifest(base, repository, image.digest))?.text.length ?? 0;
  const pushed = await pushArtifact(base, repository, undefined, {
    ...{ layers: [bundle], layerType: BUNDLE_TYPE, artifactType: BUNDLE_TYPE },
    subject: { mediaType: image.mediaType, digest: image.digest, size },
  });
  if (!hasApi) await pushList(base, repository, image.digest, [{ ...pushed, artifactType: BUNDLE_TYPE }]);
  return pushed;
}

describeWith(['registry'], 'signatures', () => {
  let machine: Machine;
  let key: string;
  let sigstore: MadeSigstore;
  let who: readonly string[];
  let [listing, plain, target]: { readonly proxy: CountingProxy; stop(): Promise<void> }[] = [];
  const copy = copyingOn(() => machine);

  async function side(start: () => Promise<{ url: string; stop(): Promise<void> }>) {
    const behind = await start();
    const proxy = await startCountingProxy(behind.url);
    return { proxy, stop: () => proxy.stop().then(() => behind.stop()) };
  }

  beforeAll(async () => {
    machine = await createMachine({});
    key = await machine.write('own.pub', KEY.pem);
    await machine.write('other.pub', OTHER.pem);
    sigstore = await makeSigstore();
    const root = await machine.write('trusted_root.json', sigstore.trustRoot);
    who = ['--signature-identity', IDENTITY, '--signature-issuer', ISSUER, '--signature-trust-root', root];
    [listing, plain, target] = await Promise.all([
      side(startReferrersRegistry),
      side(startDistribution),
      side(startDistribution),
    ]);
  });

  afterAll(async () => {
    await Promise.all([listing, plain, target].map((one) => one?.stop()));
    await machine?.remove();
  });

  function at(one: { readonly proxy: CountingProxy } | undefined): CountingProxy {
    if (one === undefined) throw new Error('the world has not begun');
    return one.proxy;
  }

  const from = (): CountingProxy => at(plain);
  const to = (): CountingProxy => at(target);

  it('by a key are found under a tag; who has none is refused, and nothing of it is written', async () => {
    const { digest } = await pushImage(from().url, 'team/app', '1');
    const signature = await pushSimple(from().url, 'team/app', digest, {});
    await pushImage(from().url, 'team/bare', '1');
    from().reset();
    to().reset();
    const images = [`${from().host}/team/app:1`, `${from().host}/team/bare:1`];
    const run = await copy(images, to(), 'm', '--signature-key', 'other.pub', '--signature-key', key);
    expect(run.code, run.stderr).toBe(1);
    const { fingerprint } = KEY.policyKey;
    expect(run.signature('app')).toEqual({
      ...{ status: 'verified', subject: digest, digest: signature.digest, reasons: [], identity: null, issuer: null },
      signature: `${from().host}/team/app:${digest.replace(':', '-')}.sig`,
      key: { file: 'own.pub', fingerprint },
    });
    expect(run.signature('bare')).toMatchObject({ status: 'refused', reasons: [] });
    expect(run.image('bare').error?.message).toContain('does not verify: no signature was found');
    expect(run.report.signatures).toMatchObject({
      totals: { verified: 1, refused: 1 },
      identity: null,
      trustRoot: null,
    });
    expect(run.stderr).toMatch(/signatures: 1 verified, 1 refused; 5 requests/);
    expect(
      to()
        .writes()
        .filter(({ path }) => path.includes('team/bare')),
    ).toEqual([]);
    expect(await rawDigest(to().url, 'm/team/app', `${digest.replace(':', '-')}.sig`)).toBe(signature.digest);
    // each list once, each manifest of a signature once, for signatures and artifacts together
    const paths = from()
      .requests()
      .filter(({ method }) => method === 'GET')
      .map(({ path }) => path);
    const asked = paths.filter((path) => /tags\/list|referrers|\.sig$/.test(path));
    expect(new Set(asked).size).toBe(asked.length);
    const one = paths.filter((path) => path.includes(signature.digest) || path.endsWith('.sig'));
    expect(one).toHaveLength(1);
  });

  it('that a policy wants of some images are asked of those only', async () => {
    const { digest } = await pushImage(from().url, 'wanted/app', '1');
    await pushSimple(from().url, 'wanted/app', digest, {});
    await pushImage(from().url, 'wanted/bare', '1');
    await pushImage(from().url, 'others/bare', '1');
    const names = ['wanted/app:1', 'wanted/bare:1', 'others/bare:1'];
    const list = await machine.write('policy.txt', names.map((name) => `${from().host}/${name}\n`).join(''));
    const settings = [`signatureKeys: [${key}]`, 'policy:', '  requireSignatures: ["*/wanted/*"]', ''];
    const config = await machine.write('policy.yaml', settings.join('\n'));
    const result = await machine.run([
      ...['copy', '--images', list, '--target-registry', `${to().host}/policy`, '--plain-http'],
      ...['--output-dir', 'out-policy', '--config', config],
    ]);
    const { images } = await machine.report('out-policy');
    expect(result.code, result.stderr).toBe(1);
    expect(images.map(({ status, signature, error }) => [status, signature?.status, error?.code])).toEqual([
      ['copied', 'verified', undefined],
      ['refused', 'refused', 'SIGNATURE_REFUSED'],
      ['copied', undefined, undefined],
    ]);
  });

  it('of what the target has are verified again, and cost no pull', async () => {
    const { digest } = await pushImage(from().url, 'team/again', '1');
    await pushSimple(from().url, 'team/again', digest, {});
    const images = [`${from().host}/team/again:1`];
    expect((await copy(images, to(), 'm', '--signature-key', key)).code).toBe(0);
    from().reset();
    const second = await copy(images, to(), 'm', '--signature-key', key);
    expect(second.code, second.stderr).toBe(0);
    expect(second.image('again').status).toBe('present');
    expect(second.signature('again').status).toBe('verified');
    const pulls = from()
      .requests()
      .filter(({ method, path }) => method === 'GET' && /manifests|blobs/.test(path));
    expect(pulls).toEqual([]);
    to().reset();
    const other = await copy(images, to(), 'm', '--signature-key', 'other.pub');
    expect(other.code).toBe(1);
    expect(other.image('again')).toMatchObject({ status: 'refused' });
    expect(other.image('again').error?.hint).toContain('the target has it from before');
    expect(to().writes()).toEqual([]);
    expect(await rawDigest(to().url, 'm/team/again', '1')).toBe(digest);
  });

  it.each(['listing', 'plain'] as const)(
    'are found as bundles that refer to an image, at a registry that is %s',
    async (kind) => {
      const source = kind === 'listing' ? at(listing) : from();
      const image = await pushImage(source.url, 'team/bundle', '1');
      await attachBundle(
        source.url,
        'team/bundle',
        image,
        keyBundle(KEY, statementFor(image.digest)),
        kind === 'listing',
      );
      const run = await copy([`${source.host}/team/bundle:1`], to(), kind, '--signature-key', key);
      expect(run.code, run.stderr).toBe(0);
      expect(run.signature('bundle')).toMatchObject({ status: 'verified', subject: image.digest });
      const wrong = await copy([`${source.host}/team/bundle:1`], to(), `${kind}2`, '--signature-key', 'other.pub');
      expect(wrong.signature('bundle').reasons[0]?.reason).toContain('no given key fits');
    },
  );

  it('by certificates are verified in both forms, and nobody else is taken for them', async () => {
    const image = await pushImage(from().url, 'team/named', '1');
    const simple = await pushImage(from().url, 'team/simple', '1');
    await attachBundle(
      from().url,
      'team/named',
      image,
      await sigstore.signStatement(statementFor(image.digest)),
      false,
    );
    const payload = payloadFor(simple.digest);
    const { signature, annotations } = await sigstore.signPayload(payload, { timestamp: true });
    const said = { 'dev.cosignproject.cosign/signature': signature, ...annotations };
    await pushSimple(from().url, 'team/simple', simple.digest, said, payload);
    const images = ['named', 'simple'].map((name) => `${from().host}/team/${name}:1`);
    const run = await copy(images, to(), 'named', ...who);
    expect(run.code, run.stderr).toBe(0);
    for (const name of ['named', 'simple'])
      expect(run.signature(name)).toMatchObject({ status: 'verified', identity: IDENTITY, issuer: ISSUER, key: null });
    const other = await copy(images, to(), 'other', '--signature-identity', 'x', ...who.slice(2));
    expect(other.report.signatures?.totals).toEqual({ refused: 2 });
    expect(other.stderr).toContain(`its certificate names "${IDENTITY}"`);
    expect(await rawManifest(to().url, 'other/team/named', '1')).toBeUndefined();
  });

  it('are no attestations, and nothing that is too large or of no known form', async () => {
    const image = await pushImage(from().url, 'team/odd', '1');
    const statement = statementFor(image.digest, 'https://slsa.dev/provenance/v1');
    await attachBundle(from().url, 'team/odd', image, keyBundle(KEY, statement), false);
    await pushArtifact(from().url, 'team/odd', `${image.digest.replace(':', '-')}.sig`, { layers: ['x'] });
    const large = await pushImage(from().url, 'team/large', '1');
    await pushSimple(
      from().url,
      'team/large',
      large.digest,
      {},
      `${payloadFor(large.digest)}${' '.repeat(1024 * 1024)}`,
    );
    const images = ['odd', 'large'].map((name) => `${from().host}/team/${name}:1`);
    const run = await copy(images, to(), 'odd', '--signature-key', key);
    expect(run.signature('odd').reasons.map(({ reason }) => reason)).toEqual([
      'it holds no signature of a known form',
      'it is an attestation (https://slsa.dev/provenance/v1), and no signature of the image',
    ]);
    expect(run.signature('large').reasons[0]?.reason).toContain('more than are read');
  });

  it('of an index count for the one platform that is copied', async () => {
    const image = await pushImage(from().url, 'team/platform', '1');
    await pushSimple(from().url, 'team/platform', image.digest, {});
    const flags = ['--platform', 'linux/amd64', '--signature-key', key];
    const run = await copy([`${from().host}/team/platform:1`], to(), 'platform', ...flags);
    expect(run.code, run.stderr).toBe(0);
    expect(run.image('platform').digest).not.toBe(image.digest);
    expect(run.signature('platform')).toMatchObject({ status: 'verified', subject: image.digest });
  });

  it('are tried where tags may not be listed; a registry that gives no answer refuses nobody', async () => {
    const { digest } = await pushImage(from().url, 'team/shy', '1');
    await pushSimple(from().url, 'team/shy', digest, {});
    const images = [`${from().host}/team/shy:1`];
    const shy = from().addFault({ path: /team\/shy\/tags\/list/, status: 403 });
    const run = await copy(images, to(), 'shy', '--signature-key', key);
    shy.remove();
    expect(run.signature('shy').status, run.stderr).toBe('verified');
    const broken = from().addFault({ path: /team\/shy\/blobs/, status: 500 });
    const failed = await copy(images, to(), 'shy2', '--signature-key', key);
    broken.remove();
    expect(failed.code).toBe(1);
    expect(failed.image('shy')).toMatchObject({ status: 'failed', signature: null });
    expect(failed.image('shy').error?.code).not.toBe('SIGNATURE_REFUSED');
  });

  it('are verified in a scan, which asks the target for nothing; without artifacts they are not copied', async () => {
    const { digest } = await pushImage(from().url, 'team/scan', '1');
    await pushSimple(from().url, 'team/scan', digest, {});
    const images = [`${from().host}/team/scan:1`];
    to().reset();
    const scan = await copy(images, to(), 'scan', '--signature-key', key, '--scan-only');
    expect(scan.code, scan.stderr).toBe(0);
    expect(scan.signature('scan').status).toBe('verified');
    expect(to().requests()).toEqual([]);
    const none = await copy(images, to(), 'none', '--signature-key', key, '--artifacts', 'none');
    expect(none.code, none.stderr).toBe(0);
    expect(none.signature('scan').status).toBe('verified');
    expect(none.stderr).toContain('NOT COPIED      signatures');
    expect(await rawDigest(to().url, 'none/team/scan', `${digest.replace(':', '-')}.sig`)).toBeUndefined();
  });

  it('of what the target keeps are those at the target', async () => {
    const { digest } = await pushImage(from().url, 'team/kept', '1');
    await pushSimple(from().url, 'team/kept', digest, {});
    const images = [`${from().host}/team/kept:1`];
    await copy(images, to(), 'kept', '--signature-key', key);
    await pushImage(from().url, 'team/kept', '1', { name: 'another' });
    await machine.write('airgap-charts.yaml', 'moved: [{match: "*", action: keep}]\n');
    const run = await copy(images, to(), 'kept', '--signature-key', key);
    await machine.write('airgap-charts.yaml', '{}\n');
    expect(run.code, run.stderr).toBe(0);
    expect(run.image('kept')).toMatchObject({ status: 'kept', digest });
    expect(run.signature('kept').signature).toContain(`${to().host}/kept/team/kept:`);
  });

  it('that a plan wants of all images, or of some, are verified of these when it is run', async () => {
    const signed = await pushImage(from().url, 'team/both', '1');
    await pushSimple(from().url, 'team/both', signed.digest, {});
    const bare = await pushImage(from().url, 'team/bare', '1');
    await machine.write('two.txt', ['both', 'bare'].map((name) => `${from().host}/team/${name}:1\n`).join(''));
    const policy = { requireSignatures: [`${from().host}/team/both:*`] };
    await machine.write('some.yaml', JSON.stringify({ policy, signatureKeys: ['own.pub'] }));
    await machine.write('every.yaml', JSON.stringify({ policy, verifySignatures: true, signatureKeys: ['own.pub'] }));
    const common = ['--plain-http', '--target-registry', `${to().host}/patterns`];
    const plan = (config: string) =>
      machine.run(['plan', '--images', 'two.txt', ...common, '--config', config, '--out', `${config}.json`]);
    const run = (config: string, name: string) =>
      machine.run([
        'mirror',
        '--plan',
        `${name}.json`,
        '--plain-http',
        '--config',
        config,
        '--output-dir',
        `out-${name}`,
      ]);
    expect((await plan('some.yaml')).code).toBe(0);
    const { options } = JSON.parse(await machine.read('some.yaml.json'));
    expect(options.signedImages).toEqual(policy.requireSignatures);
    const some = await run('some.yaml', 'some.yaml');
    expect(some.code, some.stderr).toBe(0);
    // who asks for all of them in the plan has all of them verified, whatever patterns the policy has
    await pushSimple(from().url, 'team/bare', bare.digest, {});
    expect((await plan('every.yaml')).code).toBe(0);
    expect(JSON.parse(await machine.read('every.yaml.json')).options.signedImages).toBeUndefined();
    expect((await run('every.yaml', 'every.yaml')).code).toBe(0);
    const { images } = JSON.parse(await machine.read('out-every.yaml/report.json'));
    expect(images.map((row: { signature: unknown }) => row.signature !== null)).toEqual([true, true]);
  });

  it('stand in a plan, with the keys; what does not verify any more is written nowhere', async () => {
    const { digest } = await pushImage(from().url, 'team/plan', '1');
    await pushSimple(from().url, 'team/plan', digest, {});
    await machine.write('plan.txt', `${from().host}/team/plan:1\n`);
    const plan = (...flags: readonly string[]) =>
      machine.run([
        ...[
          'plan',
          '--images',
          'plan.txt',
          '--target-registry',
          `${to().host}/plan`,
          '--plain-http',
          '--verify-signatures',
        ],
        ...flags,
      ]);
    const refused = await plan('--signature-key', 'other.pub', '--out', 'refused.json');
    expect(refused.code, refused.stderr).toBe(1);
    expect(JSON.parse(await machine.read('refused.json')).images).toMatchObject([{ decision: 'refused' }]);
    const made = await plan('--signature-key', key);
    expect(made.code, made.stderr).toBe(0);
    const { options } = JSON.parse(await machine.read('plan.json'));
    expect(options.signatures).toEqual({
      keys: [KEY.policyKey].map((one) => ({ ...one, file: 'own.pub' })),
      identity: null,
      trustRoot: null,
    });
    const run = (...flags: readonly string[]) =>
      machine.run(['mirror', '--plan', 'plan.json', '--plain-http', ...flags]);
    expect((await run('--signature-key', key)).code).toBe(2);
    const without = await machine.run([
      ...['plan', '--images', 'plan.txt', '--target-registry', `${to().host}/plan`, '--plain-http'],
      ...['--out', 'without.json'],
    ]);
    expect(without.code, without.stderr).toBe(0);
    const configuration = JSON.stringify({ verifySignatures: true, signatureKeys: ['own.pub'] });
    await machine.write('asking.yaml', configuration);
    const asked = await machine.run([
      ...['mirror', '--plan', 'without.json', '--plain-http', '--config', 'asking.yaml'],
    ]);
    expect(asked.code, asked.stderr).toBe(2);
    expect(asked.stderr).toContain('the configuration asks for signatures, and the plan was made without');
    const changed = { 'dev.cosignproject.cosign/signature': signBytes(OTHER, Buffer.from('x')).toString('base64') };
    await pushSimple(from().url, 'team/plan', digest, changed);
    to().reset();
    const moved = await run();
    expect(moved.code, moved.stderr).toBe(1);
    expect(moved.stderr).toContain('no given key fits');
    expect(to().writes()).toEqual([]);
    await pushSimple(from().url, 'team/plan', digest, {});
    const done = await run();
    expect(done.code, done.stderr).toBe(0);
    expect((await machine.report()).images).toMatchObject([{ status: 'copied', signature: { status: 'verified' } }]);
  });

  it('that nobody can satisfy end the run before it begins', async () => {
    await machine.write('none.txt', 'quay.io/a/b:1\n');
    const argv = ['copy', '--images', 'none.txt', '--target-registry', to().host, '--verify-signatures'];
    const run = await machine.run([...argv, '--signature-key', 'nowhere.pub', '--signature-issuer', 'x']);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('--signature-key: "nowhere.pub" cannot be read (ENOENT)');
    expect(run.stderr).toContain('--signature-issuer: nobody is named');
    expect(run.stderr).toContain('--signature-trust-root: certificates cannot be believed without it');
  });
});

describeWith(['helm', 'registry'], 'signatures of the images of charts', () => {
  let world: CarryWorld;

  beforeAll(async () => {
    world = await startCarryWorld({ helm: 'helm' });
    await world.machine.write('own.pub', KEY.pem);
    for (const name of ['good', 'bare']) {
      const { digest } = await world.push(`team/${name}`, '1.0');
      if (name === 'good') await pushSimple(world.source.url, `team/${name}`, digest, {});
      await world.chart(name, {
        values: `image: HOST/team/${name}:1.0\n`,
        templates: { 'd.yaml': deployment("- { name: a, image: '{{ .Values.image }}' }") },
      });
    }
    const addons = ['good', 'bare'].map((chart) => ({ chart, repository: `./${chart}` }));
    await world.machine.write('catalog.yaml', JSON.stringify({ addons }));
    await world.machine.write('airgap-charts.yaml', 'verifySignatures: true\nsignatureKeys: [own.pub]\n');
  });

  afterAll(() => world?.stop());

  it('decide about their charts', async () => {
    world.target.reset();
    const run = await world.run(['mirror', '--catalog', 'catalog.yaml', '--target-registry', `${world.target.host}/m`]);
    expect(run.code, run.stderr).toBe(1);
    const report = await world.machine.report();
    expect(report.charts).toMatchObject([
      { chart: 'good', status: 'pushed' },
      { chart: 'bare', status: 'refused', error: { code: 'SIGNATURE_REFUSED' } },
    ]);
    expect(world.target.writes().filter(({ path }) => path.includes('bare'))).toEqual([]);
  });

  it('decide what is in a bundle', async () => {
    const run = await world.run(['bundle', 'create', '--catalog', 'catalog.yaml', '--output', 'all.tar']);
    expect(run.code, run.stderr).toBe(1);
    expect(run.stderr).toMatch(/NOT IN THE BUNDLE bare.*no signature was found/);
    const push = await world.run(['bundle', 'push', 'all.tar', '--target-registry', `${world.target.host}/b`]);
    expect(push.code, push.stderr).toBe(0);
  });
});
