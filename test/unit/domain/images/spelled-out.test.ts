import { describe, expect, it } from 'vitest';
import { spelledOut } from '../../../../src/domain/images/spelled-out.ts';

function found(text: string): readonly string[] {
  return spelledOut([{ shown: 'web/templates/a.yaml', address: ['templates/a.yaml'], text }]).map(
    ({ text: written, shown, line }) => `${shown}:${line} ${written}`,
  );
}

describe('images that templates spell out', () => {
  it.each([
    ['image: quay.io/org/a:1', 'quay.io/org/a:1'],
    ['  - image: "busybox:1.36"', 'busybox:1.36'],
    ["      image: 'org/a' # why", 'org/a'],
    [`"image": ghcr.io/org/a@sha256:${'a'.repeat(64)}`, `ghcr.io/org/a@sha256:${'a'.repeat(64)}`],
  ])('%s', (line, text) => {
    expect(found(`a: 1\n${line}\n`)).toEqual([`web/templates/a.yaml:2 ${text}`]);
  });

  it.each([
    'image: {{ .Values.image }}',
    'image: "{{ .Values.r }}/a:1"',
    'image: auto',
    '# image: org/a:1',
    'imageName: org/a:1',
    'image:',
  ])('are none in %s', (line) => {
    expect(found(line)).toEqual([]);
  });
});
