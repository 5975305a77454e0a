import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readProgramNeeds } from '../../../../src/adapters/tools/pack-elf.ts';
import { systemNeeds } from '../../../../src/adapters/tools/pack-needs.ts';
import { machinePlatform } from '../../../../src/adapters/tools/pack-tools.ts';
import { inDirectory } from '../../../support/wrap-samples.ts';

interface Sample {
  readonly loader?: string;
  readonly libraries: readonly string[];
  /** Those of the first library. */
  readonly versions?: readonly string[];
}

const BASE = 0x400000;

/** A program of nothing but headers: all of the file is one segment, 0x400000 above its place in the file. */
function elf({ loader, libraries, versions = [] }: Sample): Buffer {
  const names = [...libraries, ...versions];
  const starts = names.map((_, index) => 1 + names.slice(0, index).reduce((sum, name) => sum + name.length + 1, 0));
  const strings = Buffer.from(`\0${names.map((name) => `${name}\0`).join('')}`);
  const wanted = Buffer.alloc(16 + 16 * versions.length);
  wanted.writeUInt16LE(1, 0);
  wanted.writeUInt16LE(versions.length, 2);
  wanted.writeUInt32LE(starts[0] ?? 0, 4);
  wanted.writeUInt32LE(16, 8);
  for (const index of versions.keys()) {
    wanted.writeUInt32LE(starts[libraries.length + index] ?? 0, 16 + 16 * index + 8);
    wanted.writeUInt32LE(index === versions.length - 1 ? 0 : 16, 16 + 16 * index + 12);
  }
  const interpreter = Buffer.from(`${loader ?? ''}\0`);
  const [stringsAt, wantedAt] = [64 + 3 * 56, 64 + 3 * 56 + strings.length];
  const interpreterAt = wantedAt + wanted.length;
  const pairs = [
    ...libraries.map((_, index) => [1, starts[index] ?? 0] as const),
    [5, BASE + stringsAt] as const,
    [10, strings.length] as const,
    ...(versions.length === 0 ? [] : [[0x6ffffffe, BASE + wantedAt] as const, [0x6fffffff, 1] as const]),
    [0, 0] as const,
  ];
  const dynamic = Buffer.alloc(16 * pairs.length);
  for (const [index, [tag, value]] of pairs.entries()) {
    dynamic.writeBigUInt64LE(BigInt(tag), 16 * index);
    dynamic.writeBigUInt64LE(BigInt(value), 16 * index + 8);
  }
  const dynamicAt = interpreterAt + interpreter.length;
  const header = Buffer.alloc(64 + 3 * 56);
  header.write('\u007fELF\u0002\u0001\u0001', 0, 'latin1');
  header.writeBigUInt64LE(64n, 32);
  header.writeUInt16LE(3, 56);
  const segment = (index: number, type: number, at: number, size: number): void => {
    const place = 64 + 56 * index;
    header.writeUInt32LE(type, place);
    header.writeBigUInt64LE(BigInt(at), place + 8);
    header.writeBigUInt64LE(BigInt(BASE + at), place + 16);
    header.writeBigUInt64LE(BigInt(size), place + 32);
  };
  segment(0, 1, 0, dynamicAt + dynamic.length);
  segment(1, 2, dynamicAt, dynamic.length);
  segment(2, loader === undefined ? 0 : 3, interpreterAt, interpreter.length);
  return Buffer.concat([header, strings, wanted, interpreter, dynamic]);
}

const LOADER = '/lib64/ld-linux-x86-64.so.2';
const USUAL: Sample = { loader: LOADER, libraries: ['libc.so.6'], versions: ['GLIBC_2.9', 'GLIBC_2.34', 'GLIBC_2.4'] };

/** What a machine needs for programs of these bytes. */
function needsOf(...programs: readonly (Sample | string)[]): Promise<readonly string[]> {
  return inDirectory(async (directory) => {
    const all = programs.map((one, index) => ({
      name: index === 0 ? ('node' as const) : ('helm' as const),
      path: join(directory, `program-${index}`),
      bytes: typeof one === 'string' ? one : elf(one),
    }));
    for (const { path, bytes } of all) await writeFile(path, bytes);
    return systemNeeds(all);
  });
}

describe('what packed programs need of a machine', () => {
  it('is the newest version of what any of them needs', async () => {
    const cxx: Sample = {
      loader: LOADER,
      libraries: ['libstdc++.so.6', 'libm.so.6', 'libgcc_s.so.1', 'libc.so.6'],
      versions: ['GLIBCXX_3.4.9', 'GLIBCXX_3.4.21', 'CXXABI_1.3', 'GLIBC_2.28', 'GLIBC_PRIVATE'],
    };
    expect(await needsOf(cxx, USUAL)).toEqual([
      'glibc 2.34 or newer',
      'libstdc++.so.6 with GLIBCXX_3.4.21',
      'libgcc_s.so.1',
    ]);
    expect(await needsOf({ loader: '/lib/ld-musl-x86_64.so.1', libraries: ['libc.musl-x86_64.so.1'] })).toEqual([
      'musl',
    ]);
    expect(await needsOf({ libraries: [] })).toEqual([]);
  });

  it.each<[string, Sample | string, string]>([
    ['a library of this machine', { ...USUAL, libraries: ['libc.so.6', 'libnode.so.127'] }, 'needs libnode.so.127'],
    ['a loader of this machine', { ...USUAL, loader: '/nix/store/x/lib/ld-linux-x86-64.so.2' }, 'needs /nix/store/x'],
    ['a script', '#!/bin/sh\nexec /opt/helm "$@"\n'.padEnd(100), 'is no program for Linux'],
    ['a file that is too short', '\u007fELF', 'is no program for Linux'],
    ['a damaged program', elf(USUAL).toString('latin1', 0, 200), 'is no program for Linux'],
  ])('is refused for %s', async (_, program, why) => {
    await expect(needsOf({ libraries: [] }, program)).rejects.toMatchObject({
      code: 'TOOL_FAILED',
      message: expect.stringMatching(/^the tools cannot be packed: helm \(/),
      hint: expect.stringContaining('helm'),
    });
    await expect(needsOf({ libraries: [] }, program)).rejects.toThrow(why);
  });

  it.runIf(process.platform === 'linux')('is read out of the Node that runs', async () => {
    const needs = await readProgramNeeds(process.execPath);
    expect(needs?.libraries.some((library) => /^libc\./.test(library))).toBe(true);
  });

  it('is known for machines with Linux only', () => {
    const machines = [
      machinePlatform('linux', 'x64'),
      machinePlatform('linux', 'arm64'),
      machinePlatform('linux', 's390x'),
      machinePlatform('darwin', 'arm64'),
    ];
    expect(machines).toEqual(['linux/amd64', 'linux/arm64', undefined, undefined]);
  });
});
