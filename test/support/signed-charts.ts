import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ServedChart } from '../../src/demo/chart-repository.ts';
import { digestOf } from '../../src/domain/manifest.ts';
import { chartYaml } from './charts.ts';
import { type ChartParts, chartFiles } from './e2e-charts.ts';
import { requireTool } from './tools.ts';

const execute = promisify(execFile);
const KEY = 'publisher@example.test';

/** A chart with its provenance file, and where both lie on disk. */
export type SignedChart = ServedChart & { readonly provenance: Buffer; readonly path: string };

/** A publisher with a key of its own, who signs charts as helm does, and a consumer who trusts that key. */
export interface Signer {
  /** Packs and signs a chart of version 1.0.0. */
  sign(name: string, parts: ChartParts): Promise<SignedChart>;
  /** Pushes a signed chart, with its provenance file, below `oci://host/path`. */
  push(chart: SignedChart, address: string): Promise<void>;
  /** What `helm verify` says of an archive; rejects when it does not verify. */
  verify(archive: string): Promise<string>;
  stop(): Promise<void>;
}

/** Makes a publisher: a key of gpg in a keyring that nobody else has. */
export async function createSigner(): Promise<Signer> {
  const home = await mkdtemp(join(tmpdir(), 'gpg-'));
  const env = { HOME: home, GNUPGHOME: home, PATH: process.env.PATH ?? '' };
  const gpg = (...argv: readonly string[]) =>
    execute(requireTool('gpg'), ['--batch', '--pinentry-mode', 'loopback', '--passphrase', '', ...argv], { env });
  const helm = (...argv: readonly string[]) => execute(requireTool('helm'), [...argv], { env });
  const [secret, known] = [join(home, 'secret.gpg'), join(home, 'public.gpg')];
  await gpg('--quick-generate-key', KEY, 'rsa2048', 'sign', 'never');
  // helm reads keyrings of the old format only
  await gpg('--output', secret, '--export-secret-keys', KEY);
  await gpg('--output', known, '--export', KEY);

  return {
    async sign(name, parts) {
      for (const [file, content] of Object.entries(chartFiles(name, parts))) {
        const path = join(home, 'charts', name, file);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, content);
      }
      const directory = join(home, 'charts', name);
      await helm('package', directory, '--destination', home, '--sign', '--key', KEY, '--keyring', secret);
      const path = join(home, `${name}-1.0.0.tgz`);
      const [archive, provenance] = await Promise.all([readFile(path), readFile(`${path}.prov`)]);
      return { name, version: '1.0.0', archive, provenance, path };
    },
    async push({ path }, address) {
      await helm('push', path, address, '--plain-http');
    },
    async verify(archive) {
      const { stdout } = await helm('verify', archive, '--keyring', known);
      return stdout;
    },
    async stop() {
      await execute('gpgconf', ['--kill', 'gpg-agent'], { env });
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** The text of a provenance file that has everything but a signature that holds. */
export function provenanceText(files: Readonly<Record<string, string>>): string {
  const sums = Object.entries(files).map(([file, digest]) => `  ${file}: ${digest}`);
  return [
    '-----BEGIN PGP SIGNED MESSAGE-----',
    'Hash: SHA512',
    '',
    chartYaml('web', '1.0.0'),
    '...',
    'files:',
    ...sums,
    '-----BEGIN PGP SIGNATURE-----',
    '',
    'wsBcBAEBCgAQBQJ',
    '-----END PGP SIGNATURE-----',
    '',
  ].join('\n');
}

/** The same for an archive of a chart. */
export function provenanceOf({ name, version, archive }: ServedChart): Buffer {
  return Buffer.from(provenanceText({ [`${name}-${version}.tgz`]: digestOf(archive) }));
}
