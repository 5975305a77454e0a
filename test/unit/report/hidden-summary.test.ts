import { describe, expect, it } from 'vitest';
import type { Report, ReportedChart } from '../../../src/domain/report/report.ts';
import type { ReportedHiddenImage } from '../../../src/domain/report/reported-hidden.ts';
import { hiddenTold } from '../../../src/report/hidden-summary.ts';
import { chartRow, imageRow, sampleReport } from '../docs/sample-report.ts';
import { toldLines } from './told-lines.ts';

const PLAIN = (_: unknown, text: string): string => text;
const ROW = chartRow('pushed');

function hidden(image: string, parts: Partial<ReportedHiddenImage> = {}): ReportedHiddenImage {
  return {
    image,
    destination: `registry.example.com/${image}`,
    evidence: 'conditional',
    when: ['x.enabled=true'],
    moved: 'proven',
    mirrored: false,
    confirmation: 'confirmed',
    reason: null,
    ...parts,
  };
}

/** A chart of which only what is hidden counts. */
function chart(hiddenImages: readonly ReportedHiddenImage[], parts: Partial<ReportedChart> = {}): ReportedChart {
  return { ...ROW, hiddenImages, profiles: [], refusedProfiles: [], ...parts };
}

function lines(charts: readonly ReportedChart[], parts: Partial<Report> = {}): readonly string[] {
  return toldLines(hiddenTold({ ...sampleReport([], []), charts, ...parts }, PLAIN));
}

const TO_HAVE = '                  → to have them: --images conditional, or all, or images of the catalog entry';
const TO_LEAVE =
  '                  → pulled from their public sources, whatever is mirrored: do not set what brings them';

describe('what is told of hidden images', () => {
  it('is nothing where there is nothing', () => {
    expect(lines([chart([])])).toEqual([]);
  });

  it('names what is not moved, and what is moved and not mirrored, with what brings it and what to do', () => {
    const rows = [
      hidden('quay.io/a:1', { moved: 'no' }),
      hidden('quay.io/b:1', { when: ['b.on=true', 'ci/b-values.yaml'] }),
      hidden('quay.io/c:1', { evidence: 'declared', when: ['c.image'], moved: 'by-form' }),
      hidden('quay.io/d:1', { mirrored: true }),
    ];
    expect(lines([chart(rows)])).toEqual([
      'not moved       quay.io/a:1: a, with x.enabled=true',
      TO_LEAVE,
      'not mirrored    quay.io/b:1: a, with b.on=true and 1 other',
      'not mirrored    quay.io/c:1: a, named in c.image',
      TO_HAVE,
      'with other values: 4 further images: moved and proven 2, moved by form 1, not moved 1; 1 mirrored',
    ]);
  });

  it('has each image once; the release that leaves it where it is counts', () => {
    const rows = [
      chart([hidden('quay.io/a:1')]),
      chart([hidden('quay.io/a:1', { moved: 'no' })], { release: 'second' }),
      chart([hidden('quay.io/a:1')], { release: 'third' }),
    ];
    expect(lines(rows)).toEqual([
      'not moved       quay.io/a:1: a (second), with x.enabled=true; 2 other releases',
      TO_LEAVE,
      'with other values: 1 further image: moved and proven 0, moved by form 0, not moved 1; 0 mirrored',
    ]);
  });

  it('names a few, and counts the others', () => {
    const many = (count: number): readonly ReportedHiddenImage[] =>
      Array.from({ length: count }, (_, index) => hidden(`quay.io/a${index}:1`));
    const named = (count: number): readonly string[] =>
      lines([chart(many(count))]).filter((line) => line.startsWith('not mirrored'));
    expect(named(6)).toHaveLength(6);
    expect(named(9)).toHaveLength(6);
    expect(named(9).at(-1)).toBe('not mirrored    and 4 more: hiddenImages in the report');
  });

  it('does not advise to ask for what was asked for and could not be had', () => {
    const images = [{ ...imageRow('unconfirmed'), source: 'quay.io/a:1' }];
    expect(lines([chart([hidden('quay.io/a:1')])], { images })).not.toContain(TO_HAVE);
  });

  it('says of a scan what would be mirrored', () => {
    const rows = [chart([hidden('quay.io/a:1', { mirrored: true })])];
    expect(lines(rows, { scanOnly: true })).toEqual([
      'with other values: 1 further image: moved and proven 1, moved by form 0, not moved 0; 1 to be mirrored',
    ]);
  });

  it.each([
    [1, '1 further image is NOT confirmed at the source: reason in hiddenImages of the report'],
    [2, '2 further images are NOT confirmed at the source: reason in hiddenImages of the report'],
  ])('counts what is not confirmed: %d', (count, line) => {
    const rows = Array.from({ length: count }, (_, index) =>
      hidden(`quay.io/a${index}:1`, { confirmation: 'unconfirmed', reason: 'not there' }),
    );
    const said = lines([chart([...rows, hidden('quay.io/b:1')])]);
    expect(said).toContain(line);
    expect(said.filter((one) => one.startsWith('not confirmed   quay.io/a'))).toHaveLength(count);
    expect(said).toContain('not confirmed   quay.io/a0:1: not there');
  });

  it('names profiles that are not proven, unless an image says the same', () => {
    const proof = { ...ROW.proof, state: 'not-proven' } as const;
    const profiles = ['x.enabled=true', 'y.enabled=true'].map(
      (profile) => ({ profile, kind: 'switch', refusedByNotes: null, images: [], proof }) as const,
    );
    expect(lines([chart([hidden('quay.io/a:1', { moved: 'no' })], { profiles })])[0]).toBe(
      'not covered     a (a) with y.enabled=true',
    );
  });
});

describe('what is not known of hidden images', () => {
  const refused = (count: number): ReportedChart['refusedProfiles'] =>
    Array.from({ length: count }, (_, index) => ({ profile: `s${index}=true`, kind: 'switch', reason: 'no' }));

  it('is counted where charts do not render, with their names', () => {
    const ci = { profile: 'ci/a-values.yaml', kind: 'ci', reason: 'no' } as const;
    const rows = [
      chart([], { refusedProfiles: [...refused(2), ci] }),
      chart([]),
      chart([], { chart: 'b', release: 'c' }),
    ];
    expect(lines(rows)).toEqual([
      'not known: what 2 switches, 1 set of test values would bring: a did not render with them, see refusedProfiles in the report',
    ]);
    const many = Array.from({ length: 6 }, () => chart([], { refusedProfiles: refused(1) }));
    expect(lines(many)[0]).toContain('6 switches would bring: 6 releases did not render with them');
  });

  it('is everything behind switches when none was turned, and nothing when there was none to turn', () => {
    expect(lines([chart([], { switches: null })])).toEqual([
      'not known: images behind switches, since none was turned (--no-switches)',
    ]);
    expect(lines([chart([], { switches: 0 })])).toEqual([]);
  });
});
