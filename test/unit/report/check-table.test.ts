import { describe, expect, it } from 'vitest';
import type { CheckedImage, CheckReport } from '../../../src/domain/check/report.ts';
import { checkText } from '../../../src/report/check-table.ts';

function image(reference: string, parts: Partial<CheckedImage> = {}): CheckedImage {
  const places = [{ template: 'web/templates/a.yaml', kind: 'Pod', name: 'a', path: 'spec.containers[0].image' }];
  return {
    ...{ reference, role: 'image', verdict: 'ok', detail: null, digest: null },
    ...{ platforms: [], missingPlatforms: [], places, ...parts },
  };
}

function reportOf(parts: Partial<CheckReport> = {}): CheckReport {
  return {
    version: 1,
    subject: { kind: 'chart', source: './web', version: '1.2.3', digest: null },
    registries: ['r.example/platform'],
    ...{ platforms: [], strict: false, exitCode: 0, verdict: 'fine', totals: { ok: 1 } },
    images: [image('r.example/platform/a:1')],
    ...{ mentioned: [], errors: [], notes: [], ...parts },
  };
}

function linesOf(parts: Partial<CheckReport>): readonly string[] {
  return checkText(reportOf(parts), false).trimEnd().split('\n');
}

describe('the table of a check', () => {
  it('has a row for every image, with its first place and the number of the others', () => {
    const [place] = image('x').places;
    if (place === undefined) throw new Error('an image has a place');
    const images = [
      image(':1', { verdict: 'unreadable', detail: 'it is no reference' }),
      image('quay.io/a:1', { verdict: 'outside', detail: 'not in r.example', places: [place, place, place] }),
      image('r.example/b', { role: 'base', places: [place, place] }),
    ];
    expect(linesOf({ images, verdict: 'not-fine', totals: { unreadable: 1, outside: 1, ok: 1 } })).toEqual([
      'VERDICT     IMAGE               MISSING             PLACE',
      'unreadable  ":1"                it is no reference  web/templates/a.yaml Pod/a spec.containers[0].image',
      'outside     quay.io/a:1         not in r.example    web/templates/a.yaml Pod/a spec.containers[0].image, +2 places',
      'ok          r.example/b (base)                      web/templates/a.yaml Pod/a spec.containers[0].image, +1 place',
      '',
      'NOT FINE: ./web 1.2.3: 1 unreadable, 1 outside',
    ]);
  });

  it('ends with the verdict', () => {
    const last = (parts: Partial<CheckReport>) => linesOf(parts).at(-1);
    expect(last({})).toBe('FINE: ./web 1.2.3: 1 image, all in r.example/platform');
    const images = [image('a:1'), image('b:1'), image('r.example', { role: 'base' })];
    const platforms = ['linux/amd64', 'linux/arm64'];
    expect(last({ images, platforms, registries: ['a.example', 'b.example'] })).toBe(
      'FINE: ./web 1.2.3: 2 images, all in a.example or b.example, for linux/amd64 and linux/arm64',
    );
    expect(last({ images: [] })).toBe('NO IMAGE: ./web 1.2.3 names no image: nothing would be pulled');
    expect(last({ images: [], verdict: 'not-fine', strict: true, totals: {} })).toBe(
      'NOT FINE: ./web 1.2.3: no image at all',
    );
    const unknown = [image('a:1', { verdict: 'unknown' })];
    expect(last({ images: unknown, verdict: 'undecided', totals: { unknown: 1 } })).toBe(
      'UNDECIDED: ./web 1.2.3: 1 not asked',
    );
    const subject = { kind: 'manifests', source: 'standard input', version: null, digest: null } as const;
    expect(last({ subject })).toBe('FINE: standard input: 1 image, all in r.example/platform');
  });

  it('tells mentions, notes and errors before it, and not too many', () => {
    const mentioned = Array.from({ length: 22 }, (_, line) => ({ template: 't', line: line + 1, text: 'quay.io' }));
    const error = { code: 'RATE_LIMITED', origin: 'destination', message: 'r.example throttles', hint: 'wait' };
    const lines = linesOf({
      mentioned,
      errors: [error],
      notes: ['a note'],
      verdict: 'undecided',
      totals: { ok: 1, unknown: 1 },
    });
    expect(lines.slice(3, 5)).toEqual([
      'mentioned: other registries, where no image was recognised',
      '  t, line 1: quay.io',
    ]);
    expect(lines.slice(-7)).toEqual([
      ...['  t, line 20: quay.io', '  and 2 more, see --json', '', 'note: a note'],
      ...['RATE_LIMITED: r.example throttles', '  → wait', 'UNDECIDED: ./web 1.2.3: 1 not asked'],
    ]);
    expect(linesOf({ mentioned, strict: true, verdict: 'not-fine' }).at(-1)).toBe(
      'NOT FINE: ./web 1.2.3: 22 mentions of other registries',
    );
  });

  it('keeps to one line whatever stands in a manifest, and is coloured on terminals only', () => {
    const images = [image('a\u001b[31m\nb', { verdict: 'outside', detail: 'x\ny' })];
    const report = reportOf({ images, verdict: 'not-fine', totals: { outside: 1 } });
    expect(checkText(report, false).split('\n')[1]).toMatch(/^outside {2}a \[31m b {2}x y {2,}web/);
    expect(checkText(report, true)).toContain('\u001b[31m');
    expect(checkText(report, false)).not.toContain('\u001b');
  });
});
