import { describe, expect, it } from 'vitest';
import { KNOWN_ARTIFACTS } from '../../../src/domain/images/artifacts.ts';
import { OPERATORS } from '../../../src/domain/images/operators.ts';
import { USE_RULES } from '../../../src/domain/images/use-rules.ts';
import { readDocument, tableRows } from './documents.ts';

const document = readDocument('docs/images.md');

describe('docs/images.md', () => {
  it('has every rule, with its kind, its certainty and an example', () => {
    const rows = tableRows(document, 'Rule');
    expect(rows.map((row) => row.slice(0, 3))).toEqual(
      Object.values(USE_RULES).map(({ why, role, certainty }) => [why, role, certainty]),
    );
    for (const [why, , , example] of rows) expect(example, why).not.toBe('');
  });

  it('has the known artifacts, with the tags that their programs add', () => {
    expect(tableRows(document, 'Artifacts')).toEqual(
      KNOWN_ARTIFACTS.map(({ what, impliedTag, source }) => [
        what,
        impliedTag === undefined ? 'unknown' : `\`${impliedTag}\``,
        `<${source}>`,
      ]),
    );
  });

  it('has every operator', () => {
    expect(tableRows(document, 'Operator')).toEqual(
      OPERATORS.map(({ name, pulls, steer, source }) => [name, pulls ?? 'nothing', steer, `<${source}>`]),
    );
  });
});
