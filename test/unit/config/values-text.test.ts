import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { catalogOf } from './inputs.ts';

const HEAD = 'addons:\n  - chart: keda\n    repository: https://x.example\n';

async function inlineText(body: string, before = ''): Promise<string | undefined> {
  const catalog = await catalogOf({ 'a.yaml': `${before}${HEAD}${body}` }, { catalogs: ['a.yaml'] });
  return catalog.addons[0]?.layers.find((layer) => layer.origin === 'inline')?.text;
}

describe('inline values reach helm as they are written', () => {
  it('keeps the spelling of numbers, quotes and comments', async () => {
    const text = await inlineText(
      [
        '    values:',
        '      mode: 0644 # octal for helm',
        '      rate: 1e3',
        '      id: 123456789012345678901234567890',
        '      version: 1.10',
        '      flag: yes',
        "      quoted: 'a''b'",
        '    release: r',
        '',
      ].join('\n'),
    );
    expect(text).toBe(
      "mode: 0644 # octal for helm\nrate: 1e3\nid: 123456789012345678901234567890\nversion: 1.10\nflag: yes\nquoted: 'a''b'\n",
    );
  });

  it('takes the indentation off without changing what the text says', async () => {
    const values = [
      '      script: |',
      '        #!/bin/sh',
      '          indented',
      '',
      '        end',
      '      kept: |+',
      '        x',
      '',
      '',
      '      folded: >-',
      '        one',
      '        two',
      '',
      '        three',
      '      indented: |2',
      '          four',
      '        two',
      '      plain: a',
      '        b',
      '',
      '        c',
      '      double: "a',
      '        b \\',
      '        c"',
      '  # a comment further left',
      '      list:',
      '      - {a: 1,',
      '          b: 2}',
      '      - - x',
      '        - y',
      '      ? complex',
      '      : value',
      '',
    ].join('\n');
    const text = await inlineText(`    values:\n${values}`);
    expect(parse(text ?? '')).toEqual(parse(values));
    expect(text?.startsWith('script: |\n  #!/bin/sh\n    indented\n\n  end\n')).toBe(true);
  });

  it('keeps a map in braces as it is', async () => {
    expect(await inlineText('    values: {a: 0644,\n      b: [1e3]}\n')).toBe('{a: 0644,\n      b: [1e3]}');
  });

  it('keeps CRLF, which YAML reads as line breaks', async () => {
    const text = await inlineText('    values:\r\n      a: |\r\n        x\r\n        y\r\n      b: 0644\r\n');
    expect(text).toBe('a: |\r\n  x\r\n  y\r\nb: 0644\r\n');
    expect(parse(text ?? '')).toEqual({ a: 'x\ny\n', b: 644 });
  });

  it('keeps anchors and aliases that stay inside', async () => {
    expect(await inlineText('    values:\n      a: &x\n        b: 1\n      c: *x\n')).toBe('a: &x\n  b: 1\nc: *x\n');
  });

  it('takes the text of the anchor when the values are an alias', async () => {
    const before = 'moved: []\n';
    const body =
      '    values: &shared\n        mode: 0644\n  - chart: b\n    repository: https://x.example\n    values: *shared\n';
    const catalog = await catalogOf({ 'a.yaml': `${before}${HEAD}${body}` }, { catalogs: ['a.yaml'] });
    expect(catalog.addons.map((addon) => addon.layers[0]?.text)).toEqual(['mode: 0644\n', 'mode: 0644\n']);
  });

  it('writes the values out when an alias names an anchor outside, every scalar in its spelling', async () => {
    const body = [
      '    values: &first',
      '      shared: &shared {mode: 0644, at: 12:30:45, word: yes, text: "a\\tb", none: }',
      '      more: &more [1e3, 1.10]',
      '  - chart: b',
      '    repository: https://x.example',
      '    values:',
      '      <<: *shared',
      '      copy: *more',
      '      date: 2001-12-14',
      '      block: |',
      '        one',
      '        {two}: "x"',
      '      comma: a, b # not text',
      '      colon: "x: y"',
      "      'quoted key': ~",
      '      empty:',
      '      tagged: !!str 12',
      '      word: no',
      '      dash: -x',
      '      url: https://x.example/a?b=c#d',
      '      line: "\\u2028\\x7f"',
      '',
    ].join('\n');
    const catalog = await catalogOf({ 'a.yaml': `${HEAD}${body}` }, { catalogs: ['a.yaml'] });
    const text = catalog.addons[1]?.layers[0]?.text ?? '';
    expect(text).toBe(
      '{copy: [1e3, 1.10], date: 2001-12-14, block: "one\\n{two}: \\"x\\"\\n", comma: "a, b", colon: "x: y", "quoted key": ~, empty: null, tagged: "12", word: no, dash: -x, url: "https://x.example/a?b=c#d", line: "\\u2028\\u007f", mode: 0644, at: 12:30:45, text: "a\\tb", none: null}\n',
    );
    const whole = parseAllDocuments(`${HEAD}${body}`, { merge: true })[0]?.toJS() as {
      addons: readonly { values: unknown }[];
    };
    expect(parse(text)).toEqual(whole.addons[1]?.values);
  });

  it('has no layer for values without a map', async () => {
    await expect(inlineText('    values:\n')).rejects.toThrow('a.yaml:4:12: "values" is empty, write a map');
    expect(await inlineText('    version: "1"\n')).toBeUndefined();
  });

  it('reads templates in values, which belong to the chart', async () => {
    expect(await inlineText('    values:\n      legend: "{{ pod }}"\n')).toBe('legend: "{{ pod }}"\n');
  });
});
