import { chmod, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TOOLS, type ToolName } from '../../domain/tool.ts';
import { oneLine } from '../../errors.ts';
import { onDisk } from '../files/disk-failure.ts';
import { readTar, type TarEntry } from '../files/read-tar.ts';
import { openRefusals } from '../files/refusals.ts';
import { unpacked } from '../files/unpack.ts';
import { run } from '../process.ts';
import { askVersion } from './ask-version.ts';
import { packFailure } from './pack-failure.ts';

/** The versions that the packed programs must tell; null for one that does not know its own. */
export interface ExpectedVersions {
  readonly node: string;
  readonly tool: string;
  readonly helm: string | null;
  readonly crane: string | null;
}

const TIME_LIMIT_MS = 60_000;
const WORDS = { file: 'archive of tools', tar: 'the tar file inside', stream: 'what is packed' };

async function unpackEntry({ name, mode, data }: TarEntry, directory: string): Promise<void> {
  const path = join(directory, name);
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'wx');
  try {
    for await (const chunk of data) await file.writeFile(chunk);
  } finally {
    await file.close();
  }
  await chmod(path, mode);
}

/** Unpacks an archive that was written here a moment ago. */
async function unpack(archive: string, directory: string, signal: AbortSignal): Promise<void> {
  const refusals = openRefusals(archive, WORDS);
  for await (const entry of readTar(unpacked(archive, signal, refusals), refusals))
    await onDisk(directory, 'written', unpackEntry(entry, directory));
}

const HINT = 'name a directory in TMPDIR whose programs may be started, or run this with other programs';

/** Starts a program for its version, which it prints on one line. */
async function expectVersion(
  file: string,
  env: Readonly<Record<string, string>>,
  expected: string,
  signal: AbortSignal,
): Promise<void> {
  const result = await run(file, ['--version'], { env, signal, timeoutMs: TIME_LIMIT_MS });
  if (result.kind === 'exited' && result.code === 0 && result.stdout.trim() === expected) return;
  const said = result.kind === 'spawn-failed' ? result.reason : result.stderr;
  const told = result.kind === 'exited' ? `it ended with code ${result.code}` : `it is ${result.kind}`;
  throw packFailure(
    `${file}, unpacked, does not tell version ${expected}: ${told} ${oneLine(said).slice(0, 300)}`.trim(),
    HINT,
  );
}

async function expectTool(name: ToolName, bin: string, expected: string | null, signal: AbortSignal): Promise<void> {
  const answer = await askVersion(join(bin, name), TOOLS[name], signal);
  const version = answer.kind === 'version' ? answer.version : null;
  if ((answer.kind === 'version' || answer.kind === 'source') && version === expected) return;
  const why = answer.kind === 'broken' ? answer.reason : `it tells version ${version ?? 'unknown'}`;
  throw packFailure(`${name}, unpacked, is not ${name} ${expected ?? 'of unknown version'}: ${why}`, HINT);
}

/**
 * Unpacks the archive into `directory`, as a person does on the closed side, and starts everything in it with an environment
 * of nothing: what does not start here would not start there.
 *
 * @throws MirrorError TOOL_FAILED, naming the program; WORKSPACE_FAILED when the disk refuses.
 */
export async function checkPacked(
  archive: string,
  folder: string,
  expected: ExpectedVersions,
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  await unpack(archive, directory, signal);
  const place = join(directory, folder);
  const bin = join(place, 'bin');
  await expectVersion(join(bin, 'node'), {}, `v${expected.node}`, signal);
  await expectTool('helm', bin, expected.helm, signal);
  await expectTool('crane', bin, expected.crane, signal);
  // all modules of the tool are loaded for that; a home, since users without one are not what is asked here
  await expectVersion(join(place, 'airgap-charts'), { HOME: directory }, expected.tool, signal);
}
