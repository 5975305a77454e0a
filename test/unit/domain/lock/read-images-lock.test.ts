import { describe, expect, it } from 'vitest';
import { formatImagesLock } from '../../../../src/domain/lock/images-lock.ts';
import { readImagesLock } from '../../../../src/domain/lock/read-images-lock.ts';
import { DT_LOCK_HEAD } from '../../../support/lock-samples.ts';

const A = `sha256:${'a'.repeat(64)}`;

/** As dt 0.4.12 writes it. */
const WRITTEN = `${DT_LOCK_HEAD}      - digest: ${A}
        arch: linux/amd64
  - name: one
    image: docker.io/library/one:1
    chart: "123"
    digests: []
`;

function lockOf(text: string): ReturnType<typeof readImagesLock> & { kind: 'lock' } {
  const read = readImagesLock(text);
  if (read.kind === 'lock') return read;
  throw new Error(read.reasons.join('; '));
}

function reasonsFor(text: string): readonly string[] {
  const read = readImagesLock(text);
  return read.kind === 'unreadable' ? read.reasons : [];
}

describe('reading a lock', () => {
  it.each([
    ['one with images', WRITTEN],
    ['one without images', WRITTEN.replace(/images:\n[\s\S]*/, 'images: []\n')],
    ['one without a version of the application', WRITTEN.replace('"1.10"', '""')],
    ['one whose texts look like other types', WRITTEN.replace('name: two', 'name: "yes"').replace('0.1.0', "'a: b'")],
  ])('gives back %s byte for byte', (_, text) => {
    expect(formatImagesLock(lockOf(text).lock)).toBe(text);
  });

  it('reads every field', () => {
    expect(lockOf(WRITTEN).lock).toEqual({
      generatedAt: '2026-11-22T04:15:22.711542594Z',
      generatedBy: 'Distribution Tooling for Helm',
      chart: { name: 'demo', version: '0.1.0', appVersion: '1.10' },
      images: [
        {
          ...{ name: 'two', image: '127.0.0.1:5971/apps/two:1.10', chart: 'demo' },
          digests: [{ digest: A, arch: 'linux/amd64' }],
        },
        { name: 'one', image: 'docker.io/library/one:1', chart: '123', digests: [] },
      ],
    });
  });

  it('keeps the spelling of numbers where texts are wanted', () => {
    const { chart } = lockOf(
      WRITTEN.replace('0.1.0', '1.10').replace('"1.10"', '0x1F').replace('name: demo', 'name: 007'),
    ).lock;
    expect(chart).toEqual({ name: '007', version: '1.10', appVersion: '0x1F' });
  });

  it('does not mind the order of the keys, keys that it does not know, and other styles', () => {
    const text = `# by hand
signature: { of: someone }
images:
- {arch: none, image: 'nginx', name: "n", chart: c, digests: [{arch: a/b, digest: "${A}", size: 3}]}
chart: {version: '1', name: c, home: x}
kind: "ImagesLock"
apiVersion: v0
`;
    expect(lockOf(text).lock).toEqual({
      ...{ generatedAt: '', generatedBy: '', chart: { name: 'c', version: '1', appVersion: '' } },
      images: [{ name: 'n', image: 'nginx', chart: 'c', digests: [{ digest: A, arch: 'a/b' }] }],
    });
  });

  it.each(['images:\n', 'images: ~\n', ''])('takes %j for no images', (images) => {
    expect(lockOf(WRITTEN.replace(/images:\n[\s\S]*/, images)).lock.images).toEqual([]);
  });

  it('takes missing digests for none', () => {
    expect(lockOf(WRITTEN.replace('    digests: []\n', '')).lock.images[1]?.digests).toEqual([]);
  });
});

describe('a lock that cannot be used', () => {
  it.each([
    ['apiVersion: v0', 'apiVersion: v1', 'apiVersion is "v1", not v0'],
    ['kind: ImagesLock', 'kind: [a]', 'kind is a list, not ImagesLock'],
    ['name: demo\n', 'name: ""\n', 'chart: name is "", not a text'],
    ['version: 0.1.0\n', 'version:\n', 'chart: version is null, not a text'],
    ['version: 0.1.0\n', 'version: {a: b}\n', 'chart: version is a map, not a text'],
    ['image: 127.0.0.1:5971/apps/two:1.10', 'image: Two:1', 'image 1 (two): image is "Two:1", not a reference'],
    ['image: 127.0.0.1:5971/apps/two:1.10', 'image:', 'image 1 (two): image is null, not a text'],
    ['chart: "123"', 'chart: []', 'image 2 (one): chart is a list, not a text'],
    [`digest: ${A}`, 'digest: sha256:abc', 'image 1 (two), digest 1: digest is "sha256:abc", not a digest'],
    [`digest: ${A}\n        `, '', 'image 1 (two), digest 1: digest is missing, not a digest'],
    ['        arch: linux/amd64\n', '', 'image 1 (two), digest 1: arch is missing, not a text'],
    ['digests: []', 'digests: none', 'image 2 (one): digests is "none", not a list'],
    ['digests: []', 'digests: [none]', 'image 2 (one), digest 1 is "none", not a map'],
    ['images:\n', 'images:\n  -\n', 'image 1 is null, not a map'],
  ])('says what is wrong where %j is %j', (before, after, reason) => {
    expect(WRITTEN).toContain(before);
    expect(reasonsFor(WRITTEN.replace(before, after))).toEqual([reason]);
  });

  it('says everything that is wrong at once', () => {
    const text = WRITTEN.replace('v0', '0').replace('0.1.0', '""').replace(A, 'x').replace('library/one:1', 'ONE');
    expect(reasonsFor(text)).toEqual([
      'apiVersion is "0", not v0',
      'chart: version is "", not a text',
      'image 1 (two), digest 1: digest is "x", not a digest',
      'image 2 (one): image is "docker.io/ONE", not a reference',
    ]);
  });

  it.each([
    ['an empty text', '', ['it is empty']],
    ['comments', '# nothing\n', ['it is empty']],
    ['several documents', `${WRITTEN}---\na: b\n`, ['it holds 2 documents, not one']],
    [
      'aliases',
      WRITTEN.replace('demo', '&a demo').replace('chart: demo', 'chart: *a'),
      ['it has aliases, which no lock needs'],
    ],
    ['a list', '- a\n', undefined],
    ['a word', 'lock\n', undefined],
    [
      'a key twice',
      WRITTEN.replace('kind', 'apiVersion'),
      ['it is not readable YAML: Map keys must be unique at line 2, column 1'],
    ],
    ['broken YAML', WRITTEN.replace('[]', '['), undefined],
    ['deep brackets', `a: ${'['.repeat(20000)}`, undefined],
  ])('is told from %s', (_, text, reasons) => {
    const found = reasonsFor(text);
    expect(found.length).toBeGreaterThan(0);
    expect(found.every((reason) => reason.length < 300 && !reason.includes('\n'))).toBe(true);
    if (reasons !== undefined) expect(found).toEqual(reasons);
  });

  it('shortens long values', () => {
    const [reason] = reasonsFor(WRITTEN.replace('v0', 'x'.repeat(100_000)));
    expect(reason).toHaveLength('apiVersion is , not v0'.length + 121);
  });
});
