import { onDisk } from '../files/disk-failure.ts';
import { type ProgramNeeds, readProgramNeeds } from './pack-elf.ts';
import { packFailure } from './pack-failure.ts';

/** A program of the tools, and the file that it is. */
export interface PackedProgram {
  readonly name: 'node' | 'helm' | 'crane';
  readonly path: string;
}

/** What belongs to the C and C++ runtime of a system, of glibc or musl. */
const OF_EVERY_SYSTEM =
  /^(?:ld-linux.*|ld-musl.*|libc|libc\.musl.*|libm|libdl|libpthread|librt|libresolv|libstdc\+\+|libgcc_s|libatomic)\.so(?:\.|$)/;

const LOADERS = /^\/lib(?:32|64)?\/ld-/;

const HINT: Readonly<Record<PackedProgram['name'], string>> = {
  node: 'run this with a Node of nodejs.org, whose libraries are in it',
  helm: 'put a helm of its project on PATH, which is one file, or run airgap-charts tools install',
  crane: 'put a crane of its project on PATH, which is one file, or run airgap-charts tools install',
};

function checkNeeds({ name, path }: PackedProgram, { loader, libraries }: ProgramNeeds): void {
  const foreign = libraries.find((library) => !OF_EVERY_SYSTEM.test(library));
  const wrong = loader !== undefined && !LOADERS.test(loader) ? loader : foreign;
  if (wrong === undefined) return;
  throw packFailure(`${name} (${path}) needs ${wrong}, which is not on every machine`, HINT[name]);
}

function newest(versions: readonly string[], family: string): string | undefined {
  const own = versions.filter((version) => version.startsWith(`${family}_`)).map((one) => one.slice(family.length + 1));
  const numbers = own.filter((version) => /^\d+(?:\.\d+)*$/.test(version));
  return numbers.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
}

/** What a machine must have that all the programs start on, in words. */
function wordsOf(all: readonly ProgramNeeds[]): readonly string[] {
  const versions = all.flatMap((needs) => needs.versions);
  const libraries = new Set(all.flatMap((needs) => needs.libraries));
  const musl = [...libraries].some((library) => library.includes('musl'));
  const [glibc, cxx] = [newest(versions, 'GLIBC'), newest(versions, 'GLIBCXX')];
  return [
    ...(glibc === undefined ? [] : [`glibc ${glibc} or newer`]),
    ...(musl ? ['musl'] : []),
    ...(libraries.has('libstdc++.so.6') ? [`libstdc++.so.6${cxx === undefined ? '' : ` with GLIBCXX_${cxx}`}`] : []),
    ...[...libraries].filter((library) => /^lib(?:gcc_s|atomic)\./.test(library)).sort(),
  ];
}

/**
 * What another machine must have for these programs of Linux to start there, in words. They are one file each, and need
 * nothing but the runtime of C and C++.
 *
 * @throws MirrorError TOOL_FAILED for a script, and for a program that needs other files of this machine.
 */
export async function systemNeeds(programs: readonly PackedProgram[]): Promise<readonly string[]> {
  const all: ProgramNeeds[] = [];
  for (const program of programs) {
    const { name, path } = program;
    const needs = await onDisk(path, 'read', readProgramNeeds(path));
    if (needs === undefined)
      throw packFailure(`${name} (${path}) is no program for Linux on amd64 or arm64`, HINT[name]);
    checkNeeds(program, needs);
    all.push(needs);
  }
  return wordsOf(all);
}
