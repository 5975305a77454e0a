import { describe, expect, it } from 'vitest';
import { slotText } from '../../../../src/domain/explain/slot-text.ts';

describe('the text of a value', () => {
  it.each([
    ['quay.io', 0, 'quay.io'],
    ['', 0, ''],
    ['quay.io/team/app:1.0', 0, 'quay.io/team/app:1.0'],
    ['oci://ghcr.io/org/x', 6, 'oci://ghcr.io/org/x'],
    ['/team/app', 1, '/team/app'],
    ['--image=quay.io/a/b:1 --password=hunter2', 8, '…quay.io/a/b:1…'],
    ['password: hunter2\nimage: quay.io/a/b:1\n', 25, '…quay.io/a/b:1…'],
    ['a=org/a:1,b=org/b:2', 12, '…org/b:2'],
    ['user:hunter2@quay.io/a', 13, '…quay.io/a'],
  ])('%j at %i is %j', (value, offset, expected) => {
    expect(slotText({ value, offset })).toBe(expected);
  });

  it('is nothing where the values have no such key', () => {
    expect(slotText({ value: undefined, offset: 0 })).toBeNull();
  });
});
