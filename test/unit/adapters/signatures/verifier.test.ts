import { beforeAll, describe, expect, it, vi } from 'vitest';
import { createSignatureVerifier, trustRootComplaint } from '../../../../src/adapters/signatures/verifier.ts';
import { digestOf } from '../../../../src/domain/manifest.ts';
import { contentComplaint } from '../../../../src/domain/signatures/content.ts';
import type { IdentityRule, SignaturePolicy } from '../../../../src/domain/signatures/policy.ts';
import type { Verification } from '../../../../src/ports/signatures.ts';
import {
  KEY_KINDS,
  keyBundle,
  type MadeKey,
  makeKey,
  payloadFor,
  policyOf,
  signBytes,
  statementFor,
} from '../../../support/made-signatures.ts';
import { IDENTITY, ISSUER, type MadeSigstore, makeSigstore, type Vouched } from '../../../support/made-sigstore.ts';

const IMAGE = digestOf('an image');

function verifySimple(policy: SignaturePolicy, key: MadeKey, payload: string, signed = payload, hash?: string) {
  const signature = signBytes(key, Buffer.from(signed), hash).toString('base64');
  const none = { certificate: undefined, entry: undefined, timestamp: undefined };
  return createSignatureVerifier(policy)
    .simple({ payload: Buffer.from(payload), signature, ...none })
    .verify(new Uint8Array());
}

function verifyBundle(policy: SignaturePolicy, text: string, manifest = ''): Verification {
  const opened = createSignatureVerifier(policy).bundle(Buffer.from(text));
  if (!('content' in opened)) return opened;
  expect(contentComplaint(opened.content, manifest === '' ? IMAGE : digestOf(manifest))).toBeUndefined();
  return opened.verify(Buffer.from(manifest));
}

describe.each(KEY_KINDS)('a key (%s)', (kind) => {
  const key = makeKey(kind, 'own.pub');
  const other = makeKey(kind, 'other.pub');
  const signed: Verification = { kind: 'signed', by: { kind: 'key', key: key.policyKey } };

  it('verifies what it has signed, in both forms, whichever of several it is', () => {
    expect(verifySimple(policyOf([other, key]), key, payloadFor(IMAGE))).toEqual(signed);
    expect(verifyBundle(policyOf([other, key]), keyBundle(key, statementFor(IMAGE)))).toEqual(signed);
  });

  it('verifies nothing of another key, and nothing that was changed', () => {
    const unfit = { kind: 'unfit', reason: expect.stringContaining('no given key fits') };
    expect(verifySimple(policyOf([other]), key, payloadFor(IMAGE))).toEqual(unfit);
    expect(verifySimple(policyOf([key]), key, payloadFor(IMAGE), payloadFor(digestOf('other')))).toEqual(unfit);
    expect(verifyBundle(policyOf([other]), keyBundle(key, statementFor(IMAGE)))).toEqual(unfit);
    const bundle = keyBundle(key, statementFor(digestOf('other')));
    const moved = bundle.replace(
      /"payload":"[^"]+"/,
      `"payload":"${Buffer.from(statementFor(IMAGE)).toString('base64')}"`,
    );
    expect(verifyBundle(policyOf([key]), moved)).toEqual(unfit);
  });
});

describe('keys', () => {
  it.each([
    ['P-384', 'sha384'],
    ['P-521', 'sha512'],
  ] as const)('of %s sign with %s, too', (kind, hash) => {
    const key = makeKey(kind);
    expect(verifySimple(policyOf([key]), key, payloadFor(IMAGE), undefined, hash).kind).toBe('signed');
    expect(verifyBundle(policyOf([key]), keyBundle(key, statementFor(IMAGE), hash)).kind).toBe('signed');
  });

  it('sign the manifest itself, in a bundle without a statement', () => {
    const key = makeKey();
    const manifest = '{"schemaVersion":2}';
    const digest = Buffer.from(digestOf(manifest).slice(7), 'hex').toString('base64');
    const bundle = JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.2',
      verificationMaterial: { publicKey: { hint: '' }, tlogEntries: [] },
      messageSignature: {
        messageDigest: { algorithm: 'SHA2_256', digest },
        signature: signBytes(key, Buffer.from(manifest)).toString('base64'),
      },
    });
    expect(verifyBundle(policyOf([key]), bundle, manifest).kind).toBe('signed');
    expect(verifyBundle(policyOf([makeKey()]), bundle, manifest).kind).toBe('unfit');
  });

  it('read nothing from what is no bundle', () => {
    const policy = policyOf([makeKey()]);
    for (const text of [
      '',
      '{}',
      '[]',
      '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}',
      '{"dsseEnvelope":7}',
    ])
      expect(verifyBundle(policy, text)).toEqual({ kind: 'unfit', reason: expect.stringContaining('no bundle') });
  });
});

function rule(identity = IDENTITY, issuer = ISSUER, kind: 'exact' | 'regexp' = 'exact'): IdentityRule {
  return { identity: { kind, text: identity }, issuer: { kind, text: issuer } };
}

describe('certificates', () => {
  let made: MadeSigstore;
  /** The ten minutes of its certificates were a month ago. */
  let old: MadeSigstore;
  /** Has no logs, as private ones may. */
  let quiet: MadeSigstore;

  beforeAll(async () => {
    made = await makeSigstore();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 30 * 86_400_000 });
    old = await makeSigstore();
    vi.useRealTimers();
    quiet = await makeSigstore({ logs: false });
  });

  async function verify(sigstore: MadeSigstore, policy: SignaturePolicy, vouched?: Vouched): Promise<Verification> {
    const bundle = await sigstore.signStatement(statementFor(IMAGE), vouched);
    const own = verifyBundle(policy, bundle);
    const { signature, certificate, annotations } = await sigstore.signPayload(payloadFor(IMAGE), vouched);
    const simple = createSignatureVerifier(policy).simple({
      ...{ payload: Buffer.from(payloadFor(IMAGE)), signature, certificate },
      entry: annotations['dev.sigstore.cosign/bundle'],
      timestamp: annotations['dev.sigstore.cosign/rfc3161timestamp'],
    });
    // both forms are judged alike
    expect(simple.verify(new Uint8Array())).toEqual(own);
    return own;
  }

  const policy = (sigstore: MadeSigstore, identity: IdentityRule = rule()) =>
    policyOf([], identity, sigstore.trustRoot);

  it('name who has signed, and the log tells when', async () => {
    expect(await verify(made, policy(made))).toEqual({
      kind: 'signed',
      by: { kind: 'identity', identity: IDENTITY, issuer: ISSUER },
    });
    expect((await verify(made, policy(made, rule('/release$', 'example', 'regexp')))).kind).toBe('signed');
    expect((await verify(made, policy(made), { timestamp: true })).kind).toBe('signed');
  });

  it('are good beside keys', async () => {
    expect((await verify(made, { ...policy(made), keys: [makeKey().policyKey] })).kind).toBe('signed');
  });

  it('of others are refused, and name them', async () => {
    expect(await verify(made, policy(made, rule('someone@example.com')))).toEqual({
      kind: 'unfit',
      reason: `its certificate names ${JSON.stringify(IDENTITY)}`,
    });
    expect(await verify(made, policy(made, rule(IDENTITY, 'https://other.example.com')))).toEqual({
      kind: 'unfit',
      reason: expect.stringContaining(`by the issuer "${ISSUER}"`),
    });
    expect((await verify(made, policy(made, rule('^release', ISSUER, 'regexp')))).kind).toBe('unfit');
  });

  it('of another authority are refused', async () => {
    const other = await makeSigstore();
    expect((await verify(made, policy(other))).kind).toBe('unfit');
  });

  it('without a time that somebody vouches for are refused, even while they are good', async () => {
    const reason = 'nothing proves a time at which its certificate was valid';
    expect(await verify(made, policy(made), { log: false })).toEqual({ kind: 'unfit', reason });
    expect(await verify(quiet, policy(quiet))).toEqual({ kind: 'unfit', reason });
  });

  it('that are not in the log are refused where the trust root has one, with a timestamp, too', async () => {
    expect((await verify(made, policy(made), { log: false, timestamp: true })).kind).toBe('unfit');
    expect((await verify(quiet, policy(quiet), { timestamp: true })).kind).toBe('signed');
  });

  it('are judged at the time of the signature, not now', async () => {
    expect((await verify(old, policy(old))).kind).toBe('signed');
    expect((await verify(old, policy(old), { log: false })).kind).toBe('unfit');
    // a certificate of now, and a log that says an hour later
    const late = await makeSigstore({ clock: new Date(Date.now() + 7_200_000) });
    const bundle = JSON.parse(await made.signStatement(statementFor(IMAGE), { timestamp: true }));
    const other = JSON.parse(await late.signStatement(statementFor(IMAGE), { timestamp: true }));
    bundle.verificationMaterial.timestampVerificationData = other.verificationMaterial.timestampVerificationData;
    expect(verifyBundle(policy(made), JSON.stringify(bundle)).kind).toBe('unfit');
  });

  it('with an entry of the log that was changed are refused', async () => {
    const bundle = JSON.parse(await made.signStatement(statementFor(IMAGE)));
    const [entry] = bundle.verificationMaterial.tlogEntries;
    entry.integratedTime = String(Number(entry.integratedTime) - 1);
    expect(verifyBundle(policy(made), JSON.stringify(bundle)).kind).toBe('unfit');
  });

  it('are no trouble when they cannot be read', () => {
    const simple = createSignatureVerifier(policy(made)).simple({
      ...{ payload: Buffer.from(payloadFor(IMAGE)), signature: 'AA==', certificate: 'no certificate' },
      ...{ entry: 'no JSON', timestamp: undefined },
    });
    expect(simple.verify(new Uint8Array())).toEqual({
      kind: 'unfit',
      reason: expect.stringContaining('cannot be read'),
    });
  });

  it('are asked for where only an identity is named', () => {
    expect(verifyBundle(policy(made), keyBundle(makeKey(), statementFor(IMAGE)))).toEqual({
      kind: 'unfit',
      reason: 'it has no certificate, and names nobody',
    });
  });
});

describe('a trust root', () => {
  it('is read, or refused with what is wrong', async () => {
    expect(trustRootComplaint((await makeSigstore()).trustRoot)).toBeUndefined();
    expect(trustRootComplaint('{}')).toContain('no authority');
    expect(trustRootComplaint('{')).toBeDefined();
    expect(() => createSignatureVerifier(policyOf([], rule(), '{}'))).toThrow('trusted_root.json is no trust root');
  });
});
