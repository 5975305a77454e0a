import { describe, expect, it } from 'vitest';
import { EXISTING_CASES, existingTable, outcomeOf } from '../../support/existing-table.ts';
import { readDocument } from './documents.ts';

describe('docs/existing-tags.md', () => {
  it('has the table that the rules make', () => {
    expect(readDocument('docs/existing-tags.md').text).toContain(existingTable());
  });

  it('stands for 48 cases, each decided', () => {
    expect(EXISTING_CASES).toHaveLength(48);
    const immutable = EXISTING_CASES.filter((one) => one.immutable);
    // nothing is ever pushed to an immutable tag that exists
    const pushed = immutable.filter((one) => /again|replaced/.test(outcomeOf(one).word));
    expect(pushed).toEqual([]);
    expect(EXISTING_CASES.filter((one) => outcomeOf(one).impossible)).toHaveLength(7);
  });
});
