import semver from 'semver';

/** The programs that the tool runs. */
export type ToolName = 'helm' | 'crane';

/** The archive of a release, at the project's own release host. All addresses are relative to `base`. */
export interface Release {
  readonly base: string;
  readonly archive: string;
  readonly checksums: string;
  /** The one file of the archive that is taken. */
  readonly member: string;
}

/** A machine as Node names it (`process.platform`, `process.arch`). */
export interface Host {
  readonly os: string;
  readonly arch: string;
}

/** Everything to know about a program: how to ask it for its version, what is recent enough, and where it comes from. */
export interface ToolSpec {
  readonly program: string;
  readonly versionArgs: readonly string[];
  /** The oldest version that will do. */
  readonly floor: string;
  /** The first version that will not. */
  readonly ceiling: string;
  /** What is installed when nothing recent enough is there. */
  readonly pinned: string;
  readonly goPackage: string;
  /** How long a build from source usually takes without any cache. */
  readonly buildMinutes: number;
  /** Undefined where the project publishes nothing for this machine. */
  release(version: string, host: Host): Release | undefined;
}

const GO_ARCH: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
const GGCR_ARCH: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'arm64' };
const GGCR_OS: Readonly<Record<string, string>> = { linux: 'Linux', darwin: 'Darwin' };

function helmRelease(version: string, host: Host): Release | undefined {
  const arch = GO_ARCH[host.arch];
  if (arch === undefined || (host.os !== 'linux' && host.os !== 'darwin')) return undefined;
  const archive = `helm-v${version}-${host.os}-${arch}.tar.gz`;
  return {
    base: 'https://get.helm.sh/',
    archive,
    checksums: `${archive}.sha256sum`,
    member: `${host.os}-${arch}/helm`,
  };
}

function craneRelease(version: string, host: Host): Release | undefined {
  const [os, arch] = [GGCR_OS[host.os], GGCR_ARCH[host.arch]];
  if (os === undefined || arch === undefined) return undefined;
  return {
    base: `https://github.com/google/go-containerregistry/releases/download/v${version}/`,
    archive: `go-containerregistry_${os}_${arch}.tar.gz`,
    checksums: 'checksums.txt',
    member: 'crane',
  };
}

/**
 * The programs with the versions that will do. Helm before 3.19 resolves version constraints otherwise (Masterminds
 * semver 3.3), crane before 0.21.6 does not retry when it is throttled.
 */
export const TOOLS: Readonly<Record<ToolName, ToolSpec>> = {
  helm: {
    program: 'helm',
    versionArgs: ['version', '--template', '{{.Version}}'],
    floor: '3.19.0',
    ceiling: '5.0.0-0',
    pinned: '4.3.1',
    goPackage: 'helm.sh/helm/v4/cmd/helm',
    buildMinutes: 3,
    release: helmRelease,
  },
  crane: {
    program: 'crane',
    versionArgs: ['version'],
    floor: '0.21.6',
    ceiling: '1.0.0-0',
    pinned: '0.22.1',
    goPackage: 'github.com/google/go-containerregistry/cmd/crane',
    buildMinutes: 1,
    release: craneRelease,
  },
};

/** The oldest Go that can be asked to build the programs. */
export const OLDEST_GO = '1.24.0';

/**
 * What a program said about its version. `source` is a build from source that does not know it (crane: `(devel)`);
 * a version without a patch number (`v4.3`, how helm built by `go install` names itself) counts as patch 0.
 */
export type ToolVersion =
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'source' }
  | { readonly kind: 'unreadable'; readonly text: string };

/** Reads a version from what a program printed, wherever it stands in the text. Build metadata is dropped. */
export function parseToolVersion(output: string): ToolVersion {
  const text = output.trim();
  const found = /(?:^|[\s"])v?(\d+)\.(\d+)(?:\.(\d+))?(-[0-9A-Za-z.-]+)?/.exec(text);
  if (found !== null) {
    const [, major, minor, patch = '0', prerelease = ''] = found;
    const version = semver.valid(`${major}.${minor}.${patch}${prerelease}`);
    if (version !== null) return { kind: 'version', version };
  }
  return text === '(devel)' ? { kind: 'source' } : { kind: 'unreadable', text: text.split('\n')[0] ?? '' };
}

/** Whether a version will do, and if not, in which way. */
export function judgeVersion(spec: ToolSpec, version: string): 'fits' | 'too-old' | 'too-new' {
  if (semver.lt(version, spec.floor)) return 'too-old';
  return semver.gte(version, spec.ceiling) ? 'too-new' : 'fits';
}

/** Whether what a program reports can be the version it was installed as: patch numbers may be missing. */
export function reportsAs(reported: ToolVersion, installed: string): boolean {
  if (reported.kind === 'source') return true;
  if (reported.kind === 'unreadable') return false;
  const { version } = reported;
  return version === installed || version === `${semver.major(installed)}.${semver.minor(installed)}.0`;
}

/** The versions of a program among the cache's directory names (`<program>-<version>`) that will do, newest first. */
export function cachedVersions(spec: ToolSpec, names: readonly string[]): readonly string[] {
  const prefix = `${spec.program}-`;
  return names
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((version) => semver.valid(version) === version && judgeVersion(spec, version) === 'fits')
    .sort(semver.rcompare);
}

/** The version in what `go env GOVERSION` prints (`go1.26.8`), and whether it can build the programs. */
export function judgeGo(output: string): { readonly version: string; readonly recent: boolean } | undefined {
  const found = /^go(\d+)\.(\d+)(?:\.(\d+))?/.exec(output.trim());
  if (found === null) return undefined;
  const [, major, minor, patch = '0'] = found;
  const version = `${major}.${minor}.${patch}`;
  return { version, recent: semver.gte(version, OLDEST_GO) };
}

/**
 * The SHA-256 of a file as a checksum file in the format of `sha256sum` names it: lower-case hex, or undefined when it
 * has no entry for the file. Two different entries for one file count as none.
 */
export function checksumOf(file: string, checksums: string): string | undefined {
  const found = new Set<string>();
  for (const line of checksums.split(/\r?\n/)) {
    const entry = /^([0-9a-fA-F]{64}) [ *](?:\.\/)?(.+)$/.exec(line.trim());
    if (entry?.[2] === file && entry[1] !== undefined) found.add(entry[1].toLowerCase());
  }
  const [only] = found;
  return found.size === 1 ? only : undefined;
}
