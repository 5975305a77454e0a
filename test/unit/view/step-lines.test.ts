import { describe, expect, it } from 'vitest';
import { MirrorError } from '../../../src/errors.ts';
import { failureText } from '../../../src/view/step-lines.ts';

describe('what failed', () => {
  it.each([
    ['quay.io/a:1 is not at its source', 'quay.io/a:1 is not at its source'],
    ['quay.io/a:12 is not there', 'quay.io/a:1: quay.io/a:12 is not there'],
    ['later', 'quay.io/a:1: later'],
  ])('is named once: %s', (message, expected) => {
    const error = new MirrorError(message, { code: 'INTERNAL', origin: 'local' });
    expect(failureText('quay.io/a:1', error)).toBe(expected);
  });
});
