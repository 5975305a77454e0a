import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { productionClosure } from '../../../../src/adapters/tools/pack-closure.ts';

type Package = Readonly<Record<string, unknown>>;

/** Makes packages in folders, the tool in `tool`, and gives the closure: where each goes, and where it is. */
async function closureOf(
  packages: Readonly<Record<string, Package>>,
  links: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, string>>> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'closure-')));
  try {
    for (const [folder, content] of Object.entries(packages)) {
      await mkdir(join(root, folder), { recursive: true });
      await writeFile(join(root, folder, 'package.json'), JSON.stringify(content));
    }
    for (const [link, target] of Object.entries(links)) {
      await mkdir(join(root, link, '..'), { recursive: true });
      await symlink(join(root, target), join(root, link));
    }
    const placed = await productionClosure(join(root, 'tool'));
    return Object.fromEntries(placed.map(({ path, directory }) => [path, directory.slice(root.length + 1)]));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

const needs = (...names: readonly string[]): Package => ({
  dependencies: Object.fromEntries(names.map((name) => [name, '*'])),
});

describe('the closure of production dependencies', () => {
  it('has what dependencies need in turn, and no development dependencies', async () => {
    const found = await closureOf({
      tool: { ...needs('a', '@s/b'), devDependencies: { dev: '*' } },
      'tool/node_modules/a': needs('c'),
      'tool/node_modules/@s/b': needs('c'),
      'tool/node_modules/c': { devDependencies: { dev: '*' } },
      // where Node does not look
      'tool/node_modules/node_modules/c': {},
      'tool/node_modules/dev': needs('of-dev'),
      'tool/node_modules/of-dev': {},
    });
    expect(found).toEqual({
      'node_modules/@s/b': 'tool/node_modules/@s/b',
      'node_modules/a': 'tool/node_modules/a',
      'node_modules/c': 'tool/node_modules/c',
    });
  });

  it('keeps two versions of a package, each where it is found by those that need it', async () => {
    const found = await closureOf({
      tool: needs('a', 'b', 'c'),
      'tool/node_modules/a': needs('c'),
      'tool/node_modules/b': needs('c', 'd'),
      'tool/node_modules/b/node_modules/c': needs('d'),
      'tool/node_modules/b/node_modules/d': {},
      'tool/node_modules/c': {},
    });
    expect(found).toEqual({
      'node_modules/a': 'tool/node_modules/a',
      'node_modules/b': 'tool/node_modules/b',
      'node_modules/b/node_modules/c': 'tool/node_modules/b/node_modules/c',
      'node_modules/c': 'tool/node_modules/c',
      // nothing else has its name, so it can be at the top
      'node_modules/d': 'tool/node_modules/b/node_modules/d',
    });
  });

  it('looks above the tool, where it was installed as a dependency, with what stands in between', async () => {
    const found = await closureOf({
      'node_modules/a': needs('c'),
      'node_modules/c': {},
      tool: needs('a', 'c'),
      'tool/node_modules/c': {},
    });
    expect(found).toEqual({
      'node_modules/a': 'node_modules/a',
      'node_modules/a/node_modules/c': 'node_modules/c',
      'node_modules/c': 'tool/node_modules/c',
    });
  });

  it('follows links to where a package and its own dependencies are', async () => {
    const found = await closureOf(
      {
        tool: needs('a'),
        'tool/node_modules/.store/a@1/node_modules/a': needs('b'),
        'tool/node_modules/.store/b@2/node_modules/b': needs('a'),
      },
      {
        'tool/node_modules/a': 'tool/node_modules/.store/a@1/node_modules/a',
        'tool/node_modules/.store/a@1/node_modules/b': 'tool/node_modules/.store/b@2/node_modules/b',
        'tool/node_modules/.store/b@2/node_modules/a': 'tool/node_modules/.store/a@1/node_modules/a',
      },
    );
    expect(found).toEqual({
      'node_modules/a': 'tool/node_modules/.store/a@1/node_modules/a',
      'node_modules/b': 'tool/node_modules/.store/b@2/node_modules/b',
    });
  });

  it('has optional dependencies that are there, and goes without those that are not', async () => {
    const found = await closureOf({
      // some publishers list them twice
      tool: { ...needs('here', 'absent'), optionalDependencies: { here: '*', absent: '*' } },
      'tool/node_modules/here': { optionalDependencies: { absent: '*' } },
    });
    expect(found).toEqual({ 'node_modules/here': 'tool/node_modules/here' });
  });

  it('has peers that are needed, and not those that a package can do without', async () => {
    const found = await closureOf({
      tool: needs('a'),
      'tool/node_modules/a': {
        peerDependencies: { peer: '*', may: '*' },
        peerDependenciesMeta: { may: { optional: true } },
      },
      'tool/node_modules/peer': {},
      'tool/node_modules/may': {},
    });
    expect(Object.keys(found)).toEqual(['node_modules/a', 'node_modules/peer']);
  });

  it('is refused when a dependency is not installed, or has a name that leads elsewhere', async () => {
    const absent = closureOf({ tool: needs('a'), 'tool/node_modules/a': needs('lost-package') });
    await expect(absent).rejects.toMatchObject({
      code: 'TOOL_FAILED',
      message: expect.stringContaining('node_modules/a needs the package lost-package, which is not installed'),
    });
    for (const name of ['../x', 'a/../b', '.bin', '@s/..', '/x', '@s'])
      await expect(closureOf({ tool: needs(name) })).rejects.toThrow(`${JSON.stringify(name)}, which is no name`);
  });

  it('does not nest packages without an end that want each other in ever other versions', async () => {
    const endless = closureOf(
      {
        tool: needs('a', 'b'),
        's/a1/node_modules/a': needs('b'),
        's/b1/node_modules/b': needs('a'),
        's/a2/node_modules/a': needs('b'),
        's/b2/node_modules/b': needs('a'),
      },
      {
        'tool/node_modules/a': 's/a1/node_modules/a',
        'tool/node_modules/b': 's/b1/node_modules/b',
        's/b1/node_modules/a': 's/a2/node_modules/a',
        's/a2/node_modules/b': 's/b2/node_modules/b',
        's/b2/node_modules/a': 's/a1/node_modules/a',
        's/a1/node_modules/b': 's/b1/node_modules/b',
      },
    );
    await expect(endless).rejects.toThrow('nested without an end');
  });
});
