import { describe, expect, it } from 'vitest';
import { spelledOut } from '../../../../src/domain/images/spelled-out.ts';

function found(text: string, file = 'a.yaml'): readonly string[] {
  return spelledOut([{ shown: `web/templates/${file}`, address: [`templates/${file}`], text }]).map(
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
    'image: your-registry/app:1',
    'image: quay.io/team',
    'image: store:9000',
    '{{- /*\nimage: org/a:1\n*/ -}}',
  ])('are none in %s', (line) => {
    expect(found(line)).toEqual([]);
  });

  it('are counted by the lines of the file, comments and all', () => {
    expect(found('{{/*\n image: org/a:1\n*/}}\nimage: org/b:1\n')).toEqual(['web/templates/a.yaml:4 org/b:1']);
  });

  it('are none in what helm prints for people', () => {
    expect(found('image: org/a:1', 'NOTES.txt')).toEqual([]);
  });
});
