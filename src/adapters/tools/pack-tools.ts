import { createReadStream } from 'node:fs';
import { mkdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BundledTools, toolsFolder } from '../../domain/bundle/bundle-contents.ts';
import { onDisk } from '../files/disk-failure.ts';
import { packedApp } from './pack-app.ts';
import { writeArchive } from './pack-archive.ts';
import { checkPacked } from './pack-check.ts';
import { fileAt, type PackedFile } from './pack-files.ts';
import { type PackedProgram, systemNeeds } from './pack-needs.ts';
import { startScript } from './pack-start.ts';

/** A program that goes with the tool; without a version where it does not know its own. */
interface GivenProgram {
  readonly path: string;
  readonly version: string | undefined;
}

/** What is packed, and where there is room for it: a directory whose programs may be started. */
export interface PackOptions {
  /** That of this machine, as `machinePlatform` gives it. */
  readonly platform: string;
  readonly helm: GivenProgram;
  readonly crane: GivenProgram;
  readonly scratch: string;
  readonly signal: AbortSignal;
}

/** Tools that were packed: a file below the scratch directory. */
export interface PackedTools {
  readonly about: BundledTools;
  /** What the other machine must have, in words. */
  readonly needs: readonly string[];
  readonly open: () => AsyncIterable<Uint8Array>;
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** This machine as `linux/amd64` or `linux/arm64`; undefined for others, of which no tools can be packed. */
export function machinePlatform(platform: string, arch: string): string | undefined {
  const architecture = ARCHITECTURES[arch];
  return platform === 'linux' && architecture !== undefined ? `${platform}/${architecture}` : undefined;
}

async function programsOf({ helm, crane }: PackOptions): Promise<readonly PackedProgram[]> {
  const real = (path: string): Promise<string> => onDisk(path, 'read', realpath(path));
  return [
    { name: 'node', path: await real(process.execPath) },
    { name: 'helm', path: await real(helm.path) },
    { name: 'crane', path: await real(crane.path) },
  ];
}

/**
 * Packs Node, this tool, helm and crane into one file, and tries it: it is unpacked again, and everything in it is started.
 * Node is the one that runs now, the tool is what runs now. The same programs and sources give the same bytes.
 *
 * @throws MirrorError TOOL_FAILED when something cannot be packed or does not start, WORKSPACE_FAILED when the disk refuses.
 */
export async function packTools(options: PackOptions): Promise<PackedTools> {
  const { platform, helm, crane, scratch, signal } = options;
  const folder = toolsFolder(platform);
  const programs = await programsOf(options);
  const needs = await systemNeeds(programs);
  const app = await packedApp();
  const files: readonly PackedFile[] = [
    { name: 'airgap-charts', mode: 0o755, from: { kind: 'text', text: startScript(app.main) } },
    ...programs.map(({ name, path }) => fileAt(path, `bin/${name}`, 0o755)),
    ...app.files,
  ];
  const archive = join(scratch, `${folder}.tgz`);
  const named = files.map((file) => ({ ...file, name: `${folder}/${file.name}` }));
  const written = await writeArchive(archive, named, signal);
  const versions = {
    node: process.versions.node,
    tool: app.version,
    helm: helm.version ?? null,
    crane: crane.version ?? null,
  };
  const trial = join(scratch, 'trial');
  await onDisk(trial, 'written', mkdir(trial));
  try {
    await checkPacked(archive, folder, versions, trial, signal);
  } finally {
    await rm(trial, { recursive: true, force: true });
  }
  return { about: { platform, ...written, ...versions }, needs, open: () => createReadStream(archive) };
}
