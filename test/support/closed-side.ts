import { execFile, spawn, spawnSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rawDigest } from './e2e-registry.ts';
import { startDistribution } from './registries.ts';

/** What is done where there is no network: a shell command line of a person, and what is looked up in the registry afterwards. */
export interface ClosedCommand {
  /** The working directory. */
  readonly directory: string;
  readonly home: string;
  /** `HOST` in it stands for the registry that is started on loopback. */
  readonly line: string;
  /** An address that is there outside. */
  readonly outside: string;
  /** Repositories with a tag each. */
  readonly tags: readonly (readonly [repository: string, tag: string])[];
}

/** What came of it. */
export interface ClosedOutcome {
  readonly code: number | null;
  readonly output: string;
  /** The names of the network's interfaces. */
  readonly interfaces: readonly string[];
  /** Whether the address outside was reached. */
  readonly reached: boolean;
  /** By `repository:tag`; null for none. */
  readonly digests: Readonly<Record<string, string | null>>;
}

const UNSHARE = 'unshare';
const SPACES = process.getuid?.() === 0 ? ['--net'] : ['--user', '--map-root-user', '--net'];
const LOOPBACK_UP = 'PATH=$PATH:/usr/sbin:/sbin; ip link set lo up 2>/dev/null || ifconfig lo up';

const probe = spawnSync(UNSHARE, [...SPACES, 'sh', '-c', LOOPBACK_UP], { timeout: 30_000 });

/** Why the network cannot be cut here; undefined where it can. */
export const NO_CUT =
  probe.status === 0 ? undefined : 'the network cannot be cut: needs unshare, namespaces, and ip or ifconfig';

/** Runs inside of the namespace: begins with a registry that has nothing, and prints the outcome. */
export async function insideNamespace({ directory, home, line, outside, tags }: ClosedCommand): Promise<void> {
  const reached = await fetch(outside).then(
    () => true,
    () => false,
  );
  const registry = await startDistribution();
  try {
    const child = spawn('/bin/sh', ['-c', line.replace('HOST', registry.host)], {
      cwd: directory,
      env: { PATH: '/usr/bin:/bin', HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const digests: Record<string, string | null> = {};
    for (const [repository, tag] of tags)
      digests[`${repository}:${tag}`] = (await rawDigest(registry.url, repository, tag)) ?? null;
    const outcome: ClosedOutcome = { code, output, interfaces: Object.keys(networkInterfaces()), reached, digests };
    process.stdout.write(JSON.stringify(outcome));
  } finally {
    await registry.stop();
  }
}

/**
 * Runs a command line on the closed side: in a network of its own that has loopback and nothing else, with an empty home and
 * the programs of the system only; beside it a registry, which is gone with it.
 */
export async function onClosedSide(command: ClosedCommand): Promise<ClosedOutcome> {
  const self = join(import.meta.dirname, 'closed-side.ts');
  const script = `
    const { ${insideNamespace.name}: inside } = await import(${JSON.stringify(self)});
    await inside(JSON.parse(process.argv[1]));
  `;
  const inner = `${LOOPBACK_UP}; exec "$0" --input-type=module -e "$1" "$2"`;
  const argv = [...SPACES, 'sh', '-c', inner, process.execPath, script, JSON.stringify(command)];
  const { stdout } = await promisify(execFile)(UNSHARE, argv, { maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(stdout);
}
