import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningServer } from '../../src/demo/registry-process.ts';
import type { Report } from '../../src/domain/report/report.ts';
import { doneReport, image } from '../support/emit-reports.ts';
import { emitFrom } from '../support/emitted-files.ts';
import { goProgram } from '../support/go-modules.ts';
import { startDistribution } from '../support/registries.ts';
import { ROOT } from '../support/shared-charts.ts';
import { type PushedImage, pushImage } from '../support/synthetic-images.ts';
import { describeUnless, describeWith, requireTool, skipReason } from '../support/tools.ts';

const RESOLVE = goProgram(readFileSync(join(ROOT, 'test/fixtures/go/containerd-resolve.go'), 'utf8'), [
  'github.com/containerd/containerd/v2 v2.1.4',
]);

/** What is mirrored here: the source, and the repository below `platform`. */
const MIRRORED = [
  ['docker.io/library/nginx:1.27', 'mirror/library/nginx'],
  ['quay.io/team/app:2', 'mirror/team/app'],
  ['registry.local:5000/base/os:1', 'mirror/base/os'],
] as const;

let registry: RunningServer;
let directory: string;
let report: Report;
const pushed = new Map<string, PushedImage>();

async function start(): Promise<void> {
  directory = await mkdtemp(join(tmpdir(), 'emit-pulls-'));
  registry = await startDistribution();
  const target = `${new URL(registry.url).host}/platform`;
  const rows = [];
  for (const [source, below] of MIRRORED) {
    const tag = source.slice(source.lastIndexOf(':') + 1);
    const one = await pushImage(registry.url, `platform/${below}`, tag, { name: source });
    pushed.set(source, one);
    rows.push(image(source, `${target}/${below}:${tag}`, { digest: one.digest }));
  }
  report = doneReport({ images: rows }, { target });
}

async function stop(): Promise<void> {
  await registry?.stop();
  await rm(directory, { recursive: true, force: true });
}

function digestOf(source: string): string {
  const one = pushed.get(source);
  if (one === undefined) throw new Error(`${source} was not pushed`);
  return one.digest;
}

describeUnless(RESOLVE.reason ?? skipReason(['registry']), 'hosts.toml, to containerd itself', () => {
  beforeAll(start);
  afterAll(stop);

  function resolve(reference: string): { digest?: string; error?: string; bytes?: number; asked: readonly string[] } {
    const { stdout } = spawnSync(RESOLVE.path, [join(directory, 'certs.d'), reference], { encoding: 'utf8' });
    return JSON.parse(stdout);
  }

  it('leads to what was mirrored, by tag and by digest, and nobody else is asked', async () => {
    await emitFrom(directory, report, 'containerd', '--out', 'certs.d', '--plain-http');
    for (const [source, below] of MIRRORED) {
      const digest = digestOf(source);
      const name = source.slice(0, source.lastIndexOf(':'));
      for (const reference of [source, `${name}@${digest}`]) {
        const { asked, error, ...found } = resolve(reference);
        expect(error).toBeUndefined();
        expect(found.digest).toBe(digest);
        expect(found.bytes).toBeGreaterThan(0);
        expect(asked[0]).toContain(`${registry.url}/v2/platform/${below}/manifests/`);
        expect(asked.every((one) => one.includes(registry.url))).toBe(true);
      }
    }
  });

  it('falls back to the source for what was not mirrored', async () => {
    const { asked, digest } = resolve('docker.io/library/redis:7');
    expect(digest).toBeUndefined();
    expect(asked[0]).toContain(`${registry.url}/v2/platform/mirror/library/redis/manifests/7`);
    expect(asked.at(-1)).toContain('https://registry-1.docker.io/v2/library/redis/manifests/7');
  });

  it('does not without override_path', async () => {
    const file = join(directory, 'certs.d', 'docker.io', 'hosts.toml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('override_path = true', 'override_path = false'));
    expect(resolve('docker.io/library/nginx:1.27').digest).toBeUndefined();
    await writeFile(file, text);
  });
});

describeWith(['registry', 'skopeo'], 'registries.conf, to skopeo', () => {
  beforeAll(start);
  afterAll(stop);

  // whatever is not on loopback ends at a proxy that is not there
  const env = {
    ...process.env,
    HTTPS_PROXY: 'http://127.0.0.1:1',
    HTTP_PROXY: 'http://127.0.0.1:1',
    NO_PROXY: '127.0.0.1',
  };

  function inspect(file: string, reference: string): { readonly code: number | null; readonly digest: string } {
    const argv = ['--registries-conf', join(directory, file), 'inspect', '--no-tags', '--retry-times', '0'];
    const result = spawnSync(requireTool('skopeo'), [...argv, '--format', '{{.Digest}}', `docker://${reference}`], {
      encoding: 'utf8',
      env,
    });
    return { code: result.status, digest: result.stdout.trim() };
  }

  it('leads to what was mirrored, by tag and by digest', async () => {
    await emitFrom(directory, report, 'registries-conf', '--out', 'registries.conf', '--plain-http');
    for (const [source] of MIRRORED) {
      const digest = digestOf(source);
      const name = source.slice(0, source.lastIndexOf(':'));
      expect(inspect('registries.conf', source)).toEqual({ code: 0, digest });
      expect(inspect('registries.conf', `${name}@${digest}`)).toEqual({ code: 0, digest });
    }
    expect(inspect('registries.conf', 'docker.io/library/redis:7').code).not.toBe(0);
  });

  it('asks the mirror also where the source is blocked, as the comment says', async () => {
    const text = await readFile(join(directory, 'registries.conf'), 'utf8');
    await writeFile(
      join(directory, 'blocked.conf'),
      text.replaceAll('[[registry]]\n', '[[registry]]\nblocked = true\n'),
    );
    expect(inspect('blocked.conf', 'docker.io/library/nginx:1.27').digest).toBe(
      digestOf('docker.io/library/nginx:1.27'),
    );
  });
});
