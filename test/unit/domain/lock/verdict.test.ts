import { expect, it } from 'vitest';
import { judgeLocked } from '../../../../src/domain/lock/verdict.ts';
import { digestOf } from '../../../../src/domain/manifest.ts';

const [A, B] = [digestOf('a'), digestOf('b')];
const amd64 = { arch: 'linux/amd64', digest: A };

it('an image without digests is not locked', () => {
  expect(judgeLocked({ digests: [] }, [amd64])).toEqual({ kind: 'not-locked' });
});

it('each digest has to be there for its own architecture', () => {
  expect(judgeLocked({ digests: [amd64] }, [amd64, { arch: 'linux/arm64', digest: B }])).toEqual({ kind: 'same' });
  expect(judgeLocked({ digests: [amd64] }, [{ arch: 'linux/s390x', digest: A }])).toEqual({
    kind: 'differs',
    platforms: [{ arch: 'linux/amd64', locked: A, found: undefined }],
  });
  expect(judgeLocked({ digests: [amd64] }, [{ arch: 'linux/amd64', digest: B }])).toEqual({
    kind: 'differs',
    platforms: [{ arch: 'linux/amd64', locked: A, found: B }],
  });
});

it('two variants of one architecture are found by their digests', () => {
  const both = [
    { arch: 'linux/arm', digest: A },
    { arch: 'linux/arm', digest: B },
  ];
  expect(judgeLocked({ digests: both }, both.toReversed())).toEqual({ kind: 'same' });
});
