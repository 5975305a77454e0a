import { spawnSync } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { buildImage, type SyntheticImage } from '../../src/demo/synthetic-image.ts';
import { type BundleSample, blobEntry, bundlePath, MIB, textEntry, writeSample } from '../support/bundle-samples.ts';
import { startCraneRegistry } from '../support/registries.ts';
import { digestIn } from '../support/synthetic-images.ts';
import { describeUnless, describeWith, requireTool } from '../support/tools.ts';
import { inDirectory } from '../support/wrap-samples.ts';

const version = spawnSync('tar', ['--version'], { encoding: 'utf8' }).stdout ?? '';
const NO_TAR = version.includes('GNU tar') ? undefined : 'GNU tar not found: put tar on PATH';

const IMAGES: readonly (readonly [string, SyntheticImage])[] = [
  ['apps/web:1.0', buildImage('web', { attestations: true, layerBytes: 700_000 })],
  ['apps/db:2.0', buildImage('db', { format: 'docker', layerBytes: 300_000 })],
  ['apps/one:3.0', buildImage('one', { platforms: ['linux/amd64'], ownLayers: 3 })],
];

/** The layout of these images, each blob once, in the order that a bundle has it. */
function layoutOf(images: readonly (readonly [string, SyntheticImage])[]): BundleSample {
  const pieces = new Map(
    images
      .flatMap(([, { root, children, blobs }]) => [root, ...children, ...blobs])
      .map((one) => [one.digest, one.bytes]),
  );
  const manifests = images.map(([name, { root }]) => ({
    mediaType: root.mediaType,
    digest: root.digest,
    size: root.bytes.length,
    annotations: { 'org.opencontainers.image.ref.name': name },
  }));
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const entries = [
    textEntry('oci-layout', '{"imageLayoutVersion":"1.0.0"}'),
    textEntry('index.json', JSON.stringify({ schemaVersion: 2, mediaType, manifests })),
    ...[...pieces.values()].map(blobEntry),
  ];
  return { entries, pieces };
}

const LAYOUT = layoutOf(IMAGES);

// seen with skopeo 1.9.3: in a layout it finds no manifest list of Docker by its name, which crane does
const OCI_IMAGES = IMAGES.filter(([, { root }]) => root.mediaType.includes('oci'));

describeUnless(NO_TAR, 'GNU tar', () => {
  it('reads a bundle, whole and as joined parts', () =>
    inDirectory(async (directory) => {
      const path = bundlePath(directory);
      await writeSample(path, LAYOUT);
      const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', TZ: 'UTC' };
      const list = ['--numeric-owner', '--quoting-style=literal', '-tvf', path];
      const lines = (await execa('tar', list, { env, extendEnv: false })).stdout.split('\n');
      const expected = LAYOUT.entries.map((entry) => {
        const size = entry.kind === 'text' ? entry.data.length : entry.size;
        return `-rw-r--r-- 0/0 ${size} 2020-09-13 12:26 ${entry.name}`;
      });
      const [first, ...others] = lines.map((line) => line.replace(/ +/g, ' '));
      expect(first).toMatch(/ airgap-charts\/bundle-size\.json$/);
      expect(others).toEqual(expected);

      const split = join(directory, 'split');
      const { parts } = await writeSample(split, LAYOUT, { partBytes: MIB + 77 });
      expect(parts.length).toBeGreaterThan(1);
      await mkdir(join(directory, 'out'));
      await execa('sh', ['-c', 'cat "$0".0* | tar --no-same-owner -xf - -C "$1"', split, join(directory, 'out')]);
      for (const { kind, name } of LAYOUT.entries) {
        if (kind === 'blob')
          await execa('sh', [
            '-c',
            'test "$(sha256sum < "$0")" = "$1  -"',
            join(directory, 'out', name),
            name.slice(13),
          ]);
      }
      expect(await readFile(join(directory, 'out', 'oci-layout'), 'utf8')).toBe('{"imageLayoutVersion":"1.0.0"}');
    }));

  it('sha256sum checks the list of a bundle in parts', () =>
    inDirectory(async (directory) => {
      await writeSample(join(directory, 'b'), LAYOUT, { partBytes: MIB });
      await writeSample(join(directory, 'with\nbreak and \\'), LAYOUT);
      for (const name of ['b', 'with\nbreak and \\']) {
        await execa('sh', ['-c', 'sha256sum --check --strict --quiet "$0.sha256"', name], { cwd: directory });
      }
    }));
});

describeWith(['skopeo'], 'skopeo', () => {
  it('finds every image of OCI in a bundle by its name', () =>
    inDirectory(async (directory) => {
      const path = bundlePath(directory);
      await writeSample(path, LAYOUT);
      for (const [name, { root }] of OCI_IMAGES) {
        const argv = ['inspect', '--raw', `oci-archive:${path}:${name}`];
        const { stdout } = await execa(requireTool('skopeo'), argv, {
          env: { TMPDIR: directory },
          stripFinalNewline: false,
        });
        expect(Buffer.from(stdout).equals(root.bytes)).toBe(true);
      }
    }));

  it('copies an image out of a bundle, digest for digest', () =>
    inDirectory(async (directory) => {
      const path = bundlePath(directory);
      await writeSample(path, LAYOUT);
      const out = join(directory, 'out');
      for (const [name, { root }] of OCI_IMAGES) {
        const to = `dir:${out}`;
        const argv = [
          '--insecure-policy',
          'copy',
          '--quiet',
          '--all',
          '--preserve-digests',
          `oci-archive:${path}:${name}`,
          to,
        ];
        await execa(requireTool('skopeo'), argv, { env: { TMPDIR: directory } });
        expect((await readFile(join(out, 'manifest.json'))).equals(root.bytes)).toBe(true);
      }
    }));
});

describeWith(['crane'], 'crane', () => {
  it('pushes the layout of a bundle, and the images have their digests', () =>
    inDirectory(async (directory) => {
      const registry = await startCraneRegistry();
      try {
        for (const [name, image] of IMAGES) {
          const path = join(directory, name.replaceAll(/[/:]/g, '-'));
          await writeSample(path, layoutOf([[name, image]]));
          await mkdir(`${path}.d`);
          await execa('tar', ['--no-same-owner', '-xf', path, '-C', `${path}.d`]);
          const [repository = '', tag = ''] = name.split(':');
          await execa(requireTool('crane'), ['push', '--insecure', `${path}.d`, `${registry.host}/${name}`]);
          expect(await digestIn(registry.url, repository, tag)).toBe(image.root.digest);
        }
      } finally {
        await registry.stop();
      }
    }));
});
