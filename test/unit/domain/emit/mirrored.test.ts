import { describe, expect, it } from 'vitest';
import { mirroredOf, targetBeginnings } from '../../../../src/domain/emit/mirrored.ts';
import { digestNotes, moveNotes, repositoryMoves } from '../../../../src/domain/emit/moves.ts';
import { formatReference } from '../../../../src/domain/reference.ts';
import type { ChartStatus, ImageStatus } from '../../../../src/domain/report/report.ts';
import { chart, digestOf, doneReport, image } from '../../../support/emit-reports.ts';

const TARGET = 'registry.example.com/platform';
const IMAGES: readonly ImageStatus[] = [
  ...(['copied', 'present', 'present-unverified', 'kept', 'to-copy', 'unconfirmed'] as const),
  ...(['refused', 'failed', 'not-needed', 'unfinished'] as const),
];
const CHARTS: readonly ChartStatus[] = [
  ...(['pushed', 'pushed-unproven', 'present', 'present-unproven', 'ready', 'ready-unproven'] as const),
  ...(['failed', 'refused', 'not-proven', 'unfinished'] as const),
];

describe('what is at the target', () => {
  it('is what ended well, and nothing else', () => {
    const { images, charts } = mirroredOf(
      doneReport({
        images: IMAGES.map((status) => image(`quay.io/a/${status}:1`, `${TARGET}/a/${status}:1`, { status })),
        charts: CHARTS.map((status) => chart(status, `oci://${TARGET}/${status}:1.0.0`, { status })),
      }),
    );
    expect(images.map(({ source }) => formatReference(source))).toEqual([
      'quay.io/a/copied:1',
      'quay.io/a/kept:1',
      'quay.io/a/present-unverified:1',
      'quay.io/a/present:1',
    ]);
    expect(charts.map(({ name }) => name)).toEqual(['present', 'pushed']);
  });

  it('has no digest where nobody has compared it', () => {
    const [one] = mirroredOf(
      doneReport({ images: [image('a:1', `${TARGET}/library/a:1`, { status: 'present-unverified' })] }),
    ).images;
    expect(one?.digest).toBeUndefined();
  });

  it('tells of rows that cannot be read', () => {
    const report = doneReport({
      images: [image('not a reference', `${TARGET}/a:1`)],
      charts: [chart('shop', ''), chart('web', `oci://${TARGET}/web`)],
    });
    expect(mirroredOf(report)).toMatchObject({
      images: [],
      charts: [],
      unreadable: ['image not a reference: no reference', 'chart shop: no destination', 'chart web: no destination'],
    });
  });

  it('begins with the target and a slash', () => {
    expect(targetBeginnings('registry.example.com')).toEqual(['registry.example.com/']);
    expect(targetBeginnings('localhost:5000/a/b')).toEqual(['localhost:5000/a/b/']);
    expect(targetBeginnings('index.docker.io/team')).toEqual(['docker.io/team/', 'team/']);
  });
});

describe('rules by repository', () => {
  it('join the tags of a repository, and follow it to another path', () => {
    const report = doneReport({
      images: [
        image('quay.io/a/b:1', `${TARGET}/x/b:1`),
        image('quay.io/a/b:2', `${TARGET}/x/b:2`),
        image('quay.io/a/b:2', `${TARGET}/y/b:2`),
      ],
    });
    const moves = repositoryMoves(mirroredOf(report).images);
    expect(moves.map(({ destination, images }) => [destination, images.length])).toEqual([[`${TARGET}/x/b`, 2]]);
    // the one that goes to two places is found at one of them
    expect(moveNotes(moves)).toEqual([]);
  });

  it('say nothing of what holds by tag and by digest', () => {
    const report = doneReport({ images: [image(`quay.io/a/b:1@${digestOf('a')}`, `${TARGET}/a/b:1`)] });
    const { images } = mirroredOf(report);
    expect([...moveNotes(repositoryMoves(images)), ...digestNotes(images)]).toEqual([]);
  });
});
