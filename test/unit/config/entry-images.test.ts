import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../src/config/load-catalog.ts';
import { formatReference } from '../../../src/domain/reference.ts';
import { catalogOf, messagesOf, requestFor } from './inputs.ts';

const HEAD = 'addons:\n  - chart: a\n    repository: https://x.example\n';

async function entriesOf(body: string) {
  const { addons } = await catalogOf({ 'a.yaml': `${HEAD}${body}` }, { catalogs: ['a.yaml'] });
  return addons.map(({ images, excluded }) => ({
    images: images.map(({ reference, reason, place }) => [
      formatReference(reference),
      reason,
      `${place.line}:${place.column} ${place.key}`,
    ]),
    excluded: excluded.map(({ pattern, reason, place }) => [
      pattern,
      reason,
      `${place.line}:${place.column} ${place.key}`,
    ]),
  }));
}

async function problemsOf(body: string) {
  return messagesOf(await loadCatalog(requestFor({ 'a.yaml': `${HEAD}${body}` }, { catalogs: ['a.yaml'] })));
}

describe('images of a catalog entry', () => {
  it('may be a list of images to add', async () => {
    expect(await entriesOf('    images: [nginx]\n')).toEqual([
      { images: [['docker.io/library/nginx', undefined, '4:14 addons[0].images[0]']], excluded: [] },
    ]);
  });

  it('may be a map of images to add and images to leave out, with reasons of one line', async () => {
    const body =
      '    images:\n      add:\n        - quay.io/team/app:1\n        - image: nginx:1\n          reason: >\n            started by\n            the operator\n      exclude:\n        - {image: "*/busybox", reason: " not used "}\n';
    expect(await entriesOf(body)).toEqual([
      {
        images: [
          ['quay.io/team/app:1', undefined, '6:11 addons[0].images.add[0]'],
          ['docker.io/library/nginx:1', 'started by the operator', '7:11 addons[0].images.add[1]'],
        ],
        excluded: [['*/busybox', 'not used', '12:11 addons[0].images.exclude[0]']],
      },
    ]);
  });

  it('may be a map without anything in it', async () => {
    expect(await entriesOf('    images: {}\n')).toEqual([{ images: [], excluded: [] }]);
    expect(await entriesOf('    images: {add: [], exclude: []}\n')).toEqual([{ images: [], excluded: [] }]);
  });

  it('may be shared by alias and merge key', async () => {
    const body =
      '    images: &shared\n      exclude: [&one {image: busybox, reason: unused}]\n  - {chart: b, repository: https://x.example, images: {<<: *shared, add: [nginx]}}\n  - {chart: c, repository: https://x.example, images: {exclude: [*one]}}\n';
    const entries = await entriesOf(body);
    expect(entries.map(({ excluded }) => excluded.map(([pattern, reason]) => [pattern, reason]))).toEqual(
      Array(3).fill([['busybox', 'unused']]),
    );
    expect(entries.map(({ images }) => images.length)).toEqual([0, 1, 0]);
  });

  it('make two entries different, wherever they stand', async () => {
    const entry = (text: string): string => `  - {chart: a, repository: https://x.example, images: ${text}}\n`;
    const first = '{add: [{image: nginx, reason: r}], exclude: [{image: busybox, reason: r}]}';
    const same = { 'a.yaml': `addons:\n${entry(first)}${entry(first)}` };
    const { addons } = await catalogOf(same, { catalogs: ['a.yaml'] });
    expect(addons.map(({ places }) => places.length)).toEqual([2]);
    const spelled = { 'a.yaml': `addons:\n${entry('[nginx]')}${entry('{add: [{image: docker.io/library/nginx}]}')}` };
    expect((await catalogOf(spelled, { catalogs: ['a.yaml'] })).addons).toHaveLength(1);
    for (const other of [
      '{add: [nginx], exclude: [{image: busybox, reason: r}]}',
      '{add: [{image: nginx, reason: r}], exclude: [{image: busybox, reason: other}]}',
      '{add: [{image: nginx, reason: r}], exclude: [{image: busybox*, reason: r}]}',
      '{add: [{image: nginx, reason: r}]}',
    ]) {
      const files = { 'a.yaml': `addons:\n${entry(first)}${entry(other)}` };
      expect(messagesOf(await loadCatalog(requestFor(files, { catalogs: ['a.yaml'] })))).toEqual([
        'a.yaml:3:5: release "a" of chart "a" is declared at a.yaml:2 with another images, give one of the two another release name',
      ]);
    }
  });
});

describe('bad images of a catalog entry', () => {
  it.each([
    [
      'one image as text',
      '    images: nginx:1\n',
      ['a.yaml:4:13: "images" is the text "nginx:1", write a list: ["nginx:1"]'],
    ],
    [
      'nothing',
      '    images:\n',
      ['a.yaml:4:12: "images" is empty, write a list, or a map, for example ["quay.io/team/app:1.2.3"]'],
    ],
    [
      'unknown keys, and what else is wrong beside them',
      '    images:\n      exlude: []\n      add:\n        - {image: nginx, why: x}\n        - quay.io/Team/app\n',
      [
        'a.yaml:5:7: unknown key "exlude", write "exclude" or take it out',
        'a.yaml:7:26: unknown key "why", write one of image or reason',
        'a.yaml:8:11: "quay.io/Team/app" is no image reference, write it like "quay.io/team/app:1.2.3"',
      ],
    ],
    [
      'an added image that is no reference, in a map',
      '    images: {add: [{image: "quay.io/team/*"}, {reason: x}, 3]}\n',
      [
        'a.yaml:4:28: "quay.io/team/*" is no image reference, write it like "quay.io/team/app:1.2.3"',
        'a.yaml:4:47: "image" is missing, add it, for example "quay.io/team/app:1.2.3"',
        'a.yaml:4:60: item 3 of "add" is read as the number 3, write a map, or text, for example "quay.io/team/app:1.2.3"',
      ],
    ],
    [
      'an exclusion without a reason',
      '    images: {exclude: [busybox, {image: nginx}, {image: redis, reason: " "}]}\n',
      [
        'a.yaml:4:24: item 1 of "exclude" is the text "busybox", write a map, for example {"image":"quay.io/team/*","reason":"installed by another team"}',
        'a.yaml:4:33: "reason" is missing, add it, for example "installed by another team"',
        'a.yaml:4:72: "reason" cannot be " ", write why, in a few words',
      ],
    ],
    [
      'an exclusion that can fit nothing',
      '    images: {exclude: [{image: "quay.io/Team/*", reason: x}, {image: "a b", reason: x}]}\n',
      [
        'a.yaml:4:32: "quay.io/Team/*" is no image reference and no pattern for one, write it like "quay.io/team/app:1.2.3" or "quay.io/team/*"',
        'a.yaml:4:70: "image" cannot be "a b", write an image reference, or a pattern like "quay.io/team/*"',
      ],
    ],
    [
      'a template, and a control character',
      '    images: {add: [{image: "{{ .x }}", reason: "{{ .y }}"}, {image: nginx, reason: "\\e[2J"}]}\n',
      [
        'a.yaml:4:28: "image" is a template, write the value itself, templates are not evaluated',
        'a.yaml:4:48: "reason" is a template, write the value itself, templates are not evaluated',
        'a.yaml:4:84: "reason" cannot be "\\u001b[2J", write why, in a few words',
      ],
    ],
    [
      'an image that is added and left out',
      '    images:\n      add: [nginx, quay.io/a/b]\n      exclude:\n        - {image: quay.io/*, reason: x}\n',
      ['a.yaml:5:20: "quay.io/a/b" is also left out, by "quay.io/*" at line 7, take one of the two out'],
    ],
  ])('says what to write instead: %s', async (_, body, messages) => {
    expect(await problemsOf(body)).toEqual(messages);
  });
});
