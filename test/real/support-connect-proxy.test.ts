import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { helmEnvironment } from '../../src/adapters/helm.ts';
import type { ChartRepositoryServer } from '../../src/demo/chart-repository.ts';
import type { RunningServer } from '../../src/demo/registry-process.ts';
import { startChartRepository } from '../support/chart-repository.ts';
import { oneDeploymentChart } from '../support/charts.ts';
import { type ConnectProxy, startConnectProxy } from '../support/connect-proxy.ts';
import { createPrivateCa, type PrivateCa } from '../support/private-ca.ts';
import { startDistribution } from '../support/registries.ts';
import { pushImage } from '../support/synthetic-images.ts';
import { describeWith, requireTool } from '../support/tools.ts';

const run = promisify(execFile);

describeWith(
  ['openssl', 'registry', 'crane', 'helm4'],
  'invented hosts behind a CONNECT proxy and a private CA',
  () => {
    let directory: string;
    let ca: PrivateCa;
    let registry: RunningServer;
    let repository: ChartRepositoryServer;
    let proxy: ConnectProxy;

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'connect-'));
      ca = await createPrivateCa();
      const names = ['registry.example.test', 'charts.example.test', '127.0.0.1'];
      const tls = await ca.issue(names);
      registry = await startDistribution({ tls });
      repository = await startChartRepository(tls);
      proxy = await startConnectProxy({
        routes: { 'registry.example.test:443': registry.host, 'charts.example.test:443': repository.host },
        login: { user: 'me', password: 'secret' },
      });
    });
    afterAll(async () => {
      await Promise.all([proxy?.stop(), repository?.stop(), registry?.stop(), ca?.remove()]);
      await rm(directory, { recursive: true, force: true });
    });

    function environment(login = 'me:secret@'): Record<string, string> {
      const through = proxy.url.replace('http://', `http://${login}`);
      return { ...helmEnvironment(directory), HTTPS_PROXY: through, HTTP_PROXY: '', SSL_CERT_FILE: ca.certFile };
    }

    it('lead crane to the registry', async () => {
      const { digest } = await pushImage({ base: registry.url, ca: ca.cert }, 'a/b', '1');
      const { stdout } = await run(requireTool('crane'), ['digest', 'registry.example.test/a/b:1'], {
        env: environment(),
      });
      expect(stdout.trim()).toBe(digest);
      expect(proxy.tunnels()).toContainEqual({ authority: 'registry.example.test:443', allowed: true });
    });

    it('lead helm to the chart repository', async () => {
      const archive = await oneDeploymentChart('shop', '1.0.0', { repository: 'a/b', tag: '1' });
      repository.add('stable', [{ name: 'shop', version: '1.0.0', archive }]);
      const argv = ['pull', 'shop', '--repo', 'https://charts.example.test/stable', '--destination', directory];
      await run(requireTool('helm4'), argv, { env: environment() });
      expect((await readFile(join(directory, 'shop-1.0.0.tgz'))).equals(archive)).toBe(true);
    });

    it('open no tunnel without the login, nor to other hosts', async () => {
      const digest = (host: string, login?: string) =>
        run(requireTool('crane'), ['digest', `${host}/a/b:1`], { env: environment(login) });
      await expect(digest('registry.example.test', '')).rejects.toThrow(/Proxy Authentication Required/);
      await expect(digest('elsewhere.example.test')).rejects.toThrow(/Forbidden/);
      expect(proxy.tunnels()).toContainEqual({ authority: 'elsewhere.example.test:443', allowed: false });
    });
  },
);
