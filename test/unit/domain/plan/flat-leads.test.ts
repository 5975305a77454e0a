import { expect, it } from 'vitest';
import { behindLead, flatBeginning } from '../../../../src/domain/plan/flat-leads.ts';

const BASE = 'r.test/me';

it.each([
  ['quay.io/', { text: 'quay.io', wanted: 'r.test/me' }],
  ['quay.io/a/', { text: 'quay.io/a/', wanted: 'r.test/me/a--' }],
  ['quay.io/a/b-', { text: 'quay.io/a/b-', wanted: 'r.test/me/a--b-' }],
  ['a/', undefined],
  ['', undefined],
])('a template that begins a name with "%s" gets the beginning of the flat one', (lead, expected) => {
  expect(flatBeginning(lead, BASE)).toEqual(expected);
});

it('values make what is behind such a beginning', () => {
  expect(behindLead('r.test/me/a--b--c:1', 'quay.io/a/', BASE)).toBe('b--c:1');
  expect(behindLead('r.test/me/a--b--c:1', 'quay.io/', BASE)).toBe('a--b--c:1');
  expect(behindLead('r.test/me/a--b:1', 'quay.io/x/', BASE)).toBeUndefined();
});
