import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHostLimits } from '../../src/adapters/host-limits.ts';
import { createHttpClient, type HttpClient } from '../../src/adapters/http.ts';
import { createRetries, SYSTEM_CLOCK } from '../../src/adapters/http-retry.ts';
import { createRequests } from '../../src/adapters/requests.ts';
import { createFetchBytes } from '../../src/adapters/tools/fetch-bytes.ts';
import { type InstallOptions, installTool, installTools } from '../../src/adapters/tools/install.ts';
import type { NetworkSettings } from '../../src/domain/network.ts';
import { TOOLS } from '../../src/domain/tool.ts';
import { Redactor } from '../../src/redaction.ts';
import { startServer, type TestServer } from '../support/http-server.ts';
import { checksumLine, makeArchive } from '../support/release-archive.ts';

const settings: NetworkSettings = {
  hosts: new Map(),
  plainHttpHosts: [],
  plainHttpLoopback: true,
  caFile: undefined,
  mirrors: [],
};
const HOST = { os: 'linux', arch: 'x64' };
const HELM = 'helm-v4.3.1-linux-amd64.tar.gz';
const CRANE = 'go-containerregistry_Linux_x86_64.tar.gz';

const SUMS = `${HELM}.sha256sum`;

let root: string;
let server: TestServer;
let client: HttpClient;
let files: Record<string, Buffer>;
let lines: string[];

/** A program that answers every question with the same line. */
function script(says: string): string {
  return `#!/bin/sh\necho '${says}'\n`;
}

async function releaseOf(member: string, says: string): Promise<Buffer> {
  return makeArchive([
    { name: 'LICENSE', content: 'free' },
    { name: member, content: script(says) },
  ]);
}

function helmRelease(): Promise<Buffer> {
  return releaseOf('linux-amd64/helm', 'v4.3.1+gabc');
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tools-install-'));
  lines = [];
  const [helm, crane] = [await helmRelease(), await releaseOf('crane', '0.22.1')];
  files = {
    [HELM]: helm,
    [SUMS]: Buffer.from(checksumLine(HELM, helm)),
    [CRANE]: crane,
    'checksums.txt': Buffer.from(`${checksumLine('other', helm)}${checksumLine(CRANE, crane)}`),
  };
  server = await startServer(({ url }, response) => {
    const name = url.replace('/moved/', '/').slice(1);
    if (url.startsWith('/moved/')) response.writeHead(302, { location: `/${name}` }).end();
    else if (files[name] === undefined) response.writeHead(404).end('no such file');
    else response.end(files[name]);
  });
  client = createHttpClient({ settings, env: {}, redactor: new Redactor() });
});

afterEach(async () => {
  await client.close();
  await server.close();
  await rm(root, { recursive: true, force: true });
});

function options(changed: Partial<InstallOptions> = {}): InstallOptions {
  return {
    cacheDir: join(root, 'cache'),
    env: { PATH: '/usr/bin:/bin', HOME: root },
    host: HOST,
    fetchBytes: createFetchBytes(createRequests(client, createHostLimits(settings), createRetries(SYSTEM_CLOCK))),
    signal: new AbortController().signal,
    onProgress: (line) => lines.push(line),
    baseUrls: { helm: `${server.url}/`, crane: `${server.url}/moved/` },
    ...changed,
  };
}

const unreachable: Partial<InstallOptions> = {
  fetchBytes: () => Promise.reject(new Error('the host name is unknown')),
};

/** Everything in the tool cache. */
async function cached(): Promise<readonly string[]> {
  const names = await readdir(join(root, 'cache', 'tools'), { recursive: true }).catch(() => []);
  return names.sort();
}

/** A program `go` in a directory of its own that builds a script which says `v<version without patch>`. */
async function fakeGo(version: string, install: string): Promise<InstallOptions['env']> {
  const directory = join(root, `go-${version}`);
  await mkdir(directory);
  const text = `#!/bin/sh\ncase "$1" in\n  env) echo go${version} ;;\n  install) env >'${root}/go-env'; echo "$@" >'${root}/go-argv'\n${install}\n;;\nesac\n`;
  await writeFile(join(directory, 'go'), text);
  await chmod(join(directory, 'go'), 0o755);
  return {
    PATH: `${directory}:/usr/bin:/bin`,
    HOME: root,
    HTTPS_PROXY: 'http://proxy:1',
    AWS_SECRET_ACCESS_KEY: 'not for go',
    GOFLAGS: '-mod=mod',
  };
}

const builds = `printf '#!/bin/sh\\necho v4.3\\n' >"$GOBIN/helm"; chmod 755 "$GOBIN/helm"`;

describe('from a release', () => {
  it('installs the one program of the checked archive, following redirects', async () => {
    const installed = await installTools(['helm', 'crane'], options());
    const [helm, crane] = [join(root, 'cache/tools/helm-4.3.1/helm'), join(root, 'cache/tools/crane-0.22.1/crane')];
    expect(installed).toMatchObject([
      { program: 'helm', path: helm, version: '4.3.1', how: 'release' },
      { program: 'crane', path: crane, version: '0.22.1', how: 'release' },
    ]);
    expect((await stat(helm)).mode & 0o777).toBe(0o755);
    expect(await cached()).toEqual(['crane-0.22.1', 'crane-0.22.1/crane', 'helm-4.3.1', 'helm-4.3.1/helm']);
    expect(lines[1]).toBe(`fetching helm 4.3.1: ${server.url}/${HELM}`);
    expect(lines[2]).toContain('its checksum as the release publishes it');
  });

  it('does nothing when the program is there already, on PATH or from an earlier installation', async () => {
    await installTool(TOOLS.helm, options());
    server.seen.length = 0;
    expect(await installTool(TOOLS.helm, options())).toMatchObject({ how: 'present', version: '4.3.1' });
    await mkdir(join(root, 'bin'));
    await writeFile(join(root, 'bin', 'helm'), script('v3.19.0'));
    await chmod(join(root, 'bin', 'helm'), 0o755);
    const env = { PATH: `${root}/bin`, HOME: root };
    expect(await installTool(TOOLS.helm, options({ env }))).toMatchObject({ how: 'present', version: '3.19.0' });
    expect(server.seen).toEqual([]);
  });

  it('replaces a cached program that does not run', async () => {
    const { path } = await installTool(TOOLS.helm, options());
    await writeFile(path, '#!/bin/sh\nexit 1\n');
    expect(await installTool(TOOLS.helm, options())).toMatchObject({ how: 'release', path });
  });

  it.each<[string, () => Promise<Record<string, Buffer>>, string]>([
    ['a wrong checksum', async () => ({ [SUMS]: Buffer.from(`${'0'.repeat(64)}  ${HELM}\n`) }), 'its SHA-256 is'],
    ['no checksum for it', async () => ({ [SUMS]: Buffer.from('<html>sign in</html>') }), 'has no single entry'],
    ['a truncated archive', async () => ({ [HELM]: (await helmRelease()).subarray(0, -9) }), 'its SHA-256 is'],
    [
      'a link in place of the program',
      async () => {
        const header = { type: 'symlink' as const, linkname: '/bin/true' };
        const archive = await makeArchive([{ name: 'linux-amd64/helm', header }]);
        return { [HELM]: archive, [SUMS]: Buffer.from(checksumLine(HELM, archive)) };
      },
      'linux-amd64/helm is a symlink, not a file',
    ],
  ])('stops at %s, tries nothing else and leaves nothing', async (_, spoil, reason) => {
    files = { ...files, ...(await spoil()) };
    const env = await fakeGo('1.26.0', builds);
    await expect(installTool(TOOLS.helm, options({ env }))).rejects.toMatchObject({
      code: 'TOOL_FAILED',
      message: expect.stringContaining(reason),
    });
    expect(await cached()).toEqual([]);
    await expect(readFile(join(root, 'go-argv'))).rejects.toThrow('ENOENT');
  });

  it('refuses a program that is not the version it should be, or does not run', async () => {
    for (const says of ['v4.2.0', "v4.3.1'; exit 1 #"]) {
      const archive = await releaseOf('linux-amd64/helm', says);
      files[HELM] = archive;
      files[SUMS] = Buffer.from(checksumLine(HELM, archive));
      await expect(installTool(TOOLS.helm, options())).rejects.toMatchObject({ code: 'TOOL_FAILED' });
    }
    expect(await cached()).toEqual([]);
  });

  it('bears several installations at the same time', async () => {
    const installed = await Promise.all(Array.from({ length: 6 }, () => installTool(TOOLS.helm, options())));
    expect(new Set(installed.map(({ path }) => path)).size).toBe(1);
    expect(await cached()).toEqual(['helm-4.3.1', 'helm-4.3.1/helm']);
  });

  it('leaves nothing when it is interrupted', async () => {
    const controller = new AbortController();
    const fetchBytes = options().fetchBytes;
    const outcome = installTool(
      TOOLS.helm,
      options({
        signal: controller.signal,
        fetchBytes: (url, limit, signal) => {
          if (url.endsWith('.tar.gz')) controller.abort();
          return fetchBytes(url, limit, signal);
        },
      }),
    );
    await expect(outcome).rejects.toMatchObject({ name: 'AbortError' });
    expect(await cached()).toEqual([]);
  });
});

describe('with go install', () => {
  it('builds the pinned version where the release host cannot be reached, and says why', async () => {
    const env = await fakeGo('1.24.1', builds);
    const installed = await installTool(TOOLS.helm, options({ baseUrls: { helm: 'http://127.0.0.1:9/' }, env }));
    expect(installed).toMatchObject({ how: 'go', version: '4.3.1', path: join(root, 'cache/tools/helm-4.3.1/helm') });
    expect(installed.note).toMatch(
      /built by go 1\.24\.1 from helm\.sh\/helm\/v4\/cmd\/helm@v4\.3\.1, because: release not reachable: /,
    );
    expect(lines).toContain('building helm 4.3.1 with go 1.24.1: this takes about 3 minutes without a cache');
    expect(await readFile(join(root, 'go-argv'), 'utf8')).toBe('install -modcacherw helm.sh/helm/v4/cmd/helm@v4.3.1\n');
    expect(await cached()).toEqual(['helm-4.3.1', 'helm-4.3.1/helm']);
  });

  it('takes a release that is not where it should be for one that cannot be reached', async () => {
    delete files[HELM];
    const env = await fakeGo('1.26.0', builds);
    const installed = await installTool(TOOLS.helm, options({ env }));
    expect(installed.note).toContain(`release not reachable: ${server.url}/${HELM} answered 404`);
  });

  it('gives Go its own settings, the proxies and nothing else of the environment', async () => {
    const env = await fakeGo('1.26.0', builds);
    await installTool(TOOLS.helm, options({ ...unreachable, env }));
    const seen = (await readFile(join(root, 'go-env'), 'utf8')).split('\n').map((line) => line.split('=')[0]);
    expect(seen.filter((name) => !['', 'PWD', 'OLDPWD', '_', 'SHLVL'].includes(name ?? '')).sort()).toEqual([
      'CGO_ENABLED',
      'GIT_TERMINAL_PROMPT',
      'GOBIN',
      'GOFLAGS',
      'HOME',
      'HTTPS_PROXY',
      'PATH',
    ]);
  });

  it('keeps Go within the cache when there is no home directory', async () => {
    const env = { ...(await fakeGo('1.26.0', builds)), HOME: '/no/such/home' };
    await installTool(TOOLS.helm, options({ ...unreachable, env }));
    const seen = await readFile(join(root, 'go-env'), 'utf8');
    expect(seen).toContain(`GOPATH=${root}/cache/go\n`);
    expect(seen).toContain(`GOCACHE=${root}/cache/go/build\n`);
  });

  it.each([
    ['there is no Go', undefined, 'there is no go on PATH'],
    ['Go is too old', ['1.23.9', builds], 'go is 1.23.9, older than 1.24.0'],
    [
      'Go fails',
      ['1.26.0', 'echo "go: downloading x" >&2; echo "go: helm.sh: dial tcp: no route" >&2; exit 1'],
      'go install: go: helm.sh: dial tcp: no route',
    ],
  ] as const)('says all reasons when %s', async (_, go, reason) => {
    const env = go === undefined ? { PATH: '/nowhere', HOME: root } : await fakeGo(go[0], go[1]);
    await expect(installTool(TOOLS.helm, options({ ...unreachable, env }))).rejects.toMatchObject({
      code: 'TOOL_MISSING',
      message: expect.stringMatching(
        new RegExp(`^helm 4\\.3\\.1 could not be installed: release not reachable: .*; .*${reason}$`),
      ),
      hint: expect.stringContaining('put helm 3.19.0 or newer on PATH'),
    });
    expect(await cached()).toEqual([]);
  });

  it('goes to Go at once where the project publishes nothing for the machine', async () => {
    const env = await fakeGo('1.26.0', builds);
    const installed = await installTool(TOOLS.helm, options({ env, host: { os: 'linux', arch: 'riscv64' } }));
    expect(installed.note).toContain('because: no release archive known for linux on riscv64');
    expect(server.seen).toEqual([]);
  });

  it('ends the build when it is interrupted and leaves nothing', async () => {
    const controller = new AbortController();
    const env = await fakeGo('1.26.0', 'exec sleep 300');
    const onProgress = (line: string): void => {
      if (line.startsWith('building')) setTimeout(() => controller.abort(), 300);
    };
    const outcome = installTool(TOOLS.helm, options({ ...unreachable, env, onProgress, signal: controller.signal }));
    await expect(outcome).rejects.toMatchObject({ name: 'AbortError' });
    expect(await cached()).toEqual([]);
  });
});
