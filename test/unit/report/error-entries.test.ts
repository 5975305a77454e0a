import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entryTable, entryText, errorEntries } from '../../../src/report/error-entries.ts';

const DOCUMENT = readFileSync(join(import.meta.dirname, '../../../docs/errors.md'), 'utf8');
const entries = errorEntries(DOCUMENT);

describe('the entries of errors', () => {
  it('are all headings of the document, each with causes, what to do and an exit code', () => {
    const headings = DOCUMENT.match(/^### `[A-Z_]+`$/gm) ?? [];
    expect(entries.map(({ code }) => `### \`${code}\``)).toEqual(headings);
    for (const { code, meaning, lines } of entries) {
      expect(meaning, code).toMatch(/\.$/);
      expect(
        lines.slice(1).map((line) => /^- (?:Causes|What to do|Exit code):/.test(line)),
        code,
      ).toEqual([true, true, true]);
    }
  });

  it('are shown without Markdown', () => {
    const found = entries.find(({ code }) => code === 'NOT_PROVEN');
    const text = found === undefined ? '' : entryText(found);
    expect(text).toContain('\n- What to do: read the proof. --push-unproven pushes it all the same.\n');
    for (const entry of entries) expect(entryText(entry)).not.toMatch(/\]\(|`/);
    expect(entryTable(entries).split('\n')).toHaveLength(entries.length + 1);
  });
});
