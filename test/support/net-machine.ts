import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type CliResult, createMachine, type Machine } from './e2e-machine.ts';
import { requireTool } from './tools.ts';

/** Something that must be nowhere but where it is needed. */
export interface Secret {
  readonly user: string;
  readonly password: string;
}

/** A login that the machine's docker-credential-tests knows. */
interface HelperLogin extends Secret {
  readonly server: string;
}

/** How a command line is started. Secrets in it are expected; everywhere else they are looked for. */
export interface NetRun {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A machine whose helm, crane and credential helper are watched, with a home that holds logins and settings of a user. */
export interface NetMachine extends Machine {
  /** What was wrong around all runs so far: secrets found, files left behind, files of the user touched. */
  faults(): readonly string[];
  /** The arguments and variables of every helm, crane and credential helper so far, a text for each. */
  children(): Promise<readonly string[]>;
  /** A directory with a config.json, outside of home and working directory, for DOCKER_CONFIG. */
  dockerConfig(content: object): Promise<string>;
  /** Names a secret that no run may show. Returns it. */
  guard(secret: Secret): Secret;
  /** The files in a directory below `work` that hold a text; archives are unpacked. */
  filesWith(text: string, directory: string): Promise<readonly string[]>;
  /** Makes `docker-credential-tests` know logins. */
  helperKnows(logins: readonly HelperLogin[]): Promise<void>;
}

const USER_FILES: Readonly<Record<string, string>> = {
  '.docker/config.json': '{"auths":{"unrelated.example.com":{"auth":"bWU6bm90LXVzZWQ="}}}\n',
  '.config/helm/repositories.yaml': 'apiVersion: ""\ngenerated: "2020-01-01T00:00:00Z"\nrepositories: []\n',
  '.config/helm/registry/config.json': '{"auths":{"unrelated.example.com":{"auth":"bWU6bm90LXVzZWQ="}}}\n',
  '.kube/config': 'apiVersion: v1\nkind: Config\n',
};

function spellings({ user, password }: Secret): readonly string[] {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return [password, encodeURIComponent(password), base64(password), base64(`${user}:${password}`)];
}

async function readTree(directory: string): Promise<ReadonlyMap<string, Buffer>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (file) => [file, await readFile(file)] as const)));
}

/** The text to search: archives are unpacked. */
function searchable(file: string, bytes: Buffer): string {
  return (file.endsWith('.tgz') ? gunzipSync(bytes) : bytes).toString('latin1');
}

function watched(log: string, program: string): string {
  return ['#!/bin/sh', `{ printf '%s\\n' "$0" "$@"; export -p; } >> ${log}/$$`, `exec ${program} "$@"`, ''].join('\n');
}

function helper(log: string, logins: readonly HelperLogin[]): string {
  const cases = logins.map(({ server, user, password }) => {
    const answer = JSON.stringify({ ServerURL: server, Username: user, Secret: password });
    return `  ${server}) printf '%s' '${answer}' ;;`;
  });
  return [
    '#!/bin/sh',
    `printf '%s\\n' "$0" "$@" >> ${log}/$$`,
    'read -r server || true',
    'case "$server" in',
    ...cases,
    '  *) printf "credentials not found in native keychain"; exit 1 ;;',
    'esac',
    '',
  ].join('\n');
}

async function program(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o755);
}

/** Makes the machine. Its PATH holds watched helm and crane, and a credential helper named `tests`. */
export async function createNetMachine(): Promise<NetMachine> {
  const machine = await createMachine();
  const beside = await mkdtemp(join(tmpdir(), 'net-machine-'));
  const [bin, log] = [join(beside, 'bin'), join(beside, 'log')];
  for (const directory of [bin, log]) await mkdir(directory);
  await program(join(bin, 'helm'), watched(log, requireTool('helm')));
  await program(join(bin, 'crane'), watched(log, requireTool('crane')));
  await program(join(bin, 'docker-credential-tests'), helper(log, []));
  for (const [name, text] of Object.entries(USER_FILES)) {
    await mkdir(join(machine.home, name, '..'), { recursive: true });
    await writeFile(join(machine.home, name), text);
  }
  const secrets = new Map<string, Secret>();
  const faults: string[] = [];
  let configs = 0;

  async function children(): Promise<readonly string[]> {
    return [...(await readTree(log)).values()].map(String);
  }

  function look(where: string, text: string): void {
    for (const secret of secrets.values()) {
      const spelling = spellings(secret).find((one) => text.includes(one));
      if (spelling !== undefined) faults.push(`${where} holds ${spelling}`);
    }
  }

  /** Everything of the user that a run may read and must leave as it is. */
  async function userFiles(): Promise<ReadonlyMap<string, Buffer>> {
    const logins = [...(await readTree(beside))].filter(([file]) => file.endsWith('config.json'));
    return new Map([...(await readTree(machine.home)), ...logins]);
  }

  async function judge(result: CliResult, before: ReadonlyMap<string, Buffer>): Promise<void> {
    look('standard output', result.stdout);
    look('standard error', result.stderr);
    for (const [file, bytes] of await readTree(machine.work)) look(file, searchable(file, bytes));
    for (const text of await children()) look(`a child (${text.split('\n')[0]})`, text);
    const left = await readdir(machine.temporary);
    if (left.length > 0) faults.push(`left in TMPDIR: ${left.join(', ')}`);
    const after = await userFiles();
    for (const file of new Set([...before.keys(), ...after.keys()])) {
      const same = before.get(file)?.equals(after.get(file) ?? Buffer.of(0)) ?? false;
      if (!same) faults.push(`${file} was touched`);
    }
  }

  return {
    ...machine,
    faults: () => [...faults],
    children,
    async run(argv, options: NetRun = {}) {
      const before = await userFiles();
      const result = await machine.run(argv, { ...options, env: { PATH: bin, ...options.env } });
      await judge(result, before);
      return result;
    },
    async dockerConfig(content) {
      configs += 1;
      const directory = join(beside, `docker-${configs}`);
      await mkdir(directory);
      await writeFile(join(directory, 'config.json'), JSON.stringify(content));
      return directory;
    },
    guard(secret) {
      secrets.set(`${secret.user}:${secret.password}`, secret);
      return secret;
    },
    async filesWith(text, directory) {
      const files = await readTree(join(machine.work, directory));
      return [...files].filter(([file, bytes]) => searchable(file, bytes).includes(text)).map(([file]) => file);
    },
    helperKnows: (logins) => program(join(bin, 'docker-credential-tests'), helper(log, logins)),
    async remove() {
      await Promise.all([machine.remove(), rm(beside, { recursive: true, force: true })]);
    },
  };
}

/** `auths` of a docker configuration. */
export function authsFor(logins: Readonly<Record<string, Secret>>): object {
  const auth = ({ user, password }: Secret) => ({ auth: Buffer.from(`${user}:${password}`).toString('base64') });
  return { auths: Object.fromEntries(Object.entries(logins).map(([host, login]) => [host, auth(login)])) };
}
