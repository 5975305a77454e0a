import { describe, expect, it } from 'vitest';
import type { ChartText } from '../../../../src/domain/chart/chart-files.ts';
import { chooseLiterals } from '../../../../src/domain/overlay/choose-literals.ts';
import { type Literal, patchLiterals } from '../../../../src/domain/overlay/patch-literals.ts';

const APP: Literal = { text: 'quay.io/org/app:1', wanted: 'r.test/x/org/app:1' };
const SIDE: Literal = { text: 'quay.io/org/side:2', wanted: 'r.test/x/org/side:2' };
const NGINX: Literal = { text: 'docker.io/nginx:1', wanted: 'r.test/x/library/nginx:1' };
const TOOL: Literal = { text: 'docker.io/org/tool:1', wanted: 'r.test/x/org/tool:1' };
const REGISTRY: Literal = { text: 'quay.io', wanted: 'r.test/x' };

function file(text: string, path = 'templates/a.yaml'): ChartText {
  return { shown: `c/${path}`, address: [path], text };
}

function beginning(text: string, wanted: string): Literal {
  return { kind: 'beginning', text, wanted };
}

/** The file after what was chosen for it was replaced. */
function patched(text: string, literals: readonly Literal[]): string {
  return patchLiterals(file(text), chooseLiterals(literals, [file(text)])).text;
}

describe('the beginning of a reference', () => {
  it.each([
    ['image: quay.io/{{ .Values.name }}:1', 'image: r.test/x/{{ .Values.name }}:1'],
    ['image: "quay.io/org/{{ .Values.name }}:1"', 'image: "r.test/x/org/{{ .Values.name }}:1"'],
    ['{{ printf "quay.io/%s:%s" .name .tag }}', '{{ printf "r.test/x/%s:%s" .name .tag }}'],
    ['{{- $registry := "quay.io" -}}', '{{- $registry := "r.test/x" -}}'],
    ["{{ .registry | default 'quay.io/' }}", "{{ .registry | default 'r.test/x/' }}"],
    ['{{- define "registry" }}quay.io{{ end }}', '{{- define "registry" }}r.test/x{{ end }}'],
    ['{{- define "registry" -}}\n  quay.io\n{{- end }}', '{{- define "registry" -}}\n  r.test/x\n{{- end }}'],
  ])('is replaced where a template adds the rest: %s', (before, after) => {
    expect(patched(before, [APP])).toBe(after);
  });

  it.each([
    ['image: quay.io/org/a{{ .Values.x }}:1', 'image: r.test/x/org/a{{ .Values.x }}:1'],
    ['image: quay.io/org/ap-{{ .Values.x }}-b:{{ .y }}', 'image: quay.io/org/ap-{{ .Values.x }}-b:{{ .y }}'],
    ['image: quay.io/{{ .o }}/a{{ .Values.x }}:1', 'image: r.test/x/{{ .o }}/a{{ .Values.x }}:1'],
    ['image: quay.io/org/app{{ if .x }}-b{{ end }}:1', 'image: r.test/x/org/app{{ if .x }}-b{{ end }}:1'],
    ['{{ printf "quay.io/org/%spp:1" .x }}', '{{ printf "r.test/x/org/%spp:1" .x }}'],
    ['{{ printf "quay.io/org/a%s:%s" .x .y }}', '{{ printf "r.test/x/org/a%s:%s" .x .y }}'],
  ])('may end inside of a name: %s', (before, after) => {
    expect(patched(before, [APP])).toBe(after);
  });

  it.each([
    ['image: quay.io/org/app: {{- .Values.tag }}', 'image: r.test/x/org/app: {{- .Values.tag }}'],
    ['image: quay.io/org/app {{- printf ":%s" .tag }}', 'image: r.test/x/org/app {{- printf ":%s" .tag }}'],
    ['image: quay.io/ {{- .name }}:1', 'image: r.test/x/ {{- .name }}:1'],
    ['image: quay.io/org/app: {{ .Values.tag }}', 'image: quay.io/org/app: {{ .Values.tag }}'],
    ['image: quay.io/org/app {{ .Values.tag }}', 'image: quay.io/org/app {{ .Values.tag }}'],
    ['host: quay.io\n{{- .Values.x }}', 'host: quay.io\n{{- .Values.x }}'],
  ])('has blanks behind it only where helm trims them: %s', (before, after) => {
    expect(patched(before, [APP])).toBe(after);
  });

  it('may end inside of a name that has no registry, or no tag', () => {
    const [hub, plain] = [
      { text: 'org/team-app:1', wanted: 'r.test/x/org/team-app:1' },
      { text: 'quay.io/org/team-app', wanted: 'r.test/x/org/team-app' },
    ];
    expect(patched('image: org/team-{{ .x }}:1', [hub])).toBe('image: r.test/x/org/team-{{ .x }}:1');
    expect(patched('path: /mnt/org/team-{{ .x }}', [hub])).toBe('path: /mnt/org/team-{{ .x }}');
    expect(patched('image: quay.io/org/team-{{ .x }}', [plain])).toBe('image: r.test/x/org/team-{{ .x }}');
    expect(patched('{{ print "quay.io/org/team-" .x }}', [plain])).toBe('{{ print "r.test/x/org/team-" .x }}');
    expect(patched('{{ if eq .y "quay.io/org/team-" }}', [plain])).toBe('{{ if eq .y "quay.io/org/team-" }}');
  });

  it.each([
    '{{ if eq .Values.kind "quay.io" }}',
    '- matchName: "quay.io"',
    'fqdn: ["quay.io"]',
    'auths: {"quay.io": {}}',
    'allowed: |\n  quay.io\n',
    'image: quay.io/other/app:1',
    'image: my.quay.io/{{ .Values.name }}',
    'url: https://quay.io/{{ .Values.name }}',
    'see quay.io for more',
    '# quay.io/{{ .Values.name }}',
    'quay.io: {{ .Values.password }}',
  ])('is left alone in %s', (line) => {
    expect(patched(line, [APP])).toBe(line);
  });

  it('is the longest that stands in a file, and none where the name or the whole does', () => {
    expect(chooseLiterals([APP], [file('a: "quay.io"'), file('b: quay.io/org/{{ .n }}')])).toEqual([
      { kind: 'beginning', text: 'quay.io/org', wanted: 'r.test/x/org' },
    ]);
    expect(chooseLiterals([APP], [file('a: "quay.io"'), file('b: quay.io/org/app:{{ .t }}')])).toEqual([
      { kind: 'name', text: 'quay.io/org/app', wanted: 'r.test/x/org/app' },
    ]);
    expect(chooseLiterals([APP], [file('a: "quay.io"'), file('b: quay.io/org/app:1')])).toEqual([APP]);
  });

  it.each([
    'image: quay.io/{{ .Values.name }}:1',
    'image: quay.io/{{ .Values.name }}:{{ .Values.tag }}',
    'image: quay.io/org/{{ .Values.name }}',
    'image: quay.io/{{ .name }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag }}{{ end }}',
    '{{ printf "quay.io/%s:%v" .name .tag }}',
    '{{ printf "quay.io/%s" .name }}:{{ .tag }}',
    '{{ printf "%s/%s:%s" "quay.io" .name .tag }}',
    '{{- $registry := .Values.registry | default "quay.io" -}}',
    '{{- define "registry" -}}\n  quay.io\n{{- end }}',
  ])('goes before a longer one that makes no reference: %s', (template) => {
    const [used = ''] = /quay\.io(?:\/org)?/.exec(template) ?? [];
    const chosen = [beginning(used, used.replace('quay.io', 'r.test/x'))];
    const mentions = [
      file('registry: "quay.io/org"', 'files/info.yaml'),
      file('registry: "quay.io/org"', 'templates/b.yaml'),
      file('home: "quay.io/org/app"', 'templates/c.yaml'),
      file('{{/* quay.io/org/{{ .name }} or `quay.io/org/app` */}}', 'templates/d.yaml'),
      file('quay.io/org/{{ .name }}', 'docs/notes.txt'),
    ];
    for (const mention of mentions) {
      expect(chooseLiterals([APP], [mention, file(template)]), mention.text).toEqual(chosen);
      expect(chooseLiterals([APP], [file(template), mention]), mention.text).toEqual(chosen);
    }
  });

  it.each([
    'image: quay.io/{{ .Values.name }}:2',
    'image: quay.io/other/{{ .Values.name }}:1',
    'image: quay.io/{{ .Values.name }}/side:1',
    '{{ printf "quay.io/other/%s:%s" .name .tag }}',
  ])('does not go before a longer one where it is completed to something else: %s', (template) => {
    expect(chooseLiterals([APP], [file('registry: "quay.io/org"'), file(template)])).toEqual([
      beginning('quay.io/org', 'r.test/x/org'),
    ]);
  });

  it('is looked for beside a whole reference where a template completes it to that one', () => {
    const whole = file('note: quay.io/org/app:1', 'files/info.yaml');
    const used: readonly (readonly [string, Literal])[] = [
      ['image: quay.io/{{ .Values.name }}:1', beginning('quay.io', 'r.test/x')],
      ['image: quay.io/org/{{ .Values.name }}:{{ .tag }}', beginning('quay.io/org', 'r.test/x/org')],
      ['{{ printf "%s/%s:%s" "quay.io" .name .tag }}', beginning('quay.io', 'r.test/x')],
      ['image: quay.io/org/app:{{ .tag }}', { kind: 'name', text: 'quay.io/org/app', wanted: 'r.test/x/org/app' }],
    ];
    for (const [template, part] of used) {
      expect(chooseLiterals([APP], [whole, file(template)]), template).toEqual([APP, part]);
    }
  });

  it.each([
    'image: quay.io/{{ .Values.name }}:2',
    'image: quay.io/other/{{ .Values.name }}:1',
    'image: quay.io/org/app:{{ .Values.tag }}-debug',
    'registry: "quay.io"',
    '{{- $registry := "quay.io" -}}',
    'url: https://quay.io/{{ .Values.name }}',
    'see quay.io for more',
  ])('is not looked for beside a whole reference in %s', (template) => {
    expect(chooseLiterals([APP], [file('image: quay.io/org/app:1'), file(template, 'templates/b.yaml')])).toEqual([
      APP,
    ]);
  });

  it('is left to what has no other, where two want different texts', () => {
    const both = file('image: docker.io/{{ .Values.name }}:1\nregistry: "docker.io/org"');
    const chosen = [beginning('docker.io', 'r.test/x/library'), beginning('docker.io/org', 'r.test/x/org')];
    expect(chooseLiterals([NGINX, TOOL], [both])).toEqual(expect.arrayContaining(chosen));
    expect(chooseLiterals([TOOL, NGINX], [both])).toEqual(expect.arrayContaining(chosen));
    expect(chooseLiterals([TOOL, NGINX], [both])).toHaveLength(2);
  });

  it('is another one for what has another, shorter or longer', () => {
    const moved: Literal = { text: 'quay.io/org/tool:1', wanted: 'r.test/z/tool:1' };
    const both = file('registry: "quay.io/org"\nregistry: "quay.io"');
    const chosen = [beginning('quay.io/org', 'r.test/z'), beginning('quay.io', 'r.test/x')];
    expect(chooseLiterals([moved, APP], [both])).toEqual(chosen);
    expect(chooseLiterals([APP, moved], [both])).toEqual([...chosen].reverse());
    expect(chooseLiterals([APP, moved], [file('registry: "quay.io/org"')])).toEqual([]);
  });

  it('is none where a whole reference by the same text wants another', () => {
    const hub: Literal = { text: 'docker.io', wanted: 'r.test/x' };
    const text = file('value: docker.io\nregistry: "docker.io"');
    expect(chooseLiterals([hub, NGINX], [text])).toEqual([hub]);
    expect(chooseLiterals([hub, TOOL], [text])).toEqual([hub, beginning('docker.io', 'r.test/x')]);
  });

  it('is looked for where only a comment spells the whole', () => {
    expect(patched('# quay.io/org/app:1\nregistry: "quay.io"', [APP])).toBe(
      '# quay.io/org/app:1\nregistry: "r.test/x"',
    );
  });

  it('is taken once for several references, and not where they want different texts', () => {
    expect(chooseLiterals([APP, SIDE], [file('registry: "quay.io"')])).toEqual([
      { kind: 'beginning', text: 'quay.io', wanted: 'r.test/x' },
    ]);
    expect(chooseLiterals([NGINX, TOOL], [file('registry: "docker.io"')])).toEqual([]);
    expect(patched('registry: "docker.io"', [NGINX])).toBe('registry: "r.test/x/library"');
  });

  it('is none for a reference without a host, or whose path changes', () => {
    expect(chooseLiterals([{ text: 'org/app:1', wanted: 'r.test/x/org/app:1' }], [file('a: "org"')])).toEqual([]);
    expect(chooseLiterals([{ text: 'a.io/b/c:1', wanted: 'r.test/d:1' }], [file('a: "a.io"')])).toEqual([]);
  });
});

describe('a registry by itself', () => {
  it.each([
    ['value: quay.io', 'value: r.test/x'],
    ['{ name: REGISTRY, value: quay.io }', '{ name: REGISTRY, value: r.test/x }'],
    ['- "quay.io"', '- "r.test/x"'],
    ['- quay.io # ours', '- r.test/x # ours'],
    ['registry = "quay.io"', 'registry = "r.test/x"'],
  ])('is replaced as a value: %s', (before, after) => {
    expect(patched(before, [REGISTRY])).toBe(after);
  });

  it.each([
    'quay.io: a key',
    'image: quay.io/org/app:1',
    'text: see quay.io for more',
    'url: https://quay.io',
    'host: my.quay.io',
  ])('is left alone in %s', (line) => {
    expect(patched(line, [REGISTRY])).toBe(line);
  });
});

it('takes little time for many expressions in a row', () => {
  const long: Literal = { text: `quay.io/${'a'.repeat(60)}:1`, wanted: `r.test/x/${'a'.repeat(60)}:1` };
  const started = performance.now();
  chooseLiterals(
    [long],
    [file(`image: quay.io/${'{{ .x }}'.repeat(30)}!`), file(`{{ printf "quay.io/${'%s'.repeat(30)}!" .a }}`)],
  );
  expect(performance.now() - started).toBeLessThan(3000);
});
