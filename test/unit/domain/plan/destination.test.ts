import { describe, expect, it } from 'vitest';
import {
  chartRepository,
  destinationOf,
  destinationTag,
  flatName,
  joinPath,
  type NamingRule,
  relocatedText,
  repositoryProblem,
  splitTarget,
  targetBase,
} from '../../../../src/domain/plan/destination.ts';
import { type Digest, formatReference, parseReference, type Reference } from '../../../../src/domain/reference.ts';

const HEX = '0123456789ab'.padEnd(64, 'c');
const DIGEST = `sha256:${HEX}` as Digest;
const CHILD = `sha256:${'d'.repeat(64)}` as Digest;

function reference(text: string): Reference {
  const parsed = parseReference(text);
  if (parsed === undefined) throw new Error(`${text} is a reference`);
  return parsed;
}

function rule(registry: string, prefix = '', imagePath: NamingRule['imagePath'] = 'source'): NamingRule {
  return { registry, prefix, imagePath };
}

const ECR = '111122223333.dkr.ecr.us-east-1.amazonaws.com';

describe('where an image goes', () => {
  it.each([
    ['registry, prefix, source path', 'quay.io/org/app:1', rule('r.example', 'mirror'), 'r.example/mirror/org/app:1'],
    ['no prefix', 'quay.io/org/app:1', rule(ECR), `${ECR}/org/app:1`],
    ['a short Docker Hub name', 'nginx:1', rule('r.example', 'm'), 'r.example/m/library/nginx:1'],
    ['a registry with a path', 'quay.io/a:1', rule('r.example/team/x', 'm'), 'r.example/team/x/m/a:1'],
    ['a registry with a port', 'quay.io/a:1', rule('localhost:5000', 'm'), 'localhost:5000/m/a:1'],
    ['stray slashes count once', 'quay.io/a:1', rule('r.example/team/', '/m/n/'), 'r.example/team/m/n/a:1'],
    ['host mode keeps the host', 'quay.io/a:1', rule('r.example', 'm', 'host'), 'r.example/m/quay.io/a:1'],
    ['host mode of Docker Hub', 'nginx:1', rule('r.example', '', 'host'), 'r.example/docker.io/library/nginx:1'],
    ['host mode of a port', 'reg.corp:5000/a:1', rule('r.example', '', 'host'), 'r.example/reg.corp-5000/a:1'],
    ['a flat name', 'quay.io/a/b-c/d:1', rule('docker.io/me', '', 'flat'), 'docker.io/me/a--b-c--d:1'],
    ['a flat name of one word', 'quay.io/a:1', rule('docker.io/me', '', 'flat'), 'docker.io/me/a:1'],
    ['a flat official name', 'nginx:1', rule('docker.io/me', '', 'flat'), 'docker.io/me/library--nginx:1'],
    ['a flat name with a prefix', 'quay.io/a/b:1', rule('r.example/x', 'm/n', 'flat'), 'r.example/x/m--n--a--b:1'],
    ['a flat name with its host', 'reg.corp:50/a:1', rule('r.example', '', 'flat-host'), 'r.example/reg.corp-50--a:1'],
    ['no tag is latest', 'quay.io/a', rule('r.example'), 'r.example/a:latest'],
    ['a digest alone', `quay.io/a@${DIGEST}`, rule('r.example'), 'r.example/a:mirrored-0123456789ab'],
    ['tag and digest', `quay.io/a:1@${DIGEST}`, rule('r.example'), 'r.example/a:1'],
  ])('%s', (_, source, naming, destination) => {
    expect(formatReference(destinationOf(reference(source), naming))).toBe(destination);
  });

  it('tags content of other digest algorithms by its own digits', () => {
    expect(destinationTag(reference(`a@sha512:${'9'.repeat(128)}`))).toBe('mirrored-999999999999');
  });

  it('never gives a destination a digest, since it is pushed by tag', () => {
    expect(destinationOf(reference(`a:1@${DIGEST}`), rule('r.example')).digest).toBeUndefined();
  });

  it('says which destinations are no repository names', () => {
    const host = destinationOf(reference('[::1]:5000/a'), rule('r.example', '', 'host'));
    expect(repositoryProblem(host.repository)).toMatch(/is not a repository name$/);
    expect(repositoryProblem('m/library/nginx')).toBeUndefined();
    expect(repositoryProblem('m/UPPER')).toBe('m/UPPER is not a repository name');
  });
});

describe('what a relocated chart must say', () => {
  const none = new Map<Digest, Digest>();

  it.each([
    ['a tag stays', 'quay.io/org/app:1', `r.example/m/org/app:1`],
    ['no tag stays no tag', 'quay.io/org/app', `r.example/m/org/app`],
    ['a digest stays', `quay.io/org/app@${DIGEST}`, `r.example/m/org/app@${DIGEST}`],
    ['tag and digest stay', `org/app:1@${DIGEST}`, `r.example/m/org/app:1@${DIGEST}`],
    ['a short name is spelled out', 'nginx', 'r.example/m/library/nginx'],
  ])('%s', (_, source, text) => {
    expect(relocatedText(reference(source), rule('r.example', 'm'), none)).toBe(text);
  });

  it('names the digest that was copied where that is another', () => {
    const copied = new Map([[DIGEST, CHILD]]);
    expect(relocatedText(reference(`a/b:1@${DIGEST}`), rule('r.example'), copied)).toBe(`r.example/a/b:1@${CHILD}`);
    expect(relocatedText(reference(`a/b:1@${CHILD}`), rule('r.example'), copied)).toBe(`r.example/a/b:1@${CHILD}`);
  });

  it('moves a registry alone to the target with its prefix', () => {
    const base: Reference = { registry: 'docker.io', repository: '', tag: undefined, digest: undefined };
    expect(relocatedText(base, rule('r.example/t', 'm'), none)).toBe('r.example/t/m');
    expect(relocatedText(base, rule('r.example'), none)).toBe('r.example');
  });
});

describe('paths', () => {
  it('splits host and path of a target', () => {
    expect(splitTarget('r.example:5000')).toEqual({ host: 'r.example:5000', path: '' });
    expect(splitTarget('r.example//a/b/')).toEqual({ host: 'r.example', path: 'a/b' });
  });

  it('joins with single slashes and leaves empty parts out', () => {
    expect(joinPath('', '/a/', '', 'b/c/')).toBe('a/b/c');
  });
});

describe('flat names', () => {
  it('are never the same for two paths, and valid where these are', () => {
    const words = ['a', 'b', 'a-b', 'a--b', 'a---b', 'a----b', 'a_b', 'a__b', 'a.b'];
    const paths = [...words, ...words.flatMap((one) => words.flatMap((two) => [`${one}/${two}`, `${one}/${two}/a`]))];
    const names = paths.map(flatName);
    expect(new Set(names).size).toBe(paths.length);
    expect(names.filter((name) => name.includes('/') || repositoryProblem(name) !== undefined)).toEqual([]);
  });

  it('stand below the path of the target, without a namespace for charts', () => {
    expect(targetBase(rule('docker.io/me', 'm', 'flat'))).toBe('docker.io/me');
    expect(targetBase(rule('docker.io/me', 'm'))).toBe('docker.io/me/m');
    expect(chartRepository('app', 'team/charts', rule('docker.io/me', '', 'flat-host'))).toBe('me/app');
    expect(chartRepository('app', 'team/charts', rule('docker.io/me'))).toBe('me/team/charts/app');
  });
});
