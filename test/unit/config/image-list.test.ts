import { describe, expect, it } from 'vitest';
import { foreignTargets, readImageList } from '../../../src/config/image-list.ts';
import { formatProblem } from '../../../src/config/problems.ts';
import { formatReference } from '../../../src/domain/reference.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

/** `line:column source`, with the target behind it where the list names one. */
function imagesOf(text: string): readonly string[] {
  const { images, problems } = readImageList(text, 'images.txt');
  expect(problems.map(formatProblem)).toEqual([]);
  return images.map(({ source, target, place }) => {
    expect([place.file, place.key]).toEqual(['images.txt', undefined]);
    const words = target === undefined ? [source] : [source, target];
    return `${place.line}:${place.column} ${words.map(formatReference).join(' ')}`;
  });
}

function problemsOf(text: string): readonly string[] {
  return readImageList(text, 'images.txt').problems.map(formatProblem);
}

describe('a list of images', () => {
  it.each([
    ['one reference a line', 'quay.io/a/b:1\nquay.io/a/c:2\n', ['1:1 quay.io/a/b:1', '2:1 quay.io/a/c:2']],
    ['no end of the last line', 'quay.io/a/b:1', ['1:1 quay.io/a/b:1']],
    ['short names of Docker Hub', 'nginx\nteam/app:1', ['1:1 docker.io/library/nginx', '2:1 docker.io/team/app:1']],
    [
      'digests',
      `quay.io/a/b@${DIGEST}\nquay.io/a/b:1@${DIGEST}`,
      [`1:1 quay.io/a/b@${DIGEST}`, `2:1 quay.io/a/b:1@${DIGEST}`],
    ],
    ['a host with a port', 'localhost:5000/a:1', ['1:1 localhost:5000/a:1']],
    ['empty lines and lines of blanks', '\n  \n\t\nquay.io/a/b:1\n\n', ['4:1 quay.io/a/b:1']],
    [
      'remarks, on lines of their own and behind',
      '# all\n  # more\nquay.io/a/b:1 # x y z\nquay.io/a/c:1#z',
      ['3:1 quay.io/a/b:1', '4:1 quay.io/a/c:1'],
    ],
    ['a source and a target', 'quay.io/a/b:1 r.example/x/y:2', ['1:1 quay.io/a/b:1 r.example/x/y:2']],
    ['a target without a tag', 'quay.io/a/b:1\tr.example/x/y # z', ['1:1 quay.io/a/b:1 r.example/x/y']],
    ['blanks before and between', '   quay.io/a/b:1    r.example/x   \n', ['1:4 quay.io/a/b:1 r.example/x']],
    [
      'lines that end as in Windows',
      '# x\r\nquay.io/a/b:1\r\nquay.io/a/c:1 r.example/c\r\n',
      ['2:1 quay.io/a/b:1', '3:1 quay.io/a/c:1 r.example/c'],
    ],
    ['lines that end as in old times', 'quay.io/a/b:1\rquay.io/a/c:1\r', ['1:1 quay.io/a/b:1', '2:1 quay.io/a/c:1']],
    ['a byte order mark', '\uFEFFquay.io/a/b:1\n', ['1:1 quay.io/a/b:1']],
    [
      'one source twice: both lines',
      'nginx:1\nnginx:1',
      ['1:1 docker.io/library/nginx:1', '2:1 docker.io/library/nginx:1'],
    ],
  ])('may have %s', (_, text, expected) => {
    expect(imagesOf(text)).toEqual(expected);
  });
});

describe('a bad list of images', () => {
  it.each([
    [
      'a word that is no reference',
      'quay.io/Team/app:1',
      ['images.txt:1:1: "quay.io/Team/app:1" is no image reference, write it like quay.io/team/app:1.2.3'],
    ],
    [
      'schemes',
      'docker://nginx:1\noci://quay.io/a/b:1\nhttps://quay.io/a/b',
      [
        'images.txt:1:1: "docker://nginx:1" begins with docker://, leave that out: write it like quay.io/team/app:1.2.3',
        'images.txt:2:1: "oci://quay.io/a/b:1" begins with oci://, leave that out: write it like quay.io/team/app:1.2.3',
        'images.txt:3:1: "https://quay.io/a/b" begins with https://, leave that out: write it like quay.io/team/app:1.2.3',
      ],
    ],
    [
      'a scheme in front of a target',
      'nginx:1 docker://r.example/nginx:1',
      [
        'images.txt:1:9: "docker://r.example/nginx:1" begins with docker://, leave that out: write it like quay.io/team/app:1.2.3',
      ],
    ],
    [
      'a digest that is none',
      'quay.io/a/b@sha256:123',
      ['images.txt:1:1: "quay.io/a/b@sha256:123" is no image reference, write it like quay.io/team/app:1.2.3'],
    ],
    [
      'a target with a digest',
      `nginx:1 r.example/nginx@${DIGEST}`,
      [
        `images.txt:1:9: the target "r.example/nginx@${DIGEST.slice(0, 61)}..." names a digest, leave it out: the source decides the digest`,
      ],
    ],
    [
      'three words, at the third',
      'nginx:1 r.example/nginx:1  and more',
      ['images.txt:1:28: there are more than two words, write SOURCE or SOURCE TARGET'],
    ],
    [
      'everything at once, each at its place',
      '# a\nnginx:1\n  a:b:c  docker://x\n\nA r.example/a:1 x\nquay.io/a/b:1 r.example/b:!',
      [
        'images.txt:3:3: "a:b:c" is no image reference, write it like quay.io/team/app:1.2.3',
        'images.txt:3:10: "docker://x" begins with docker://, leave that out: write it like quay.io/team/app:1.2.3',
        'images.txt:5:1: "A" is no image reference, write it like quay.io/team/app:1.2.3',
        'images.txt:5:17: there are more than two words, write SOURCE or SOURCE TARGET',
        'images.txt:6:15: "r.example/b:!" is no image reference, write it like quay.io/team/app:1.2.3',
      ],
    ],
    [
      'a login, which is not shown, and what could redraw a terminal',
      'docker://bob:hunter2@quay.io/a/b\nquay.io/\u001b[2J',
      [
        'images.txt:1:1: "docker://***@quay.io/a/b" begins with docker://, leave that out: write it like quay.io/team/app:1.2.3',
        'images.txt:2:1: "quay.io/\\u001b[2J" is no image reference, write it like quay.io/team/app:1.2.3',
      ],
    ],
    ['nothing', '', ['--images: images.txt names no image, write one reference a line']],
    ['remarks only', '\uFEFF# one\r\n  # two\r\n', ['--images: images.txt names no image, write one reference a line']],
  ])('says what to write instead: %s', (_, text, messages) => {
    expect(problemsOf(text)).toEqual(messages);
  });

  it('still has the images of its good lines', () => {
    const { images } = readImageList('nginx:1\nA\nquay.io/a/b:1 r.example/b:1 x', 'images.txt');
    expect(images.map(({ source }) => formatReference(source))).toEqual(['docker.io/library/nginx:1']);
  });
});

describe('targets that a list names', () => {
  const foreign = (text: string, host: string): readonly string[] =>
    foreignTargets(readImageList(text, 'images.txt').images, host).map(formatProblem);

  it('may be anywhere at the target registry', () => {
    expect(foreign('nginx:1\nnginx:1 r.example/a\nnginx:1 R.example/b/c:2', 'r.example')).toEqual([]);
    expect(foreign('nginx:1 localhost:5000/a', 'localhost:5000')).toEqual([]);
    expect(foreign('quay.io/a/b:1 team/b:1', 'docker.io')).toEqual([]);
  });

  it('are refused at another one, each at its line', () => {
    expect(
      foreign('nginx:1\n nginx:1 other.example/a\nnginx:1 team/a:1\nnginx:1 r.example:5000/a', 'r.example'),
    ).toEqual([
      'images.txt:2:2: the target is at other.example, and the target registry is r.example, name it with r.example/, or run once for each registry',
      'images.txt:3:1: the target is at docker.io, and the target registry is r.example, name it with r.example/, or run once for each registry',
      'images.txt:4:1: the target is at r.example:5000, and the target registry is r.example, name it with r.example/, or run once for each registry',
    ]);
  });
});
