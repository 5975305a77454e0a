import { describe, expect, test } from 'vitest';
import { foldJournal, formatEntry, type JournalEntry, parseEntry, unfoldJournal } from '../../../src/domain/journal.ts';
import { parseDigest, parseReference } from '../../../src/domain/reference.ts';

function at(text: string, digit: string) {
  const reference = parseReference(text);
  const digest = parseDigest(`sha256:${digit.repeat(64)}`);
  if (reference === undefined || digest === undefined) throw new Error(text);
  return { ...reference, digest };
}

const IMAGE: JournalEntry = { kind: 'image', at: at('r.example/app:1', 'a') };
const BLOB: JournalEntry = { kind: 'blob', at: at('r.example/app', 'b') };
const UPLOAD: JournalEntry = {
  kind: 'upload',
  at: at('r.example/app', 'c'),
  place: new URL('https://r.example/up?x=1'),
};
const ENDED: JournalEntry = { kind: 'ended', at: at('r.example/app', 'c') };

describe('the journal', () => {
  test.each([IMAGE, BLOB, UPLOAD, ENDED])('reads what it wrote: $kind', (entry) => {
    expect(parseEntry(formatEntry(entry))).toEqual(entry);
  });

  test.each([
    ['nothing', ''],
    ['half a line', formatEntry(UPLOAD).slice(0, -5)],
    ['another kind', '{"other":"r.example/app@sha256:aa"}'],
    ['a name without a digest', '{"blob":"r.example/app:1"}'],
    ['an upload without an address', JSON.stringify({ upload: `r.example/app@sha256:${'a'.repeat(64)}` })],
    ['no object', '"image"'],
  ])('passes over %s', (_, line) => {
    expect(parseEntry(line)).toBeUndefined();
  });

  test('comes to the last that was said of each', () => {
    const later: JournalEntry = { kind: 'image', at: at('r.example/app:1', 'd') };
    const state = foldJournal([IMAGE, BLOB, UPLOAD, later, ENDED]);
    expect([...state.images]).toEqual([['r.example/app:1', later.at.digest]]);
    expect([...state.blobs.keys()]).toEqual([`r.example/app@${BLOB.at.digest}`]);
    expect(state.uploads.size).toBe(0);
    expect(foldJournal(unfoldJournal(state))).toEqual(state);
  });

  test('keeps uploads underway', () => {
    const state = foldJournal([UPLOAD]);
    expect(foldJournal(unfoldJournal(state)).uploads.get(`r.example/app@${UPLOAD.at.digest}`)?.href).toBe(
      'https://r.example/up?x=1',
    );
  });
});
