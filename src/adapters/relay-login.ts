import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MirrorError } from '../errors.ts';
import type { Relay } from './relay.ts';

/** A tool's home: a directory of its own, with a login to the relay and to nothing else. Both are absolute paths. */
export interface RelayLogin {
  readonly directory: string;
  readonly file: string;
}

/**
 * Writes the login to the relay as a docker config: the directory is readable by its owner only (0700), the file too
 * (0600). An old file is replaced.
 *
 * @throws MirrorError WORKSPACE_FAILED.
 */
export function writeRelayLogin(directory: string, relay: Relay): RelayLogin {
  const file = join(directory, 'config.json');
  const auth = Buffer.from(`${relay.username}:${relay.password}`).toString('base64');
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    chmodSync(directory, 0o700);
    writeFileSync(file, JSON.stringify({ auths: { [relay.host]: { auth } } }), { mode: 0o600 });
    chmodSync(file, 0o600);
  } catch (cause) {
    throw new MirrorError(`${file} cannot be written`, {
      code: 'WORKSPACE_FAILED',
      origin: 'local',
      hint: 'make room for it, or choose another directory for temporary files',
      cause,
    });
  }
  return { directory, file };
}

/** The least environment for a tool: everything it could look into lies in its own directory, and no proxy is named. */
export function toolEnvironment(login: RelayLogin): Record<string, string> {
  const { directory } = login;
  return {
    PATH: '/usr/bin:/bin',
    HOME: directory,
    TMPDIR: directory,
    DOCKER_CONFIG: directory,
    XDG_CACHE_HOME: join(directory, 'cache'),
    XDG_CONFIG_HOME: join(directory, 'config'),
    XDG_DATA_HOME: join(directory, 'data'),
    XDG_RUNTIME_DIR: directory,
  };
}
