import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/domain/manifest.ts';
import {
  createRecord,
  formatRecord,
  type ImageRecord,
  RECORD_LIMIT,
  type RecordedImage,
  readRecord,
} from '../../../../src/domain/records/record.ts';

const CHART = digestOf('chart');

function image(repository: string, tag: string | undefined, parts: Partial<RecordedImage> = {}): RecordedImage {
  return { repository, tag, digest: undefined, how: 'conditional', ...parts };
}

function recordOf(...images: readonly RecordedImage[]): ImageRecord {
  return { chart: 'web', chartVersion: '1.0.0', chartDigest: CHART, images };
}

const RENDERED = image('m/org/web', '1.2.3', { digest: digestOf('web'), how: 'rendered' });

describe('a record', () => {
  it('is read as it was written', () => {
    const record = createRecord(recordOf(RENDERED, image('m/org/side', '2'), image('m/org/any', undefined)));
    expect(readRecord(Buffer.from(formatRecord(record)))).toEqual({ kind: 'record', record });
  });

  it('has the same bytes in whatever order its images were found, and however often', () => {
    const images = [
      RENDERED,
      image('m/org/side', '2'),
      image('m/a', '1'),
      image('m/a', '1', { digest: digestOf('a') }),
    ];
    const text = formatRecord(recordOf(...images));
    expect(formatRecord(recordOf(...images.toReversed(), ...images))).toBe(text);
    expect(text).not.toMatch(/20\d\d-/);
  });

  it('names no image as conditional that it names as rendered', () => {
    const { images } = createRecord(recordOf(image('m/org/web', '1.2.3'), RENDERED));
    expect(images).toEqual([RENDERED]);
  });
});

describe('what is not understood', () => {
  function changed(change: (record: Record<string, unknown>) => unknown): ReturnType<typeof readRecord> {
    const record = JSON.parse(formatRecord(recordOf(RENDERED))) as Record<string, unknown>;
    return readRecord(Buffer.from(JSON.stringify(change(record))));
  }

  function withImage(fields: Record<string, unknown>): ReturnType<typeof readRecord> {
    const whole = { repository: 'a/b', tag: '1', digest: null, how: 'rendered' };
    return changed((record) => ({ ...record, images: [{ ...whole, ...fields }] }));
  }

  it.each([
    ['another format', () => changed((record) => ({ ...record, version: 2 })), 'it has the format 2'],
    ['no format', () => changed(({ version, ...record }) => record), 'it has the format none'],
    ['no list', () => changed((record) => ({ ...record, images: {} })), 'it has no list of images'],
    [
      'no digest of the chart',
      () => changed((record) => ({ ...record, chartDigest: 'sha256:1' })),
      'the digest of the chart is no digest',
    ],
    ['no map', () => changed(() => []), 'it is no map'],
    [
      'a repository that is none',
      () => withImage({ repository: 'A/b' }),
      'the repository of image 0 is no repository name',
    ],
    ['a tag that is none', () => withImage({ tag: 'a b' }), 'the tag of image 0 is no tag'],
    ['a tag left out', () => withImage({ tag: undefined }), 'the tag of image 0 is no text'],
    ['a digest that is none', () => withImage({ digest: 'abc' }), 'the digest of image 0 is no digest'],
    ['an unknown kind', () => withImage({ how: 'perhaps' }), 'image 0 is neither rendered nor conditional'],
  ])('%s makes the record unreadable', (_, read, reason) => {
    expect(read()).toEqual({ kind: 'unreadable', reason });
  });

  it('text that is no JSON, and too much of it, makes the record unreadable', () => {
    expect(readRecord(Buffer.from('images:'))).toEqual({ kind: 'unreadable', reason: 'it is no JSON' });
    expect(readRecord(Buffer.alloc(RECORD_LIMIT + 1)).kind).toBe('unreadable');
  });

  it('further keys are left alone', () => {
    expect(changed((record) => ({ ...record, more: true })).kind).toBe('record');
  });
});
