import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/domain/manifest.ts';
import { claimsIn, SIGN_PREDICATE } from '../../../../src/domain/signatures/claims.ts';
import { contentComplaint, type SignedContent } from '../../../../src/domain/signatures/content.ts';
import { identityComplaint, matchesText } from '../../../../src/domain/signatures/policy.ts';
import { readPublicKey } from '../../../../src/domain/signatures/public-key.ts';
import { refusalText } from '../../../../src/domain/signatures/result.ts';
import { makeKey, payloadFor, STATEMENT_TYPE, statementFor } from '../../../support/made-signatures.ts';

const IMAGE = digestOf('an image');
const OTHER = digestOf('another');
const SIMPLE = 'application/vnd.dev.cosign.simplesigning.v1+json';

function manifest(layers: readonly object[], more: object = {}): Buffer {
  return Buffer.from(JSON.stringify({ schemaVersion: 2, layers, ...more }));
}

const layer = (mediaType: string, annotations: object = {}) => ({
  mediaType,
  digest: digestOf('x'),
  size: 5,
  annotations,
});

describe('the signatures of a manifest', () => {
  it('are its layers, each with what is said beside it', () => {
    const full = {
      'dev.cosignproject.cosign/signature': 'c2ln',
      'dev.sigstore.cosign/certificate': 'PEM',
      'dev.sigstore.cosign/bundle': '{}',
      'dev.sigstore.cosign/rfc3161timestamp': '{"a":1}',
    };
    const bare = { 'dev.cosignproject.cosign/signature': 'b25l' };
    const common = { kind: 'simple', blob: digestOf('x'), size: 5 };
    expect(claimsIn(manifest([layer(SIMPLE, full), layer(SIMPLE, bare)]))).toEqual([
      { ...common, signature: 'c2ln', certificate: 'PEM', entry: '{}', timestamp: '{"a":1}' },
      { ...common, signature: 'b25l', certificate: undefined, entry: undefined, timestamp: undefined },
    ]);
  });

  it.each([
    'application/vnd.dev.sigstore.bundle.v0.3+json',
    'application/vnd.dev.sigstore.bundle+json;version=0.1',
    'application/vnd.dev.sigstore.bundle+json;version=0.2',
  ])('may be bundles (%s), with what they say where that is told', (type) => {
    const said = { annotations: { 'dev.sigstore.bundle.predicateType': SIGN_PREDICATE } };
    const common = { kind: 'bundle', blob: digestOf('x'), size: 5 };
    expect(claimsIn(manifest([layer(type)], said))).toEqual([{ ...common, predicate: SIGN_PREDICATE }]);
    expect(claimsIn(manifest([layer(type)]))).toEqual([{ ...common, predicate: undefined }]);
  });

  it.each([
    ['no JSON', Buffer.from('{')],
    ['no manifest', Buffer.from('[]')],
    ['layers of another kind', manifest([layer('application/octet-stream')])],
    ['a layer without a signature', manifest([layer(SIMPLE)])],
    [
      'a digest that is none',
      manifest([{ ...layer(SIMPLE, { 'dev.cosignproject.cosign/signature': 'a' }), digest: 'x' }]),
    ],
    ['a size that is none', manifest([{ ...layer('application/vnd.dev.sigstore.bundle.v0.3+json'), size: '5' }])],
  ])('are none in %s', (_, bytes) => {
    expect(claimsIn(bytes)).toEqual([]);
  });
});

describe('what was signed', () => {
  const payload = (text: string): SignedContent => ({ kind: 'payload', bytes: Buffer.from(text) });
  const envelope = (text: string, type = STATEMENT_TYPE): SignedContent => ({
    kind: 'envelope',
    type,
    bytes: Buffer.from(text),
  });
  const manifestDigest = Buffer.from(IMAGE.slice('sha256:'.length), 'hex');

  it.each([
    ['a payload', payload(payloadFor(IMAGE))],
    ['a statement', envelope(statementFor(IMAGE))],
    ['the manifest', { kind: 'manifest', digest: manifestDigest } as const],
  ])('%s that names the image', (_, content) => {
    expect(contentComplaint(content, IMAGE)).toBeUndefined();
  });

  it.each([
    ['a payload of another image', payload(payloadFor(OTHER)), `its payload names another digest, ${OTHER}`],
    ['a payload of another kind', payload(payloadFor(IMAGE, { type: 'x' })), 'its payload is none of a signature'],
    ['no payload', payload('['), 'its payload is none of a signature'],
    ['a statement of another image', envelope(statementFor(OTHER)), `its statement names another digest, ${OTHER}`],
    [
      'an attestation',
      envelope(statementFor(IMAGE, 'https://slsa.dev/provenance/v1')),
      'it is an attestation (https://slsa',
    ],
    [
      'an envelope of something else',
      envelope(statementFor(IMAGE), 'text/plain'),
      'it holds no statement about an image',
    ],
    [
      'a statement of nothing',
      envelope('{"_type":"https://in-toto.io/Statement/v1"}'),
      'it is an attestation (undefined)',
    ],
    [
      'another manifest',
      { kind: 'manifest', digest: Buffer.alloc(32) } as const,
      'it is for another digest, sha256:0000',
    ],
  ])('%s does not count', (_, content, expected) => {
    expect(contentComplaint(content, IMAGE)).toContain(expected);
  });

  it('names subjects, and one that cannot be read is none', () => {
    const statement = { ...JSON.parse(statementFor(IMAGE)), subject: [7, null, { digest: 'x' }] };
    expect(contentComplaint(envelope(JSON.stringify(statement)), IMAGE)).toContain('names another digest');
    expect(contentComplaint(envelope(JSON.stringify({ ...statement, subject: 'x' })), IMAGE)).toContain(
      'another digest',
    );
  });
});

describe('who may have signed', () => {
  it('is named exactly, or by an expression that is not anchored', () => {
    expect(matchesText({ kind: 'exact', text: 'a.b' }, 'a.b')).toBe(true);
    expect(matchesText({ kind: 'exact', text: 'a.b' }, 'axb')).toBe(false);
    expect(matchesText({ kind: 'regexp', text: 'a.b' }, 'an axb')).toBe(true);
    expect(matchesText({ kind: 'regexp', text: '^a\\.b$' }, 'axb')).toBe(false);
  });

  it('is both the name and the issuer', () => {
    const rule = { identity: { kind: 'exact', text: 'i' }, issuer: { kind: 'exact', text: 'o' } } as const;
    expect(identityComplaint(rule, { identity: 'i', issuer: 'o' })).toBeUndefined();
    expect(identityComplaint(rule, { identity: 'x', issuer: 'o' })).toBe('its certificate names "x"');
    expect(identityComplaint(rule, { identity: 'i', issuer: 'x' })).toContain('by the issuer "x"');
  });
});

describe('a public key', () => {
  it('has a fingerprint that is that of the key, not of the file', () => {
    const { pem, policyKey } = makeKey();
    const again = readPublicKey('b', `${pem.replaceAll('\n', '\r\n')}\n`);
    expect(again).toMatchObject({ kind: 'key', key: { file: 'b', fingerprint: policyKey.fingerprint } });
  });

  it.each([
    ['nothing', '', 'no PEM file'],
    [
      'a private key',
      makeKey().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      'this is a private key',
    ],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----', 'this is a certificate'],
    ['two keys', makeKey().pem + makeKey().pem, 'more than one thing'],
    ['a broken key', '-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----', 'cannot be read'],
  ])('is not %s', (_, text, expected) => {
    expect(readPublicKey('a', text)).toMatchObject({ kind: 'wrong', what: expect.stringContaining(expected) });
  });
});

describe('why an image is refused', () => {
  it('is told on one line, of three signatures at most', () => {
    expect(refusalText([])).toBe('no signature was found');
    const unfit = ['a', 'b', 'c', 'd', 'e'].map((signature) => ({ signature, reason: 'no' }));
    expect(refusalText(unfit)).toBe('a: no; b: no; c: no; and 2 more');
  });
});
