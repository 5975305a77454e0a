import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningServer, startServer, startCraneRegistry as startWith } from '../../src/demo/registry-process.ts';
import { requireTool } from './tools.ts';

/** How a Distribution registry behaves. */
export interface DistributionOptions {
  /** Lines of an htpasswd file with bcrypt hashes; see `HTPASSWD`. */
  readonly htpasswd?: string;
  /** PEM texts. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Default: in memory. */
  readonly storage?: 'memory' | 'disk';
  readonly readOnly?: boolean;
  readonly deleteEnabled?: boolean;
}

/** A login for tests, as user, password and htpasswd line (bcrypt, cost 4). */
export const HTPASSWD = {
  user: 'mirror',
  password: 'correct-horse',
  line: 'mirror:$2b$04$JuTaJ/KzOep.flZOsq/TiOUYCMDPeb3or3BOzLNYR4h6KZlPKmiOe',
} as const;

/** Starts `crane registry serve` on a free port. */
export function startCraneRegistry(): Promise<RunningServer> {
  return startWith(requireTool('crane'));
}

function configuration(directory: string, options: DistributionOptions): object {
  const storage =
    options.storage === 'disk' ? { filesystem: { rootdirectory: join(directory, 'data') } } : { inmemory: {} };
  const tls = { certificate: join(directory, 'cert.pem'), key: join(directory, 'key.pem') };
  return {
    version: '0.1',
    log: { level: 'info', formatter: 'text', accesslog: { disabled: true } },
    storage: {
      ...storage,
      delete: { enabled: options.deleteEnabled ?? false },
      maintenance: { uploadpurging: { enabled: false }, readonly: { enabled: options.readOnly ?? false } },
    },
    http: { addr: '127.0.0.1:0', secret: 'for tests', ...(options.tls === undefined ? {} : { tls }) },
    ...(options.htpasswd === undefined
      ? {}
      : { auth: { htpasswd: { realm: 'tests', path: join(directory, 'htpasswd') } } }),
  };
}

async function startConfigured(file: string, options: DistributionOptions): Promise<RunningServer> {
  const directory = await mkdtemp(join(tmpdir(), 'registry-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    // JSON is YAML
    await writeFile(join(directory, 'config.yml'), JSON.stringify(configuration(directory, options)));
    if (options.htpasswd !== undefined) await writeFile(join(directory, 'htpasswd'), `${options.htpasswd}\n`);
    if (options.tls !== undefined) {
      await writeFile(join(directory, 'cert.pem'), options.tls.cert);
      await writeFile(join(directory, 'key.pem'), options.tls.key, { mode: 0o600 });
    }
    const server = await startServer({
      file,
      argv: ['serve', join(directory, 'config.yml')],
      env: { OTEL_TRACES_EXPORTER: 'none' },
      scheme: options.tls === undefined ? 'http' : 'https',
      portPattern: /listening on 127\.0\.0\.1:(\d+)/,
    });
    const stop = () => server.stop().finally(remove);
    return { ...server, stop };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Starts CNCF Distribution 3 on a free port. */
export function startDistribution(options: DistributionOptions = {}): Promise<RunningServer> {
  return startConfigured(requireTool('registry'), options);
}

/** Starts Debian's docker-registry (Distribution 2.8) on a free port: stricter about Accept headers, no paging. */
export function startDockerRegistry(options: DistributionOptions = {}): Promise<RunningServer> {
  return startConfigured(requireTool('docker-registry'), options);
}
