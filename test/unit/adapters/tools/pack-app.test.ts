import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packedApp } from '../../../../src/adapters/tools/pack-app.ts';
import { inDirectory } from '../../../support/wrap-samples.ts';

const FILES: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({ version: '3.2.1', dependencies: { a: '*' }, devDependencies: { dev: '*' } }),
  'chart-overrides.yaml': '',
  'CHANGELOG.md': '',
  'schemas/a.json': '',
  'catalogs/c.yaml': '',
  'src/main.ts': '',
  'src/deep/er.ts': '',
  'dist/main.js': '',
  'docs/errors.md': '',
  'docs/x.md': '',
  '.git/config': '',
  'node_modules/.bin/a': '',
  'node_modules/a/package.json': JSON.stringify({ dependencies: { b: '*' } }),
  'node_modules/a/index.js': '',
  'node_modules/a/node_modules/b/package.json': '{}',
  'node_modules/a/node_modules/.bin/b': '',
  'node_modules/a/lib/node_modules/own.js': '',
  'node_modules/b/package.json': '{}',
  'node_modules/dev/package.json': '{}',
};

function inTree<T>(use: (root: string) => Promise<T>): Promise<T> {
  return inDirectory(async (root) => {
    for (const [name, content] of Object.entries(FILES)) {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await writeFile(join(root, name), content);
    }
    return use(root);
  });
}

const SHARED = [
  'app/CHANGELOG.md',
  'app/catalogs/c.yaml',
  'app/chart-overrides.yaml',
  'app/docs/errors.md',
  'app/node_modules/a/index.js',
  'app/node_modules/a/lib/node_modules/own.js',
  'app/node_modules/a/package.json',
  'app/node_modules/b/package.json',
  'app/package.json',
  'app/schemas/a.json',
];

describe('the tool that is packed', () => {
  it('is the code that runs, what ships with it, and what it needs when it runs', () =>
    inTree(async (root) => {
      const { version, main, files } = await packedApp(join(root, 'src'), '.ts');
      expect([version, main]).toEqual(['3.2.1', 'src/main.ts']);
      expect(files.map(({ name }) => name).sort()).toEqual([...SHARED, 'app/src/deep/er.ts', 'app/src/main.ts'].sort());
      expect(new Set(files.map(({ mode }) => mode))).toEqual(new Set([0o644]));
      // the version that is found from the place of the one that needs it
      expect(files.find(({ name }) => name === 'app/node_modules/b/package.json')?.from).toEqual({
        kind: 'file',
        path: join(root, 'node_modules/a/node_modules/b/package.json'),
      });
    }));

  it('is the build, when that runs, with or without a list of changes', () =>
    inTree(async (root) => {
      await rm(join(root, 'CHANGELOG.md'));
      const { main, files } = await packedApp(join(root, 'dist'), '.js');
      expect(main).toBe('dist/main.js');
      const expected = [...SHARED.filter((name) => !name.includes('CHANGELOG')), 'app/dist/main.js'];
      expect(files.map(({ name }) => name).sort()).toEqual(expected.sort());
    }));

  it('is not packed in parts: what ships with it has to be there', () =>
    inTree(async (root) => {
      await rm(join(root, 'schemas'), { recursive: true });
      await expect(packedApp(join(root, 'src'), '.ts')).rejects.toMatchObject({ code: 'WORKSPACE_FAILED' });
    }));

  it('is this one, without what tests and checks need', async () => {
    const { main, files } = await packedApp();
    expect(main).toBe('src/main.ts');
    const names = new Set(files.map(({ name }) => name));
    for (const name of ['app/src/main.ts', 'app/schemas/bundle.schema.json', 'app/node_modules/yaml/package.json'])
      expect(names).toContain(name);
    expect([...names].filter((name) => /^app\/node_modules\/(?:vitest|typescript|knip)\//.test(name))).toEqual([]);
  });
});
