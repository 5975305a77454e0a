import { createHash, generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
// not the package itself, which would lay hands on Node's HTTP
import { initializeCA, initializeCTLog } from '@sigstore/mock/dist/fulcio/index.js';
import { initializeTLog } from '@sigstore/mock/dist/rekor/index.js';
import { initializeTSA } from '@sigstore/mock/dist/timestamp/index.js';
import { HashAlgorithm, PublicKeyDetails, TrustedRoot } from '@sigstore/protobuf-specs';
import { envelopeOf } from './made-signatures.ts';

/** Who signs: the name in the certificate, and who has told it. */
export const IDENTITY = 'https://ci.example.com/release';
export const ISSUER = 'https://id.example.com';

const ISSUER_OID = '1.3.6.1.4.1.57264.1.8';
const SHA256_OID = '2.16.840.1.101.3.4.2.1';

/** Which services vouch for a signature. */
export interface Vouched {
  readonly log?: boolean;
  readonly timestamp?: boolean;
  readonly identity?: string;
  readonly issuer?: string;
}

/** A signature by a certificate, in both forms. */
export interface Certified {
  /** PEM. */
  readonly certificate: string;
  /** Base64. */
  readonly signature: string;
  /** The annotations that cosign's first form has beside payload and signature. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** A sigstore of our own, in memory: an authority, logs, and a clock. Nothing listens, nothing is fetched. */
export interface MadeSigstore {
  /** The JSON of its trust root. */
  readonly trustRoot: string;
  /** A signature over a payload, in cosign's first form. */
  signPayload(payload: string, vouched?: Vouched): Promise<Certified>;
  /** A bundle with a statement. */
  signStatement(statement: string, vouched?: Vouched): Promise<string>;
}

interface Signing {
  readonly der: Buffer;
  readonly sign: (bytes: Uint8Array) => Buffer;
}

interface LogEntry {
  readonly body: string;
  readonly integratedTime: number;
  readonly logID: string;
  readonly logIndex: number;
  readonly verification: {
    readonly signedEntryTimestamp: string;
    readonly inclusionProof: {
      readonly logIndex: number;
      readonly treeSize: number;
      readonly rootHash: string;
      readonly hashes: readonly string[];
      readonly checkpoint: string;
    };
  };
}

function bytesOf(view: ArrayBufferView): Buffer {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}

function pemOf(der: Buffer): string {
  return new X509Certificate(der).toString();
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function sha256(text: string): { readonly algorithm: string; readonly value: string } {
  return { algorithm: 'sha256', value: createHash('sha256').update(text).digest('hex') };
}

/** A whole second: fractions of some are written so that nobody can read them. It is a little later than the authorities are made. */
function soon(): Date {
  return new Date(Math.ceil(Date.now() / 1000) * 1000 + 60_000);
}

/** `clock` is when everything happens; certificates are good for ten minutes from then. `logs`: whether the trust root has any. */
export async function makeSigstore(
  parts: { readonly clock?: Date; readonly logs?: boolean } = {},
): Promise<MadeSigstore> {
  const { clock = soon(), logs = true } = parts;
  const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const big = () => generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const ctLog = await initializeCTLog(pair(), clock);
  const ca = await initializeCA(big(), logs ? ctLog : undefined, clock);
  const tlog = await initializeTLog('https://rekor.example.com', pair(), clock);
  const tsa = await initializeTSA(big(), clock);
  const validFor = { start: new Date(0) };
  const log = (publicKey: Buffer, name: string) => ({
    baseUrl: `https://${name}.example.com`,
    hashAlgorithm: HashAlgorithm.SHA2_256,
    logId: { keyId: createHash('sha256').update(publicKey).digest() },
    publicKey: { rawBytes: publicKey, keyDetails: PublicKeyDetails.PKIX_ECDSA_P256_SHA_256, validFor },
    checkpointKeyId: undefined,
    operator: 'example.com',
  });
  const authority = (name: string, chain: readonly ArrayBufferView[]) => ({
    subject: { commonName: name, organization: 'example.com' },
    uri: `https://${name}.example.com`,
    certChain: { certificates: chain.map((one) => ({ rawBytes: bytesOf(one) })) },
    validFor,
    operator: 'example.com',
  });
  const trustRoot = TrustedRoot.toJSON({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    certificateAuthorities: [authority('fulcio', [ca.rootCertificate])],
    timestampAuthorities: [authority('tsa', [tsa.intCertificate, tsa.rootCertificate])],
    tlogs: logs ? [log(tlog.publicKey, 'rekor')] : [],
    ctlogs: logs ? [log(ctLog.publicKey, 'ctfe')] : [],
  });

  async function signing({ identity = IDENTITY, issuer = ISSUER }: Vouched): Promise<Signing> {
    const { publicKey, privateKey } = pair();
    const der = bytesOf(
      await ca.issueCertificate({
        publicKey: publicKey.export({ type: 'spki', format: 'der' }),
        subjectAltName: identity,
        extensions: [{ oid: ISSUER_OID, value: issuer }],
      }),
    );
    return { der, sign: (bytes) => sign('sha256', bytes, privateKey) };
  }

  async function logged(kind: 'hashedrekord' | 'dsse', spec: object): Promise<LogEntry> {
    const entries = await tlog.log({ apiVersion: '0.0.1', kind, spec });
    // a checked boundary: the log of the tests makes entries of this form
    const [entry] = Object.values(entries) as unknown as readonly LogEntry[];
    if (entry === undefined) throw new Error('the log has made no entry');
    return entry;
  }

  async function stamped(signature: Buffer): Promise<string> {
    const artifactHash = createHash('sha256').update(signature).digest();
    const request = {
      artifactHash,
      hashAlgorithmOID: SHA256_OID,
      nonce: 1,
      policyOID: '1.3.6.1.4.1.57264.2',
      certReq: true,
    };
    return bytesOf(await tsa.timestamp(request)).toString('base64');
  }

  return {
    trustRoot: JSON.stringify(trustRoot, undefined, 2),
    async signPayload(payload, vouched = {}) {
      const { log: isLogged = logs, timestamp = false } = vouched;
      const { der, sign: signWith } = await signing(vouched);
      const signature = signWith(Buffer.from(payload));
      const certificate = pemOf(der);
      const annotations: Record<string, string> = { 'dev.sigstore.cosign/certificate': certificate };
      if (isLogged) {
        const { body, integratedTime, logIndex, logID, verification } = await logged('hashedrekord', {
          data: { hash: sha256(payload) },
          signature: { content: signature.toString('base64'), publicKey: { content: base64(certificate) } },
        });
        annotations['dev.sigstore.cosign/bundle'] = JSON.stringify({
          SignedEntryTimestamp: verification.signedEntryTimestamp,
          Payload: { body, integratedTime, logIndex, logID },
        });
      }
      if (timestamp)
        annotations['dev.sigstore.cosign/rfc3161timestamp'] = JSON.stringify({
          SignedRFC3161Timestamp: await stamped(signature),
        });
      return { certificate, signature: signature.toString('base64'), annotations };
    },
    async signStatement(statement, vouched = {}) {
      const { log: isLogged = logs, timestamp = false } = vouched;
      const { der, sign: signWith } = await signing(vouched);
      let signature: Buffer = Buffer.alloc(0);
      const dsseEnvelope = envelopeOf(statement, (bytes) => {
        signature = signWith(bytes);
        return signature;
      });
      const signatures = [{ signature: signature.toString('base64'), verifier: base64(pemOf(der)) }];
      const hashes = { envelopeHash: sha256(JSON.stringify(dsseEnvelope)), payloadHash: sha256(statement) };
      const entry = isLogged ? await logged('dsse', { ...hashes, signatures }) : undefined;
      const proof = entry?.verification.inclusionProof;
      return JSON.stringify({
        mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        verificationMaterial: {
          certificate: { rawBytes: der.toString('base64') },
          ...(entry === undefined || proof === undefined
            ? {}
            : {
                tlogEntries: [
                  {
                    logIndex: String(entry.logIndex),
                    logId: { keyId: Buffer.from(entry.logID, 'hex').toString('base64') },
                    kindVersion: { kind: 'dsse', version: '0.0.1' },
                    integratedTime: String(entry.integratedTime),
                    inclusionPromise: { signedEntryTimestamp: entry.verification.signedEntryTimestamp },
                    inclusionProof: {
                      logIndex: String(proof.logIndex),
                      treeSize: String(proof.treeSize),
                      rootHash: Buffer.from(proof.rootHash, 'hex').toString('base64'),
                      hashes: [],
                      checkpoint: { envelope: proof.checkpoint },
                    },
                    canonicalizedBody: entry.body,
                  },
                ],
              }),
          ...(timestamp
            ? { timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: await stamped(signature) }] } }
            : {}),
        },
        dsseEnvelope,
      });
    },
  };
}
