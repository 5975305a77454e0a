import { describe, expect, it } from 'vitest';
import { wrapText } from '../../../src/cli/help-width.ts';

describe('the text of a help on a narrow terminal', () => {
  it('has its paragraphs as wide as the terminal, whatever their lines were', () => {
    expect(wrapText('Exit codes: 0 all done; 1 something\nfailed.\n', 24)).toBe(
      'Exit codes: 0 all done;\n1 something failed.\n',
    );
  });

  it('goes on with commands behind a backslash, to be copied, and keeps lists as they are', () => {
    const text = 'Examples:\n  $ airgap-charts mirror --catalog catalog.yaml --locked\n\nOptions:\n  -h   help\n';
    expect(wrapText(text, 80)).toBe(text);
    expect(wrapText(text, 40)).toBe(
      'Examples:\n  $ airgap-charts mirror \\\n        --catalog catalog.yaml --locked\n\nOptions:\n  -h   help\n',
    );
  });

  it('wraps a command that goes on in the text as a whole', () => {
    const text = '  $ prune --target-registry r \\\n      --keep 3 \\\n      --yes\n\nBelow.';
    expect(wrapText(text, 80)).toBe('  $ prune --target-registry r --keep 3 --yes\n\nBelow.');
    expect(wrapText(text, 33)).toBe('  $ prune --target-registry r \\\n        --keep 3 --yes\n\nBelow.');
  });

  it('parts no words of a command that are quoted, and leaves room for the backslash', () => {
    const wrapped = wrapText(`  $ a 'b c d e' "f \\" g" h\\ i | j > k`, 19).split('\n');
    expect(wrapped).toEqual([`  $ a 'b c d e' \\`, `        "f \\" g" \\`, '        h\\ i | j \\', '        > k']);
    expect(wrapText('  $ a bcdefgh', 10)).toBe('  $ a \\\n  bcdefgh');
    // without the backslash of the first line, this would fit
    expect(wrapText('  $ aa bb cc dd', 12)).toBe('  $ aa bb \\\n        cc \\\n        dd');
  });

  it('keeps the indentation of a line that is too long, and words that are', () => {
    expect(wrapText('  one two three', 9)).toBe('  one two\n  three');
    expect(wrapText('  a-very-long-word b', 8)).toBe('  a-very-long-word\n  b');
  });
});
