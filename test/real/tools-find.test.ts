import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findTool, requireTool } from '../../src/adapters/tools/find.ts';
import { TOOLS } from '../../src/domain/tool.ts';
import { describeWith, requireTool as realTool } from '../support/tools.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tools-find-'));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

/** A program that answers every question with the same line. */
async function program(path: string, says: string, code = 0): Promise<string> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\necho '${says}'\nexit ${code}\n`);
  await chmod(file, 0o755);
  return file;
}

function places(...directories: readonly string[]) {
  return {
    searchPath: directories.map((name) => (name.startsWith('.') ? name : join(root, name))).join(':'),
    cacheDir: join(root, 'cache'),
  };
}

it('takes the first on PATH that is recent enough and says which it passed over', async () => {
  const old = await program('a/helm', 'v3.14.4+g81c902a');
  const path = await program('b/helm', 'v3.19.2+gabc');
  await program('c/helm', 'v4.3.1+gabc');
  expect(await findTool(TOOLS.helm, places('a', 'b', 'c'))).toEqual({
    kind: 'found',
    path,
    version: '3.19.2',
    origin: 'PATH',
    note: `helm 3.19.2, the first on PATH that will do: ${path}; passed over ${old}: version 3.14.4 is older than 3.19.0`,
  });
});

it('prefers PATH to the cache, and the newest in the cache to older ones', async () => {
  const newest = await program('cache/tools/helm-4.10.0/helm', 'v4.10.0+gabc');
  await program('cache/tools/helm-4.9.0/helm', 'v4.9.0+gabc');
  await program('cache/tools/helm-5.0.0/helm', 'v5.0.0+gabc');
  await program('cache/tools/helm-3.1.0/helm', 'v3.1.0+gabc');
  expect(await findTool(TOOLS.helm, places('none'))).toMatchObject({
    path: newest,
    version: '4.10.0',
    origin: 'cache',
  });
  const path = await program('a/helm', 'v3.20.0');
  expect(await findTool(TOOLS.helm, places('a'))).toMatchObject({ path, origin: 'PATH' });
});

it('knows the version of a build from source in the cache by its directory', async () => {
  await program('cache/tools/helm-4.3.1/helm', 'v4.3');
  await program('cache/tools/crane-0.22.1/crane', '(devel)');
  expect(await findTool(TOOLS.helm, places())).toMatchObject({ version: '4.3.1' });
  expect(await findTool(TOOLS.crane, places())).toMatchObject({ version: '0.22.1' });
});

it('takes a program of unknown version only when there is nothing better, and says so', async () => {
  const unsure = await program('a/crane', '(devel)');
  expect(await findTool(TOOLS.crane, places('a'))).toMatchObject({
    kind: 'found',
    path: unsure,
    version: undefined,
    note: expect.stringContaining('its age cannot be checked'),
  });
  const cached = await program('cache/tools/crane-0.22.1/crane', '0.22.1');
  expect(await findTool(TOOLS.crane, places('a'))).toMatchObject({ path: cached });
  const known = await program('b/crane', '0.21.9');
  expect(await findTool(TOOLS.crane, places('a', 'b'))).toMatchObject({ path: known });
});

it('says of every program why it was passed over, and how to get one', async () => {
  const fails = await program('a/helm', 'v4.3.1', 3);
  const mute = await program('b/helm', 'hello');
  const next = await program('c/helm', 'v5.0.0');
  const damaged = await program('cache/tools/helm-4.3.1/helm', 'v4.2.0');
  const search = await findTool(TOOLS.helm, places('a', 'b', 'c'));
  if (search.kind === 'found') throw new Error(search.note);
  expect(search.hint).toBe('run airgap-charts tools install');
  expect(search.reason).toBe(
    'no helm of version 3.19.0 or newer on PATH or in the tool cache (' +
      `${fails}: it ended with code 3 when asked for its version; ${mute}: it calls its version "hello"; ` +
      `${next}: version 5.0.0 is newer than any that is known to work; ${damaged}: it is not the version it was installed as)`,
  );
});

it('skips relative PATH entries, directories, files that cannot be run, and looks at a program once', async () => {
  const path = await program('a/helm', 'v3.1.0');
  await mkdir(join(root, 'b', 'helm'), { recursive: true });
  await mkdir(join(root, 'c'));
  await writeFile(join(root, 'c', 'helm'), 'no program');
  await symlink(join(root, 'a'), join(root, 'd'));
  const search = await findTool(TOOLS.helm, places('.', '', 'a', 'b', 'c', 'd'));
  expect(search).toMatchObject({
    reason: expect.stringMatching(new RegExp(`newer on PATH or in the tool cache \\(${path}: [^;]*\\)$`)),
  });
});

it('uses a given program or nothing', async () => {
  await program('a/helm', 'v4.3.1');
  const own = await program('own/my-helm', 'v3.19.0');
  const old = await program('own/old-helm', 'v3.1.0');
  expect(await findTool(TOOLS.helm, { ...places('a'), override: own })).toMatchObject({ path: own, origin: 'given' });
  expect(await findTool(TOOLS.helm, { ...places('a'), override: old })).toEqual({
    kind: 'missing',
    reason: `helm cannot be used: ${old}: version 3.1.0 is older than 3.19.0`,
    hint: 'name a helm of version 3.19.0 or newer, or none to have one chosen',
  });
  expect(await findTool(TOOLS.helm, { ...places('a'), override: '/no/such/helm' })).toMatchObject({
    kind: 'missing',
    reason: 'helm cannot be used: /no/such/helm: it cannot be started (there is no program /no/such/helm)',
  });
});

it('makes a missing program the end of the run', async () => {
  await expect(
    requireTool(TOOLS.crane, { searchPath: undefined, cacheDir: join(root, 'cache') }),
  ).rejects.toMatchObject({
    code: 'TOOL_MISSING',
    hint: 'run airgap-charts tools install',
    message: 'no crane of version 0.21.6 or newer on PATH or in the tool cache',
  });
});

describeWith(['helm3', 'helm4', 'crane'], 'with the real programs', () => {
  it('finds them', async () => {
    const search = (path: string, name: 'helm' | 'crane') => findTool(TOOLS[name], { ...places(), override: path });
    expect(await search(realTool('helm3'), 'helm')).toMatchObject({ version: expect.stringMatching(/^3\./) });
    expect(await search(realTool('helm4'), 'helm')).toMatchObject({ version: expect.stringMatching(/^4\./) });
    expect(await search(realTool('crane'), 'crane')).toMatchObject({ kind: 'found' });
  });
});
