import { describe, expect, it } from 'vitest';
import { wrapText } from '../../../src/cli/help-width.ts';

describe('the text of a help on a narrow terminal', () => {
  it('has its paragraphs as wide as the terminal, whatever their lines were', () => {
    expect(wrapText('Exit codes: 0 all done; 1 something\nfailed.\n', 24)).toBe(
      'Exit codes: 0 all done;\n1 something failed.\n',
    );
  });

  it('keeps commands in one line, to be copied, and lists as they are', () => {
    const text = 'Examples:\n  $ airgap-charts mirror --catalog catalog.yaml\n\nOptions:\n  -h   help\n';
    expect(wrapText(text, 20)).toBe(text);
  });

  it('keeps the indentation of a line that is too long, and words that are', () => {
    expect(wrapText('  one two three', 9)).toBe('  one two\n  three');
    expect(wrapText('  a-very-long-word b', 8)).toBe('  a-very-long-word\n  b');
  });
});
