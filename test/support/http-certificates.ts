import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate and its private key as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority of a test. */
export interface Authority extends Certificate {
  /** A certificate for host names and IPv4 addresses. */
  issue(...names: string[]): Certificate;
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const size = body.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const groups = [part & 127];
    for (let left = part >> 7; left > 0; left >>= 7) groups.unshift((left & 127) | 128);
    bytes.push(...groups);
  }
  return der(0x06, Buffer.from(bytes));
}

const ECDSA_SHA256 = der(0x30, oid('1.2.840.10045.4.3.2'));

function commonName(name: string): Buffer {
  return der(0x30, der(0x31, der(0x30, oid('2.5.4.3'), der(0x0c, Buffer.from(name)))));
}

function time(date: Date): Buffer {
  const text = date.toISOString().replace(/[-:T]/g, '').slice(0, 14);
  return der(0x18, Buffer.from(`${text}Z`));
}

function extension(id: string, value: Uint8Array, critical = false): Buffer {
  const flag = critical ? [der(0x01, Buffer.from([0xff]))] : [];
  return der(0x30, oid(id), ...flag, der(0x04, value));
}

function alternativeName(name: string): Buffer {
  if (/^[0-9.]+$/.test(name)) return der(0x87, Buffer.from(name.split('.').map(Number)));
  return der(0x82, Buffer.from(name));
}

function pem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function certificate(
  subject: string,
  issuer: string,
  key: KeyObject,
  signer: KeyObject,
  extensions: readonly Buffer[],
): string {
  const day = 86_400_000;
  const validity = der(0x30, time(new Date(Date.now() - day)), time(new Date(Date.now() + day)));
  const serial = der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)]));
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    serial,
    ECDSA_SHA256,
    commonName(issuer),
    validity,
    commonName(subject),
    publicKey,
    der(0xa3, der(0x30, ...extensions)),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, signer));
  return pem('CERTIFICATE', der(0x30, body, ECDSA_SHA256, signature));
}

function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
}

function exported(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** A certificate authority that nobody trusts, made on the spot. */
export function createAuthority(name = 'Test Authority'): Authority {
  const key = newKey();
  const isAuthority = extension('2.5.29.19', der(0x30, der(0x01, Buffer.from([0xff]))), true);
  return {
    cert: certificate(name, name, key, key, [isAuthority]),
    key: exported(key),
    issue(...names) {
      const own = newKey();
      const alternatives = extension('2.5.29.17', der(0x30, ...names.map(alternativeName)));
      return { cert: certificate(names[0] ?? 'nobody', name, own, key, [alternatives]), key: exported(own) };
    },
  };
}
