import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../src/demo/registry-process.ts';
import { createPrivateCa } from '../support/private-ca.ts';
import { HTPASSWD, startCraneRegistry, startDistribution, startDockerRegistry } from '../support/registries.ts';
import { ROOT } from '../support/shared-charts.ts';
import { basicAuthorization, digestIn, pushByDigestOnly, pushImage } from '../support/synthetic-images.ts';
import { describeWith } from '../support/tools.ts';

let server: RunningServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const DISTRIBUTIONS = [
  ['registry', startDistribution],
  ['docker-registry', startDockerRegistry],
] as const;
const KINDS = [['crane', startCraneRegistry], ...DISTRIBUTIONS] as const;

for (const [tool, start] of KINDS) {
  describeWith([tool], `synthetic images in ${tool}`, () => {
    it('are there by tag, by digest, and by the digests of their children', async () => {
      server = await start();
      const pushed = await pushImage(server.url, 'quay.io/a/b', '1', { attestations: true });
      expect(await digestIn(server.url, 'quay.io/a/b', '1')).toBe(pushed.digest);
      const children = [...pushed.children.map((child) => child.digest), ...pushed.attestations];
      expect(children).toHaveLength(4);
      for (const child of children) expect(await digestIn(server.url, 'quay.io/a/b', child)).toBe(child);
    });

    it('can be there without any tag', async () => {
      server = await start();
      const pushed = await pushByDigestOnly(server.url, 'a/b', 'a/b:1');
      expect(await digestIn(server.url, 'a/b', pushed.digest)).toBe(pushed.digest);
      for (const tag of ['1', 'latest']) expect(await digestIn(server.url, 'a/b', tag)).toBeUndefined();
    });

    it('come in the formats of Docker and of single images', async () => {
      server = await start();
      const list = await pushImage(server.url, 'a/list', '1', { format: 'docker' });
      const single = await pushImage(server.url, 'a/single', '1', { format: 'docker', platforms: [] });
      expect(await digestIn(server.url, 'a/list', '1')).toBe(list.digest);
      expect(await digestIn(server.url, 'a/single', '1')).toBe(single.digest);
    });

    it('end with their registry, which leaves no process', async () => {
      const started = await start();
      expect(isAlive(started.pid)).toBe(true);
      await started.stop();
      await started.stop();
      expect(isAlive(started.pid)).toBe(false);
    });
  });
}

for (const [tool, start] of DISTRIBUTIONS) {
  describeWith([tool], `the configuration of ${tool}`, () => {
    it('asks for a login when told to', async () => {
      server = await start({ htpasswd: HTPASSWD.line });
      await expect(pushImage(server.url, 'a/b', '1')).rejects.toThrow('401');
      const authorization = basicAuthorization(HTPASSWD.user, HTPASSWD.password);
      await pushImage({ base: server.url, authorization }, 'a/b', '1');
    });

    it('takes no writes when read-only', async () => {
      server = await start({ readOnly: true });
      await expect(pushImage(server.url, 'a/b', '1')).rejects.toThrow('405');
    });

    it('keeps content on disk when told to, and deletes when allowed', async () => {
      server = await start({ storage: 'disk', deleteEnabled: true });
      const { digest } = await pushImage(server.url, 'a/b', '1');
      const deleted = await fetch(`${server.url}/v2/a/b/manifests/${digest}`, { method: 'DELETE' });
      expect(deleted.status).toBe(202);
      expect(await digestIn(server.url, 'a/b', digest)).toBeUndefined();
    });
  });
}

describeWith(['registry', 'openssl'], 'a registry with TLS', () => {
  it('is trusted through the private authority only', async () => {
    const ca = await createPrivateCa();
    try {
      server = await startDistribution({ tls: await ca.issue(['127.0.0.1', 'registry.example.test']) });
      expect(server.url).toMatch(/^https:/);
      await expect(pushImage(server.url, 'a/b', '1')).rejects.toThrow(/certificate/);
      await pushImage({ base: server.url, ca: ca.cert }, 'a/b', '1');
    } finally {
      await ca.remove();
    }
  });
});

describe('a server', () => {
  it('does not outlive whoever started it, even by SIGKILL', async () => {
    const starter = `
      const { startServer } = await import(${JSON.stringify(join(ROOT, 'src', 'demo', 'registry-process.ts'))});
      const argv = ['-c', 'echo port 1 >&2; exec sleep 60'];
      const server = await startServer({ file: '/bin/sh', argv, env: {}, scheme: 'http', portPattern: /port (\\d+)/, ownGroup: true });
      console.log(server.pid);
      setInterval(() => {}, 1000);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', starter], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = await new Promise<number>((resolve) =>
      child.stdout.once('data', (text: Buffer) => resolve(Number(text))),
    );
    expect(isAlive(pid)).toBe(true);
    child.kill('SIGKILL');
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  });
});

describe('a server that does not start', () => {
  it('is an error that tells its reason', async () => {
    const { startServer } = await import('../../src/demo/registry-process.ts');
    const command = { argv: [], env: {}, scheme: 'http', portPattern: /port (\d+)/ } as const;
    await expect(startServer({ file: '/nowhere/registry', ...command })).rejects.toThrow('could not be started');
    const failing = { ...command, file: '/bin/sh', argv: ['-c', 'echo no luck >&2; exit 3'] };
    await expect(startServer(failing)).rejects.toThrow(/ended with 3: no luck/);
  });
});
