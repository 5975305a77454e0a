import { describe, expect, it } from 'vitest';
import { formatGeneratedAt, formatImagesLock, type ImagesLock } from '../../../../src/domain/lock/images-lock.ts';
import { parseDigest } from '../../../../src/domain/reference.ts';
import { DT_LOCK_HEAD } from '../../../support/lock-samples.ts';

function digestOf(letter: string): NonNullable<ReturnType<typeof parseDigest>> {
  const digest = parseDigest(`sha256:${letter.repeat(64)}`);
  if (digest === undefined) throw new Error(`${letter} is no hex digit`);
  return digest;
}

const LOCK: ImagesLock = {
  generatedAt: '2026-11-22T04:15:22.711542594Z',
  generatedBy: 'Distribution Tooling for Helm',
  chart: { name: 'demo', version: '0.1.0', appVersion: '1.10' },
  images: [
    {
      name: 'two',
      image: '127.0.0.1:5971/apps/two:1.10',
      chart: 'demo',
      digests: [
        { digest: digestOf('a'), arch: 'linux/amd64' },
        { digest: digestOf('b'), arch: 'linux/arm64' },
      ],
    },
    { name: '1', image: 'docker.io/library/one:1', chart: 'sub', digests: [] },
  ],
};

describe('formatImagesLock', () => {
  it('writes the bytes of dt: its order of keys, its indentation, its quotes', () => {
    expect(formatImagesLock(LOCK)).toBe(`${DT_LOCK_HEAD}      - digest: sha256:${'a'.repeat(64)}
        arch: linux/amd64
      - digest: sha256:${'b'.repeat(64)}
        arch: linux/arm64
  - name: "1"
    image: docker.io/library/one:1
    chart: sub
    digests: []
`);
  });

  it('writes an empty list and an empty version of the application as dt does', () => {
    const chart = { ...LOCK.chart, appVersion: '' };
    expect(formatImagesLock({ ...LOCK, chart, images: [] })).toMatch(/\n {2}appVersion: ""\nimages: \[\]\n$/);
  });

  it('indents texts of several lines below their own key', () => {
    const [image] = LOCK.images;
    if (image === undefined) throw new Error('no image');
    const odd = { ...image, name: 'a\nb', digests: [{ digest: digestOf('c'), arch: 'x\ny\n' }] };
    expect(formatImagesLock({ ...LOCK, images: [odd] })).toBe(
      `${formatImagesLock({ ...LOCK, images: [] }).replace(' []\n', '\n')}  - name: |-
      a
      b
    image: 127.0.0.1:5971/apps/two:1.10
    chart: demo
    digests:
      - digest: sha256:${'c'.repeat(64)}
        arch: |
          x
          y
`,
    );
  });
});

describe('formatGeneratedAt', () => {
  it.each([
    [0, '1970-01-01T00:00:00Z'],
    [1707317372227, '2024-02-07T14:49:32.227Z'],
    [1707317372220, '2024-02-07T14:49:32.22Z'],
    [1707317372200, '2024-02-07T14:49:32.2Z'],
    [1707317370000, '2024-02-07T14:49:30Z'],
    [1707264000000, '2024-02-07T00:00:00Z'],
  ])('writes %d as %s', (milliseconds, text) => {
    expect(formatGeneratedAt(milliseconds)).toBe(text);
  });

  it.each([Number.NaN, 1e15, -1e15])('refuses %d, which is no moment that can be written', (milliseconds) => {
    expect(() => formatGeneratedAt(milliseconds)).toThrow(RangeError);
  });
});
