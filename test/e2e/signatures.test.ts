import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COSIGN_STYLES, type Cosign, type CosignStyle, cosignIn } from '../support/cosign.ts';
import { type CountingProxy, startCountingProxy } from '../support/counting-proxy.ts';
import { createMachine, type Machine } from '../support/e2e-machine.ts';
import { rawManifest } from '../support/e2e-registry.ts';
import { BUNDLE_TYPE, pushArtifact, pushList, pushManifest } from '../support/made-artifacts.ts';
import { keyBundle, makeKey, statementFor } from '../support/made-signatures.ts';
import { IDENTITY, ISSUER, type MadeSigstore, makeSigstore } from '../support/made-sigstore.ts';
import { startReferrersRegistry } from '../support/referrers-registry.ts';
import { startDistribution } from '../support/registries.ts';
import { copyingOn } from '../support/signature-runs.ts';
import { pushImage } from '../support/synthetic-images.ts';
import { describeWith } from '../support/tools.ts';

interface Side {
  readonly proxy: CountingProxy;
  stop(): Promise<void>;
}

async function side(start: () => Promise<{ url: string; stop(): Promise<void> }>): Promise<Side> {
  const behind = await start();
  const proxy = await startCountingProxy(behind.url);
  return { proxy, stop: () => proxy.stop().then(() => behind.stop()) };
}

describeWith(['registry', 'cosign'], 'images signed by cosign', () => {
  let machine: Machine;
  let cosign: Cosign;
  let key: string;
  let sigstore: MadeSigstore;
  let root: string;
  const sides = new Map<'listing' | 'plain' | 'to listing' | 'to plain', Side>();
  const copy = copyingOn(() => machine);

  beforeAll(async () => {
    machine = await createMachine({});
    sigstore = await makeSigstore();
    root = await machine.write('trusted_root.json', sigstore.trustRoot);
    cosign = cosignIn(machine.work, root);
    key = await cosign.makeKey('own');
    await cosign.makeKey('other');
    for (const name of ['listing', 'to listing'] as const) sides.set(name, await side(startReferrersRegistry));
    for (const name of ['plain', 'to plain'] as const) sides.set(name, await side(startDistribution));
  });

  afterAll(async () => {
    await Promise.all([...sides.values()].map((one) => one.stop()));
    await machine?.remove();
  });

  function at(name: 'listing' | 'plain' | 'to listing' | 'to plain'): CountingProxy {
    const found = sides.get(name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found.proxy;
  }

  describe.each(['listing', 'plain'] as const)('at a source that is %s', (source) => {
    it.each(COSIGN_STYLES)('with a %s verify before the copy, and by cosign after it', async (style) => {
      const repository = `${source}/${style}`;
      const { digest } = await pushImage(at(source).url, repository, '1');
      await pushImage(at(source).url, repository, 'unsigned');
      await cosign.sign('own', `${at(source).host}/${repository}@${digest}`, style);
      const images = ['1', 'unsigned'].map((tag) => `${at(source).host}/${repository}:${tag}`);
      for (const target of ['to listing', 'to plain'] as const) {
        const run = await copy(images, at(target), 'm', '--signature-key', key);
        expect(run.code, run.stderr).toBe(1);
        expect(run.image(':1')).toMatchObject({ status: 'copied', digest });
        expect(run.signature(':1')).toMatchObject({ status: 'verified', subject: digest, key: { file: 'own.pub' } });
        expect(run.image(':unsigned')).toMatchObject({ status: 'refused', error: { code: 'SIGNATURE_REFUSED' } });
        const there = `${at(target).host}/m/${repository}@${digest}`;
        expect(await cosign.verify('own', there, style), target).toBeUndefined();
        expect(await cosign.verify('other', there, style)).toBeDefined();
      }
    });
  });

  async function signed(repository: string, style: CosignStyle, name = 'own') {
    const source = at('plain');
    const { digest } = await pushImage(source.url, repository, '1');
    await cosign.sign(name, `${source.host}/${repository}@${digest}`, style);
    return { digest, image: `${source.host}/${repository}:1` };
  }

  async function expectRefused(repository: string, image: string, reason: string): Promise<void> {
    const target = at('to plain');
    target.reset();
    const run = await copy([image], target, 'refused', '--signature-key', key);
    expect(run.code, run.stderr).toBe(1);
    expect(run.signature(image)).toMatchObject({ status: 'refused', key: null });
    expect(run.signature(image).reasons[0]?.reason).toContain(reason);
    expect(run.stderr).toContain('SIGNATURE_REFUSED');
    expect(run.stderr).toContain(reason);
    expect(run.stderr).toMatch(/signatures: 0 verified, 1 refused; \d+ requests/);
    expect(target.writes()).toEqual([]);
    expect(await rawManifest(target.url, `refused/${repository}`, '1')).toBeUndefined();
  }

  it('by another key are refused, and nothing of them is written', async () => {
    for (const style of COSIGN_STYLES) {
      const repository = `wrong/key-${style}`;
      const { image } = await signed(repository, style, 'other');
      await expectRefused(repository, image, 'no given key fits');
    }
  });

  it('whose signature was changed are refused', async () => {
    const { digest, image } = await signed('wrong/changed', 'tag');
    const [source, tag] = [at('plain'), `${digest.replace(':', '-')}.sig`];
    const manifest = JSON.parse((await rawManifest(source.url, 'wrong/changed', tag))?.text ?? '{}');
    const [layer] = manifest.layers;
    const bytes = Buffer.from(layer.annotations['dev.cosignproject.cosign/signature'], 'base64');
    bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
    layer.annotations['dev.cosignproject.cosign/signature'] = bytes.toString('base64');
    await pushManifest(source.url, 'wrong/changed', tag, manifest);
    await expectRefused('wrong/changed', image, 'no given key fits');
  });

  it('whose payload was changed are refused', async () => {
    const { digest, image } = await signed('wrong/payload', 'tag');
    const [source, tag] = [at('plain'), `${digest.replace(':', '-')}.sig`];
    const manifest = JSON.parse((await rawManifest(source.url, 'wrong/payload', tag))?.text ?? '{}');
    const answer = await fetch(`${source.url}/v2/wrong/payload/blobs/${manifest.layers[0].digest}`);
    const payload = (await answer.text()).replace('"optional":null', '"optional":{"creator":"somebody"}');
    await pushArtifact(source.url, 'wrong/payload', tag, {
      ...{
        layers: [payload],
        layerType: manifest.layers[0].mediaType,
        layerAnnotations: [manifest.layers[0].annotations],
      },
    });
    await expectRefused('wrong/payload', image, 'no given key fits');
  });

  it('with the signature of another image under their tag are refused', async () => {
    const other = await signed('wrong/moved', 'tag');
    const source = at('plain');
    const { digest } = await pushImage(source.url, 'wrong/moved', '2');
    const manifest = await rawManifest(source.url, 'wrong/moved', `${other.digest.replace(':', '-')}.sig`);
    await pushManifest(
      source.url,
      'wrong/moved',
      `${digest.replace(':', '-')}.sig`,
      JSON.parse(manifest?.text ?? '{}'),
    );
    await expectRefused(
      'wrong/moved',
      `${source.host}/wrong/moved:2`,
      `its payload names another digest, ${other.digest}`,
    );
  });

  it('with the bundle of another image are refused', async () => {
    const source = at('plain');
    const own = makeKey();
    const keyFile = await machine.write('made.pub', own.pem);
    const image = await pushImage(source.url, 'wrong/bundle', '1');
    const other = await pushImage(source.url, 'wrong/bundle', '2');
    const size = (await rawManifest(source.url, 'wrong/bundle', '1'))?.text.length ?? 0;
    const bundle = await pushArtifact(source.url, 'wrong/bundle', undefined, {
      ...{ layers: [keyBundle(own, statementFor(other.digest))], layerType: BUNDLE_TYPE, artifactType: BUNDLE_TYPE },
      subject: { mediaType: image.mediaType, digest: image.digest, size },
    });
    await pushList(source.url, 'wrong/bundle', image.digest, [{ ...bundle, artifactType: BUNDLE_TYPE }]);
    const run = await copy([`${source.host}/wrong/bundle:1`], at('to plain'), 'refused', '--signature-key', keyFile);
    expect(run.signature(':1').reasons[0]?.reason).toBe(`its statement names another digest, ${other.digest}`);
  });

  it('by a certificate verify by the trust root, and by cosign at the target', async () => {
    const [source, target] = [at('listing'), at('to plain')];
    const image = await pushImage(source.url, 'certified/app', '1');
    const size = (await rawManifest(source.url, 'certified/app', '1'))?.text.length ?? 0;
    await pushArtifact(source.url, 'certified/app', undefined, {
      ...{
        layers: [await sigstore.signStatement(statementFor(image.digest), { timestamp: true })],
        layerType: BUNDLE_TYPE,
      },
      ...{ artifactType: BUNDLE_TYPE, subject: { mediaType: image.mediaType, digest: image.digest, size } },
    });
    const who = ['--signature-identity', IDENTITY, '--signature-issuer', ISSUER, '--signature-trust-root', root];
    const run = await copy([`${source.host}/certified/app:1`], target, 'm', ...who);
    expect(run.code, run.stderr).toBe(0);
    expect(run.signature(':1')).toMatchObject({ status: 'verified', identity: IDENTITY, issuer: ISSUER, key: null });
    const there = `${target.host}/m/certified/app@${image.digest}`;
    expect(await cosign.verifyIdentity(there, IDENTITY, ISSUER)).toBeUndefined();
    expect(await cosign.verifyIdentity(there, 'somebody@example.com', ISSUER)).toBeDefined();
  });

  it('have the fingerprint of the key in the report that others compute', async () => {
    const { image } = await signed('named/key', 'tag');
    const run = await copy([image], at('to plain'), 'named', '--signature-key', key);
    const pem = await readFile(join(machine.work, 'own.pub'), 'utf8');
    const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    const hash = Buffer.from(await crypto.subtle.digest('SHA-256', der)).toString('hex');
    expect(run.report.signatures).toMatchObject({ keys: [{ file: 'own.pub', fingerprint: `sha256:${hash}` }] });
  });
});
