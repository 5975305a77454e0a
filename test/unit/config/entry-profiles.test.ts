import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../src/config/load-catalog.ts';
import { catalogOf, messagesOf, requestFor } from './inputs.ts';

const HEAD = 'addons:\n  - chart: a\n    repository: https://x.example\n';

async function profilesOf(body: string, files: Readonly<Record<string, string>> = {}, index = 0) {
  const catalog = await catalogOf({ ...files, 'team/a.yaml': `${HEAD}${body}` }, { catalogs: ['team/a.yaml'] });
  return catalog.addons[index]?.profiles;
}

async function problemsOf(body: string, files: Readonly<Record<string, string>> = {}) {
  const contents = { ...files, 'a.yaml': `${HEAD}${body}` };
  return messagesOf(await loadCatalog(requestFor(contents, { catalogs: ['a.yaml'] })));
}

describe('profiles of a catalog entry', () => {
  it('hold their values files, then their values, as they are written', async () => {
    const body =
      '    values: {own: 1}\n    profiles:\n      - name: ha.2_x-y\n        values:\n          mode: 0644 # kept\n        valuesFiles: [one.yaml, ../two.yaml]\n      - {name: B, valuesFiles: [one.yaml]}\n';
    const files = { 'team/one.yaml': 'a: 1e3\n', 'two.yaml': 'b: 2\n' };
    const one = { origin: 'values-file', name: 'team/one.yaml', text: 'a: 1e3\n' };
    expect(await profilesOf(body, files)).toEqual([
      {
        name: 'ha.2_x-y',
        layers: [
          one,
          { origin: 'values-file', name: 'two.yaml', text: 'b: 2\n' },
          { origin: 'inline', name: 'team/a.yaml:8', text: 'mode: 0644 # kept\n' },
        ],
        place: { file: 'team/a.yaml', line: 6, column: 9, key: 'addons[0].profiles[0]' },
      },
      {
        name: 'B',
        layers: [one],
        place: { file: 'team/a.yaml', line: 10, column: 9, key: 'addons[0].profiles[1]' },
      },
    ]);
  });

  it('are none of the layers of the entry', async () => {
    const files = { 'a.yaml': `${HEAD}    values: {own: 1}\n    profiles: [{name: p, values: {other: 1}}]\n` };
    const { addons } = await catalogOf(files, { catalogs: ['a.yaml'] });
    expect(addons.map(({ layers }) => layers.map(({ text }) => text))).toEqual([['{own: 1}']]);
  });

  it('may share values by alias and merge key', async () => {
    const body =
      '    values: &own {x: 010}\n    profiles: &all\n      - &p {name: p, values: {inner: *own}}\n      - {<<: *p, name: q}\n  - {chart: b, repository: https://x.example, profiles: *all}\n';
    const names = [
      ['p', '{inner: {x: 010}}\n'],
      ['q', '{inner: {x: 010}}\n'],
    ];
    for (const index of [0, 1]) {
      const profiles = await profilesOf(body, {}, index);
      expect(profiles?.map(({ name, layers }) => [name, layers[0]?.text])).toEqual(names);
    }
  });

  it('make two entries different, wherever else they are the same', async () => {
    const entry = (text: string): string => `  - {chart: a, repository: https://x.example, profiles: [${text}]}\n`;
    const same = `${entry('{name: p, values: {x: 1}}')}${entry('{name: p, values: {x: 1}}')}`;
    const merged = await catalogOf({ 'a.yaml': `addons:\n${same}` }, { catalogs: ['a.yaml'] });
    expect(merged.addons.map(({ places }) => places.length)).toEqual([2]);
    for (const other of ['{name: q, values: {x: 1}}', '{name: p, values: {x: 2}}', '']) {
      const files = { 'a.yaml': `addons:\n${entry('{name: p, values: {x: 1}}')}${entry(other)}` };
      expect(messagesOf(await loadCatalog(requestFor(files, { catalogs: ['a.yaml'] })))).toEqual([
        'a.yaml:3:5: release "a" of chart "a" is declared at a.yaml:2 with another profiles, give one of the two another release name',
      ]);
    }
  });
});

describe('bad profiles of a catalog entry', () => {
  it.each([
    [
      'a map of profiles',
      '    profiles: {ha: {x: 1}}\n',
      ['a.yaml:4:15: "profiles" is a map, write a list, for example [{"name":"ha","values":{"replicas":3}}]'],
    ],
    [
      'a profile that is text',
      '    profiles: [ha]\n',
      ['a.yaml:4:16: item 1 of "profiles" is the text "ha", write a map'],
    ],
    [
      'a profile without a name',
      '    profiles: [{values: {x: 1}}]\n',
      ['a.yaml:4:16: "name" is missing, add it, for example "ha"'],
    ],
    [
      'a name that YAML reads as a number',
      '    profiles: [{name: 1, values: {x: 1}}]\n',
      ['a.yaml:4:23: "name" is read as the number 1, put it in quotes: "1"'],
    ],
    [
      'a name that could be a path',
      '    profiles: [{name: ../x, values: {x: 1}}]\n',
      [
        'a.yaml:4:23: "name" cannot be "../x", write letters, digits, dots, underscores and hyphens, with a letter or digit first',
      ],
    ],
    [
      'a profile without values',
      '    profiles: [{name: ha}, {name: b, valuesFiles: []}]\n',
      [
        'a.yaml:4:16: the profile "ha" sets nothing, add "values" or "valuesFiles"',
        'a.yaml:4:28: the profile "b" sets nothing, add "values" or "valuesFiles"',
      ],
    ],
    [
      'an unknown key, and nothing about what it may have been meant for',
      '    profiles:\n      - name: ha\n        vales: {x: 1}\n',
      ['a.yaml:6:9: unknown key "vales", write "values" or take it out'],
    ],
    [
      'a template without quotes',
      '    profiles:\n      - {{ .x }}\n',
      ['a.yaml:5:9: a template that is not quoted is read as a map, put quotes around the whole value'],
    ],
    [
      'one name twice',
      '    profiles:\n      - &ha {name: ha, values: {x: 1}}\n      - name: ha\n        values: {x: 2}\n      - *ha\n',
      [
        'a.yaml:6:9: there is another profile "ha" at line 5, give each a name of its own',
        'a.yaml:8:9: there is another profile "ha" at line 5, give each a name of its own',
      ],
    ],
    [
      'a values file that is not there, and one that is broken',
      '    profiles:\n      - valuesFiles: [none.yaml]\n        naem: x\n      - {name: b, valuesFiles: [v.yaml], values: []}\n',
      [
        'a.yaml:5:9: "name" is missing, add it, for example "ha"',
        'a.yaml:5:23: there is no values file "none.yaml", write the path of a file, relative to this one',
        'a.yaml:6:9: unknown key "naem", write "name" or take it out',
        'a.yaml:7:50: "values" is a list, write a map, for example {"replicas":3}',
        'v.yaml:2:1: the key "a" stands here a second time, keep one of the two',
      ],
    ],
  ])('says what to write instead: %s', async (_, body, messages) => {
    expect(await problemsOf(body, { 'v.yaml': 'a: 1\na: 2\n' })).toEqual(messages);
  });
});
