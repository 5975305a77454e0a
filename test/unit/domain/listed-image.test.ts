import { describe, expect, it } from 'vitest';
import { readImageList } from '../../../src/config/image-list.ts';
import { plannedCopies } from '../../../src/domain/listed-image.ts';
import type { NamingRule } from '../../../src/domain/plan/destination.ts';
import { formatReference } from '../../../src/domain/reference.ts';

const DIGEST = `sha256:${'0123456789ab'.padEnd(64, 'c')}`;
const NAMING: NamingRule = { registry: 'r.example/team', prefix: 'm', imagePath: 'source' };

/** `source → destination`, with the lines that ask for it. */
function copiesOf(text: string, naming: NamingRule = NAMING): readonly string[] {
  const { images } = readImageList(text, 'images.txt');
  return plannedCopies(images, naming).map(({ source, destination, places }) => {
    expect(destination.digest).toBeUndefined();
    const lines = places.map(({ line }) => line).join(',');
    return `${formatReference(source)} → ${formatReference(destination)} ${lines}`;
  });
}

describe('the copies of a list', () => {
  it.each([
    ['by the name of the source', 'quay.io/a/b:1', 'quay.io/a/b:1 → r.example/team/m/a/b:1 1'],
    ['a short name', 'nginx', 'docker.io/library/nginx → r.example/team/m/library/nginx:latest 1'],
    ['a digest alone', `quay.io/a/b@${DIGEST}`, `quay.io/a/b@${DIGEST} → r.example/team/m/a/b:mirrored-0123456789ab 1`],
    ['tag and digest', `quay.io/a/b:1@${DIGEST}`, `quay.io/a/b:1@${DIGEST} → r.example/team/m/a/b:1 1`],
    [
      'to a target of their own, without path and prefix',
      'quay.io/a/b:1 r.example/x:2',
      'quay.io/a/b:1 → r.example/x:2 1',
    ],
    ['to a target without a tag', 'quay.io/a/b:1 r.example/x', 'quay.io/a/b:1 → r.example/x:1 1'],
    ['without any tag', 'quay.io/a/b r.example/x', 'quay.io/a/b → r.example/x:latest 1'],
    [
      'of a digest to a target without a tag',
      `quay.io/a/b@${DIGEST} r.example/x`,
      `quay.io/a/b@${DIGEST} → r.example/x:mirrored-0123456789ab 1`,
    ],
  ])('go %s', (_, text, expected) => {
    expect(copiesOf(text)).toEqual([expected]);
  });

  it('keep the host of the source where that is asked for', () => {
    expect(copiesOf('nginx:1\nquay.io/a/b:1 r.example/x', { ...NAMING, imagePath: 'host' })).toEqual([
      'docker.io/library/nginx:1 → r.example/team/m/docker.io/library/nginx:1 1',
      'quay.io/a/b:1 → r.example/x:1 2',
    ]);
  });

  it('are made once for lines that ask for the same, in whatever spelling, and know all of them', () => {
    const list = 'nginx:1\nquay.io/a/b:1\ndocker.io/library/nginx:1\nnginx:1 r.example/team/m/library/nginx\n';
    expect(copiesOf(list)).toEqual([
      'docker.io/library/nginx:1 → r.example/team/m/library/nginx:1 1,3,4',
      'quay.io/a/b:1 → r.example/team/m/a/b:1 2',
    ]);
  });

  it('of one source may go to two places', () => {
    expect(copiesOf('nginx:1\nnginx:1 r.example/web:1\nnginx:1 r.example/web:2\n')).toEqual([
      'docker.io/library/nginx:1 → r.example/team/m/library/nginx:1 1',
      'docker.io/library/nginx:1 → r.example/web:1 2',
      'docker.io/library/nginx:1 → r.example/web:2 3',
    ]);
  });

  it('of two sources to one place are two: their content decides', () => {
    expect(copiesOf('quay.io/a/b:1\nghcr.io/a/b:1\n')).toHaveLength(2);
  });
});
