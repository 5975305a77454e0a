import { describe, expect, it } from 'vitest';
import type { ExcludedImages } from '../../../../src/domain/addon.ts';
import { exclusionOf, isImagePattern } from '../../../../src/domain/images/exclusion.ts';
import { parseReference, type Reference } from '../../../../src/domain/reference.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

function excluded(pattern: string): ExcludedImages {
  return { pattern, reason: `not ${pattern}`, place: { file: 'a.yaml', line: 1, column: 1, key: undefined } };
}

function reference(text: string): Reference {
  const parsed = parseReference(text);
  if (parsed === undefined) throw new Error(`${text} is no reference`);
  return parsed;
}

function leavesOut(pattern: string, text: string): boolean {
  return exclusionOf({ excluded: [excluded(pattern)] }, reference(text)) !== undefined;
}

describe('exclusionOf', () => {
  it.each([
    ['busybox', 'busybox'],
    ['busybox', 'index.docker.io/library/busybox:1.36'],
    ['registry-1.docker.io/busybox', 'busybox:1'],
    ['busybox:latest', 'busybox'],
    ['busybox:1.36', `docker.io/busybox:1.36@${DIGEST}`],
    [`busybox@${DIGEST}`, `busybox:1@${DIGEST}`],
    ['localhost:5000/x', 'localhost:5000/x:1'],
    ['Quay.io/team/app', 'quay.io/team/app:2'],
  ])('leaves out by the reference %s the image %s', (pattern, text) => {
    expect(leavesOut(pattern, text)).toBe(true);
  });

  it.each([
    ['busybox', 'quay.io/library/busybox'],
    ['busybox', 'docker.io/team/busybox'],
    ['busybox:1', 'busybox:1.36'],
    ['busybox:latest', `busybox@${DIGEST}`],
    [`busybox@${DIGEST}`, 'busybox:1'],
    ['quay.io/team/a.b', 'quay.io/team/a-b'],
    ['quay.io/team', 'quay.io/team/app'],
  ])('does not leave out by the reference %s the image %s', (pattern, text) => {
    expect(leavesOut(pattern, text)).toBe(false);
  });

  it.each([
    ['*', 'busybox'],
    ['quay.io/team/*', `quay.io/team/deep/app:1@${DIGEST}`],
    ['*/busybox', 'busybox:1'],
    ['*.azurecr.io/*', 'a.b.azurecr.io/x'],
    ['*:latest', 'quay.io/team/app'],
    ['busybox:*', `busybox:1@${DIGEST}`],
    ['busy*', 'docker.io/library/busybox'],
    ['docker.io/busy*', 'busybox'],
    ['docker.io/*', 'team/app'],
    ['team/*:1.*', 'docker.io/team/app:1.2'],
    ['quay.io/*@sha256:*', `quay.io/a@${DIGEST}`],
    ['localhost:*/x', 'localhost:5000/x'],
    ['Quay*.io/x', 'quay2.io/x'],
    ['*:*-alpine', 'nginx:1-alpine'],
    ['*-alpine', 'team/nginx-alpine:1'],
    ['*/falcoctl:*', 'falcosecurity/falcoctl:0.11.2'],
  ])('leaves out by the pattern %s the image %s', (pattern, text) => {
    expect(isImagePattern(pattern)).toBe(true);
    expect(leavesOut(pattern, text)).toBe(true);
  });

  it.each([
    ['quay.io/team/*', 'quay.io/teams/app'],
    ['team/*', 'quay.io/team/app'],
    ['busy*', 'quay.io/busybox'],
    ['busy*', 'docker.io/team/busybox'],
    ['*-alpine', 'nginx:1-alpine'],
    ['busybox:*', `busybox@${DIGEST}`],
    ['*@sha256:*', 'busybox:1'],
    ['quay.io/a.c*', 'quay.io/abc'],
  ])('does not leave out by the pattern %s the image %s', (pattern, text) => {
    expect(isImagePattern(pattern)).toBe(true);
    expect(leavesOut(pattern, text)).toBe(false);
  });

  it('names the first exclusion that fits', () => {
    const addon = { excluded: [excluded('nginx'), excluded('busy*'), excluded('busybox')] };
    expect(exclusionOf(addon, reference('busybox:1'))?.reason).toBe('not busy*');
    expect(exclusionOf(addon, reference('redis'))).toBeUndefined();
  });
});

describe('isImagePattern', () => {
  it.each([
    'quay.io/Team/*',
    'quay.io/*/',
    'quay.io/team/*:1:2',
    'busybox@sha256:12',
    'busybox@sha256:12*x y',
    'busy*@sha256:12',
    '*@',
    'busy*@a@b*',
    'https://quay.io/*',
    '/*',
    '',
  ])('takes %j for none', (pattern) => {
    expect(isImagePattern(pattern)).toBe(false);
  });
});
