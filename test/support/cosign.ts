import { spawnSync } from 'node:child_process';
import { execa } from 'execa';
import { requireTool } from './tools.ts';

/** Where cosign leaves a signature: under a tag, as a bundle that refers to the image, or in its first form as such a referrer. */
export const COSIGN_STYLES = ['tag', 'bundle', 'referrer'] as const;

export type CosignStyle = (typeof COSIGN_STYLES)[number];

/** cosign with keys and a home of its own, in a directory. It reaches loopback only. */
export interface Cosign {
  /** Makes `<name>.key` and `<name>.pub`, and gives the path of the latter. */
  makeKey(name: string): Promise<string>;
  /** Signs `host/path@digest` with a key that was made. */
  sign(name: string, image: string, style: CosignStyle): Promise<void>;
  /** What is wrong with the signature of an image, by the public key; undefined when it verifies. */
  verify(name: string, image: string, style: CosignStyle): Promise<string | undefined>;
  /** The same by the certificate of a bundle, and the trust root. */
  verifyIdentity(image: string, identity: string, issuer: string): Promise<string | undefined>;
}

function majorOf(cosign: string): number {
  const { stdout, stderr } = spawnSync(cosign, ['version'], { encoding: 'utf8', timeout: 30_000 });
  return Number(/GitVersion:\s+v(\d+)/.exec(`${stdout}${stderr}`)?.[1] ?? 3);
}

/** Sets cosign up in a directory that exists. `trustRoot`: any, which cosign 2 wants for every bundle. */
export function cosignIn(directory: string, trustRoot: string): Cosign {
  const cosign = requireTool('cosign');
  const isNew = majorOf(cosign) >= 3;
  const options = {
    cwd: directory,
    extendEnv: false,
    all: true,
    reject: false,
    timeout: 60_000,
  } as const;
  // what is not on loopback is not there
  const env = {
    HOME: directory,
    TMPDIR: directory,
    COSIGN_PASSWORD: 'x',
    HTTP_PROXY: 'http://127.0.0.1:9',
    HTTPS_PROXY: 'http://127.0.0.1:9',
    NO_PROXY: '127.0.0.1,localhost',
  };

  async function run(argv: readonly string[], style?: CosignStyle): Promise<string | undefined> {
    const more = style === 'referrer' ? { COSIGN_EXPERIMENTAL: '1' } : {};
    const { exitCode, all } = await execa(cosign, argv, { ...options, env: { ...env, ...more } });
    return exitCode === 0 ? undefined : all;
  }

  async function must(argv: readonly string[], style?: CosignStyle): Promise<void> {
    const wrong = await run(argv, style);
    if (wrong !== undefined) throw new Error(`cosign ${argv.join(' ')}: ${wrong}`);
  }

  function form(style: CosignStyle): readonly string[] {
    if (style === 'bundle') return isNew ? [] : ['--new-bundle-format'];
    return ['--new-bundle-format=false'];
  }

  return {
    async makeKey(name) {
      await must(['generate-key-pair', '--output-key-prefix', name]);
      return `${directory}/${name}.pub`;
    },
    sign(name, image, style) {
      const quiet = ['--yes', '--tlog-upload=false', ...(isNew ? ['--use-signing-config=false'] : [])];
      const place = style === 'referrer' ? ['--registry-referrers-mode', 'oci-1-1'] : [];
      return must(['sign', '--key', `${name}.key`, ...quiet, ...form(style), ...place, image], style);
    },
    verify(name, image, style) {
      const place = style === 'referrer' ? ['--experimental-oci11'] : [];
      const root = style === 'bundle' && !isNew ? ['--trusted-root', trustRoot] : [];
      const flags = ['--key', `${name}.pub`, '--insecure-ignore-tlog', ...form(style), ...place, ...root];
      return run(['verify', ...flags, image], style);
    },
    verifyIdentity(image, identity, issuer) {
      const who = ['--certificate-identity', identity, '--certificate-oidc-issuer', issuer];
      return run(['verify', '--trusted-root', trustRoot, ...who, ...form('bundle'), image]);
    },
  };
}
