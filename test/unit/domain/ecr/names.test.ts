import { describe, expect, it } from 'vitest';
import { type Named, repositoryNameProblem, tagProblem } from '../../../../src/domain/ecr/names.ts';

type Kind = Parameters<typeof repositoryNameProblem>[1];

function text(problem: ReturnType<typeof tagProblem>): string {
  return problem === undefined ? 'fine' : `${problem.message} | ${problem.hint}`;
}

describe('the name of a repository', () => {
  it.each<[string, Kind]>([
    ['ab', 'private'],
    ['0/9', 'private'],
    ['mirror/library/nginx', 'private'],
    ['a.b/a_b/a__b/a-b/a----b', 'private'],
    ['a'.repeat(256), 'private'],
    ['ab', 'public'],
    ['a.b/a_b/a-b', 'public'],
    [`${'a'.repeat(100)}/${'b'.repeat(104)}`, 'public'],
  ])('%s is fine (%s)', (name, kind) => {
    expect(repositoryNameProblem(name, kind)).toBeUndefined();
  });

  it.each<[string, Kind, string]>([
    ['a__b', 'public', '"a__b" in the repository name "a__b" is no name: it has "__"'],
    ['x/a--b', 'public', '"a--b" in the repository name "x/a--b" is no name: it has "--"'],
    ['a--b___c', 'private', 'it has "___"'],
    ['a.-b', 'private', 'it has ".-"'],
    ['x/Redis/y', 'private', '"Redis" in the repository name "x/Redis/y" is no name: it has "R"'],
    ['host:5000/x', 'private', 'it has ":"'],
    ['x/-a', 'private', 'it begins or ends with no letter or digit'],
    ['x/a_', 'private', 'it begins or ends with no letter or digit'],
    ['x//y', 'private', 'the repository name "x//y" has a part without a character'],
    ['x/', 'public', 'the repository name "x/" has a part without a character'],
  ])('%s is refused (%s), with the part that is wrong', (name, kind, message) => {
    expect(text(repositoryNameProblem(name, kind))).toContain(message);
  });

  it('says what the registry takes, and the way out', () => {
    expect(text(repositoryNameProblem('a__b', 'public'))).toBe(
      '"a__b" in the repository name "a__b" is no name: it has "__", and Amazon ECR Public takes lower case letters and digits with one ".", "_" or "-" between them | mirror it to another registry, or leave its chart out with --exclude-addons',
    );
    expect(text(repositoryNameProblem('Nginx', 'private', 'chart'))).toBe(
      '"Nginx" in the repository name "Nginx" is no name: it has "N", and Amazon ECR takes lower case letters and digits with ".", "_", "__" or hyphens between them | change the path in --target-registry or oci_namespace in the catalog, or leave it out with --exclude-addons',
    );
  });

  it.each<[string, Kind, Named, string]>([
    [
      'a',
      'private',
      'image',
      'is too short: Amazon ECR takes no less than 2 characters | put a path before it with --target-prefix',
    ],
    ['', 'private', 'image', 'the repository name "" is too short'],
    [
      'a',
      'public',
      'chart',
      'is too short: Amazon ECR Public takes no less than 2 characters | put a path before it in --target-registry',
    ],
    ['a'.repeat(257), 'private', 'image', 'has 257 characters, and Amazon ECR takes 256 | shorten --target-prefix'],
    [
      'a'.repeat(206),
      'public',
      'image',
      'has 206 characters, and Amazon ECR Public takes 205 | shorten --target-prefix',
    ],
    ['a'.repeat(206), 'public', 'chart', 'or oci_namespace in the catalog'],
  ])('has a length (%s, %s, %s)', (name, kind, of, message) => {
    expect(text(repositoryNameProblem(name, kind, of))).toContain(message);
  });
});

describe('a tag', () => {
  it.each(['1.2.3', '_x', '1.2.3_build.5', 'A'.repeat(128)])('%s is fine', (tag) => {
    expect(tagProblem(tag)).toBeUndefined();
  });

  it.each<[string, Named, string]>([
    [
      '1.2.3+build',
      'image',
      'the tag "1.2.3+build" has "+", which no registry takes in a tag | leave its chart out with --exclude-addons',
    ],
    [
      'a'.repeat(129),
      'chart',
      'has 129 characters, and registries take 128 | choose another --chart-version-suffix, or leave the chart out with --exclude-addons',
    ],
    ['-x', 'image', 'the tag "-x" begins with "-" |'],
    ['', 'image', 'a tag is empty |'],
  ])('%s is refused for an %s', (tag, of, message) => {
    expect(text(tagProblem(tag, of))).toContain(message);
  });
});
