import { describe, expect, it } from 'vitest';
import {
  cachedVersions,
  checksumOf,
  judgeGo,
  judgeVersion,
  parseToolVersion,
  reportsAs,
  TOOLS,
} from '../../../src/domain/tool.ts';

describe('parseToolVersion', () => {
  it.each([
    ['v4.3.1', '4.3.1'],
    ['v4.3', '4.3.0'],
    ['v3.22', '3.22.0'],
    ['v3.19.0+g3d8990f', '3.19.0'],
    ['v4.4.0-rc.1', '4.4.0-rc.1'],
    ['0.20.6\n', '0.20.6'],
    ['v0.22.1', '0.22.1'],
    ['0.20.7+ds1', '0.20.7'],
    ['v0.21.6-0.20260501120000-abcdef012345', '0.21.6-0.20260501120000-abcdef012345'],
    ['version.BuildInfo{Version:"v3.18.4", GitCommit:"d80839c"}', '3.18.4'],
    ['/opt/registry-2.0/registry github.com/distribution/distribution/v3 v3.1.2+unknown', '3.1.2'],
    ['docker-registry github.com/docker/distribution 2.8.2+ds1', '2.8.2'],
  ])('reads %j as %s', (output, version) => {
    expect(parseToolVersion(output)).toEqual({ kind: 'version', version });
  });

  it('knows a build from source that does not know its version', () => {
    expect(parseToolVersion('(devel)\n')).toEqual({ kind: 'source' });
  });

  it.each(['', 'crane', 'version 4', 'no such command\nat all'])('does not make a version of %j', (output) => {
    expect(parseToolVersion(output)).toEqual({ kind: 'unreadable', text: output.split('\n')[0] });
  });
});

describe('judgeVersion', () => {
  it.each([
    ['helm', '3.18.6', 'too-old'],
    ['helm', '3.19.0-rc.1', 'too-old'],
    ['helm', '3.19.0', 'fits'],
    ['helm', '4.0.0', 'fits'],
    ['helm', '4.99.0', 'fits'],
    ['helm', '5.0.0-alpha.1', 'too-new'],
    ['crane', '0.21.5', 'too-old'],
    ['crane', '0.21.0', 'too-old'],
    ['crane', '0.21.6', 'fits'],
    ['crane', '0.22.1', 'fits'],
  ] as const)('%s %s: %s', (name, version, verdict) => {
    expect(judgeVersion(TOOLS[name], version)).toBe(verdict);
  });

  it('finds the pinned versions good enough', () => {
    expect(Object.values(TOOLS).map((spec) => judgeVersion(spec, spec.pinned))).toEqual(['fits', 'fits']);
  });
});

describe('releases', () => {
  it('names the archives as the projects do', () => {
    expect(TOOLS.helm.release('4.3.1', { os: 'darwin', arch: 'arm64' })).toEqual({
      base: 'https://get.helm.sh/',
      archive: 'helm-v4.3.1-darwin-arm64.tar.gz',
      checksums: 'helm-v4.3.1-darwin-arm64.tar.gz.sha256sum',
      member: 'darwin-arm64/helm',
    });
    expect(TOOLS.crane.release('0.22.1', { os: 'linux', arch: 'x64' })).toEqual({
      base: 'https://github.com/google/go-containerregistry/releases/download/v0.22.1/',
      archive: 'go-containerregistry_Linux_x86_64.tar.gz',
      checksums: 'checksums.txt',
      member: 'crane',
    });
  });

  it('names none for a machine that has none', () => {
    for (const spec of Object.values(TOOLS)) {
      expect(spec.release(spec.pinned, { os: 'win32', arch: 'x64' })).toBeUndefined();
      expect(spec.release(spec.pinned, { os: 'linux', arch: 'mips' })).toBeUndefined();
    }
  });
});

describe('reportsAs', () => {
  it('lets a build from source leave out the patch number or everything, and nothing else', () => {
    expect(reportsAs({ kind: 'version', version: '4.3.1' }, '4.3.1')).toBe(true);
    expect(reportsAs({ kind: 'version', version: '4.3.0' }, '4.3.1')).toBe(true);
    expect(reportsAs({ kind: 'source' }, '0.22.1')).toBe(true);
    expect(reportsAs({ kind: 'version', version: '4.3.2' }, '4.3.1')).toBe(false);
    expect(reportsAs({ kind: 'version', version: '4.2.0' }, '4.3.1')).toBe(false);
    expect(reportsAs({ kind: 'unreadable', text: 'x' }, '4.3.1')).toBe(false);
  });
});

describe('cachedVersions', () => {
  it('takes the versions that will do, newest first, and ignores everything else', () => {
    const names = [
      'helm-4.3.1',
      'helm-3.22.0',
      'helm-4.10.0',
      'helm-3.18.0',
      'helm-v4.4.0',
      'helm-x',
      'crane-0.22.1',
      '.incoming-1',
      'go',
    ];
    expect(cachedVersions(TOOLS.helm, names)).toEqual(['4.10.0', '4.3.1', '3.22.0']);
  });
});

describe('judgeGo', () => {
  it.each([
    ['go1.26.8\n', { version: '1.26.8', recent: true }],
    ['go1.24', { version: '1.24.0', recent: true }],
    ['go1.27rc1', { version: '1.27.0', recent: true }],
    ['go1.23.12', { version: '1.23.12', recent: false }],
    ['devel +abc', undefined],
  ])('%j', (output, verdict) => {
    expect(judgeGo(output)).toEqual(verdict);
  });
});

describe('checksumOf', () => {
  const a = 'a'.repeat(64);
  const b = 'B'.repeat(64);

  it('finds the entry of exactly one file', () => {
    const text = `${a}  other-x.tar.gz\r\n${b} *x.tar.gz\n${a}  x.tar.gz.asc\n`;
    expect(checksumOf('x.tar.gz', text)).toBe(b.toLowerCase());
  });

  it('finds none where there is none, or where two disagree', () => {
    expect(checksumOf('x.tar.gz', '')).toBeUndefined();
    expect(checksumOf('x.tar.gz', '<html>sign in</html>')).toBeUndefined();
    expect(checksumOf('x.tar.gz', `${a.slice(1)}  x.tar.gz`)).toBeUndefined();
    expect(checksumOf('x.tar.gz', `${a}  dir/x.tar.gz`)).toBeUndefined();
    expect(checksumOf('x.tar.gz', `${a}  x.tar.gz\n${b}  x.tar.gz`)).toBeUndefined();
    expect(checksumOf('x.tar.gz', `${a}  x.tar.gz\n${a}  x.tar.gz`)).toBe(a);
  });
});
