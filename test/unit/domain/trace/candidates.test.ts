import { describe, expect, it } from 'vitest';
import { candidates, minedPaths } from '../../../../src/domain/trace/candidates.ts';
import { use, values } from './uses.ts';

/** What each tier found: kind, path and the text that a slot covers, with what follows it. */
function found(yaml: string, texts: readonly string[], mined: readonly string[][] = []) {
  const tiers = candidates(
    values(yaml),
    texts.map((text) => use(text)),
    { named: mined, guessed: [] },
  );
  const show = (slots: (typeof tiers)['strong']): readonly string[] =>
    slots.map(({ kind, path, value, offset, length }) => {
      const text = value ?? '?';
      return `${kind} ${path.join('.')} ${text.slice(0, offset)}[${text.slice(offset, offset + length)}]${text.slice(offset + length)}`;
    });
  return { strong: show(tiers.strong), weak: show(tiers.weak), blank: show(tiers.blank) };
}

describe('strong candidates', () => {
  it.each([
    ['a registry by itself', 'registry: quay.io', ['quay.io/a/b:1'], ['host registry [quay.io]']],
    ['a registry with a port', 'r: r.corp:5000', ['r.corp:5000/a/b:1'], ['host r [r.corp:5000]']],
    [
      'a registry with a slash at its end',
      'r: registry.k8s.io/',
      ['registry.k8s.io/kv:1'],
      ['host r [registry.k8s.io]/'],
    ],
    ['a registry and an owner', 'r: quay.io/org', ['quay.io/org/b:1'], ['host r [quay.io]/org']],
    ['a known registry that no reference shows', 'r: ghcr.io', ['quay.io/a/b:1'], ['host r [ghcr.io]']],
    ['a whole reference', 'image: quay.io/a/b:1', ['quay.io/a/b:1'], ['host image [quay.io]/a/b:1']],
    ['a path in a registry', 'repository: a/b', ['quay.io/a/b:1'], ['path repository []a/b']],
    ['a path that begins with a slash', 'path: /a/b', ['quay.io/a/b:1'], ['path path /[]a/b']],
    ['a part of a path, under a key that says so', 'name: b', ['quay.io/a/b:1'], ['path name []b']],
    ['a short reference with a tag', 'web: nginx:1.25', ['nginx:1.25'], ['path web []nginx:1.25']],
    [
      'an image under an image key that nothing renders',
      'sideImage: org/side:2',
      ['nginx:1'],
      ['path sideImage []org/side:2'],
    ],
    [
      'references in a text',
      'text: |\n  run quay.io/a/b:1 or\n  ghcr.io/c/d:2',
      ['quay.io/a/b:1', 'ghcr.io/c/d:2'],
      ['host text run [quay.io]/a/b:1 or\nghcr.io/c/d:2\n', 'host text run quay.io/a/b:1 or\n[ghcr.io]/c/d:2\n'],
    ],
    [
      'several references behind each other',
      'images: quay.io/a/b:1,ghcr.io/c/d:2',
      ['quay.io/a/b:1', 'ghcr.io/c/d:2'],
      ['host images [quay.io]/a/b:1,ghcr.io/c/d:2', 'host images quay.io/a/b:1,[ghcr.io]/c/d:2'],
    ],
    [
      'a word in the image field of a text',
      'pod: |\n  name: busybox\n  image: busybox # small\n  imageName: busybox',
      ['busybox'],
      ['path pod name: busybox\nimage: []busybox # small\nimageName: busybox\n'],
    ],
    [
      'words in image fields of a text in JSON, if a render shows them',
      `pod: '[{"image":"busybox"},{"image": "alpine","name":"x"},{"image":"other"}]'`,
      ['busybox', 'alpine'],
      [
        'path pod [{"image":"[]busybox"},{"image": "alpine","name":"x"},{"image":"other"}]',
        'path pod [{"image":"busybox"},{"image": "[]alpine","name":"x"},{"image":"other"}]',
      ],
    ],
    [
      'items of lists',
      'l: [{ image: quay.io/a/b:1 }, quay.io/a/c:1]',
      ['quay.io/a/b:1'],
      ['host l.0.image [quay.io]/a/b:1', 'host l.1 [quay.io]/a/c:1'],
    ],
    [
      'several images without a host under a key that says so',
      'images: org/a:1,org/b:2',
      ['org/a:1', 'org/b:2'],
      ['path images []org/a:1,org/b:2', 'path images org/a:1,[]org/b:2'],
    ],
    [
      'a registry that stands alone in a text',
      'env: REGISTRY=docker.io DEBUG=1',
      ['docker.io/org/a:1'],
      ['host env REGISTRY=[docker.io] DEBUG=1'],
    ],
    [
      'a path before an expression',
      'image: "org/app:{{ .Values.image.tag }}"',
      ['org/app:1'],
      ['path image []org/app:{{ .Values.image.tag }}'],
    ],
    [
      'a path before an expression with a colon in it',
      `image: 'org/app{{ printf ":%s/x" .Values.tag }}'`,
      ['org/app:1'],
      ['path image []org/app{{ printf ":%s/x" .Values.tag }}'],
    ],
    [
      'a registry before an expression',
      'x: "quay.io/org/app:{{ .Chart.AppVersion }}"',
      ['quay.io/org/app:1'],
      ['host x [quay.io]/org/app:{{ .Chart.AppVersion }}'],
    ],
  ])('are %s', (_, yaml, texts, expected) => {
    expect(found(`${yaml}\n`, texts).strong).toEqual(expected);
  });

  it.each([
    ['a word that is only a part of a component', 'name: app', ['quay.io/org/my-app:1']],
    ['a path that only overlaps', 'repository: g/a', ['quay.io/org/app:1']],
    ['a number', 'tag: 1.10', ['quay.io/a/b:1.10']],
    ['a tag', 'tag: v1', ['quay.io/a/b:v1']],
    ['a text with blanks under a name', 'name: org app', ['quay.io/org/app:1']],
    ['an image with blanks around it', 'sideImage: " org/side:2 "', ['nginx:1']],
    ['what is no path before an expression', 'x: "run org {{ .Values.tag }}"', ['quay.io/org/app:1']],
    ['a text that begins with an expression', 'x: "{{ .Values.registry }}/org/app:1"', ['quay.io/org/tool:1']],
    ['an address of a web page', 'url: https://github.com/org/app', ['quay.io/org/tool:1']],
  ])('are not %s', (_, yaml, texts) => {
    expect(found(`${yaml}\n`, texts).strong).toEqual([]);
  });
});

describe('weak candidates', () => {
  it('are plain words that stand in a path, under a key that says nothing', () => {
    expect(found('mode: app\nother: apps\n', ['quay.io/org/app:1'])).toEqual({
      strong: [],
      weak: ['path mode []app'],
      blank: [],
    });
  });

  it('leave out what is strong already', () => {
    const { strong, weak } = found('name: app\n', ['quay.io/org/app:1']);
    expect(strong).toHaveLength(1);
    expect(weak).toEqual([]);
  });
});

describe('blank candidates', () => {
  it('are registry keys that are empty, null or missing beside a name', () => {
    const yaml = 'global:\n  imageRegistry: ""\nimage:\n  repository: nginx\nside: { registry: ~, name: x }\nhub:\n';
    expect(found(yaml, ['nginx:1']).blank).toEqual([
      'host global.imageRegistry []',
      'host image.registry []?',
      'host side.registry []?',
      'host hub []?',
    ]);
  });

  it('are the keys that templates read, where they could be set', () => {
    const mined = [
      ['image', 'registry'],
      ['a', 'override'],
      ['text', 'registry'],
      ['set', 'registry'],
      ['list', 'registry'],
    ];
    const yaml = 'a: {}\ntext: x\nset: { registry: quay.io }\nlist: []\n';
    expect(found(yaml, ['nginx:1'], mined).blank).toEqual(['host image.registry []?', 'host a.override []?']);
  });

  it('are not registries that are set', () => {
    expect(found('image: { registry: quay.io, repository: x }\n', ['quay.io/x:1']).blank).toEqual([]);
  });

  it('are not keys that only sound alike', () => {
    expect(found('pullPolicy: ""\nimagePullSecrets:\ntag: ""\n', ['nginx:1']).blank).toEqual([]);
  });

  it('are found in lists', () => {
    expect(found('l: [{ repository: nginx }]\n', ['nginx:1']).blank).toEqual(['host l.0.registry []?']);
  });
});

describe('slots', () => {
  it('have numbers of their own over all tiers', () => {
    const { strong, weak, blank, guessed, parts } = candidates(
      values('registry: quay.io\nmode: app\nhub: ""\na: quay\nb: io\n'),
      [use('quay.io/org/app:1')],
      { named: [], guessed: [['c', 'registry']] },
    );
    const ids = [...strong, ...weak, ...blank, ...guessed, ...parts].map(({ id }) => id);
    expect(new Set(ids).size).toBe(6);
  });
});

describe('paths that templates read', () => {
  it('are those of registry-like keys, below the subchart, globals at the root', () => {
    const templates = [
      '{{ .Values.image.registry }} {{ $.Values.global.imageRegistry }} {{ .Values.replicas }}',
      '{{ (.Values.side).override | default .Values.image.registry }}{{ .Values.hub}}',
      '{{ (( $.Values.a ).b).prefix }}{{ ((.Values).c).repo }}{{ (.Values.d | default dict).registry }}',
    ];
    expect(minedPaths(templates, ['sub']).named).toEqual([
      ['sub', 'image', 'registry'],
      ['global', 'imageRegistry'],
      ['sub', 'side', 'override'],
      ['sub', 'hub'],
      ['sub', 'a', 'b', 'prefix'],
      ['sub', 'c', 'repo'],
    ]);
    expect(minedPaths(templates, []).named).toContainEqual(['image', 'registry']);
  });

  it.each([
    ['{{ with .Values.node }}{{ .override }}{{ end }}'],
    ['{{ with $image := $.Values.node }}{{ $image.override }}{{ end }}'],
    ['{{ $image := .Values.node }}{{ $image.override }}'],
    ['{{ include "image" .Values.node }}{{ define "image" }}{{ .override }}{{ end }}'],
    ['{{ with (.Values.node) }}{{ or .override .tag }}{{ end }}'],
  ])('are also those that are read below a map under another name: %s', (template) => {
    expect(minedPaths([template], ['sub'])).toMatchObject({ guessed: [['sub', 'node', 'override']] });
  });

  it('are also those that are deeper in a map that may have another name there', () => {
    const image = '{{ define "image" }}{{ .pod.image.repository }}{{ end }}';
    const { guessed } = minedPaths([`{{ include "image" (dict "pod" .Values.node "top" $) }}${image}`], ['sub']);
    expect(guessed).toEqual([
      ['sub', 'node', 'repository'],
      ['sub', 'node', 'image', 'repository'],
      ['sub', 'node', 'pod', 'image', 'repository'],
    ]);
  });

  it('are those of a global map at the root, and not of maps that are not handed on', () => {
    const define = '{{ define "image" }}{{ .override }}{{ end }}';
    expect(minedPaths([`{{ include "image" .Values.global.node }}${define}`], ['sub']).guessed).toEqual([
      ['global', 'node', 'override'],
    ]);
    expect(minedPaths([`{{ .Values.replicas }}${define}`], [])).toEqual({ named: [], guessed: [] });
  });

  it('are none where nothing is read', () => {
    expect(minedPaths(['registry: x', ''], [])).toEqual({ named: [], guessed: [] });
  });
});
