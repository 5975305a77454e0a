import { describe, expect, it } from 'vitest';
import { attribute, withoutMarkers } from '../../../../src/domain/trace/attribution.ts';
import { markerOf, type Slot } from '../../../../src/domain/trace/slot.ts';
import { use } from './uses.ts';

const REGISTRY: Slot = { id: 1, kind: 'host', path: ['registry'], value: 'quay.io', offset: 0, length: 7 };
const NAME: Slot = { id: 2, kind: 'path', path: ['name'], value: 'org/app', offset: 0, length: 0 };
const BLANK: Slot = { id: 3, kind: 'host', path: ['hub'], value: undefined, offset: 0, length: 0 };
const SLOTS = [REGISTRY, NAME, BLANK];
const [registry, name, blank] = [markerOf(REGISTRY), markerOf(NAME), markerOf(BLANK)];

describe('taking markers out', () => {
  const known = new Map(SLOTS.map((slot) => [slot.id, slot]));

  it.each([
    [`${registry}/org/app:1`, 'quay.io/org/app:1'],
    [`${registry}/${name}org/app:1`, 'quay.io/org/app:1'],
    [`${blank}/org/app:1`, 'org/app:1'],
    [blank, ''],
    [`zq99z-org/app`, 'zq99z-org/app'],
    ['no marker', 'no marker'],
  ])('%s stood for %s', (text, expected) => {
    expect(withoutMarkers(text, known)).toBe(expected);
  });
});

describe('attributing references', () => {
  it('names the slot at the head and those behind it, with what follows each', () => {
    const original = use('quay.io/org/app:1', 'p');
    const found = attribute([original], [use(`${registry}/${name}org/app:1`, 'p')], SLOTS);
    expect(found.get(original)?.links).toEqual([
      { slot: REGISTRY, tail: '/org/app:1' },
      { slot: NAME, tail: 'org/app:1' },
    ]);
  });

  it('leaves a reference open that does not begin with a marker', () => {
    const original = use('quay.io/org/app:1', 'p');
    expect(attribute([original], [use(`quay.io/${name}org/app:1`, 'p')], SLOTS).size).toBe(0);
    expect(attribute([original], [use('quay.io/org/app:1', 'p')], SLOTS).size).toBe(0);
  });

  it('leaves a reference open whose rest has become another one', () => {
    const original = use('quay.io/org/app:1', 'p');
    expect(attribute([original], [use(`${registry}/org/other:2`, 'p')], SLOTS).size).toBe(0);
  });

  it('attributes an override, which replaces the whole reference', () => {
    const original = use('quay.io/org/app:1', 'p');
    expect(attribute([original], [use(`${blank}/org/app:1`, 'p')], SLOTS).get(original)?.links[0].slot).toBe(BLANK);
  });

  it('compares place by place, in order, since names may be random', () => {
    const first = { ...use('quay.io/org/app:1', 'p'), name: 'a-x7f' };
    const second = { ...use('quay.io/org/app:1', 'p'), name: 'b-k2m' };
    const probed = [
      { ...use('quay.io/org/app:1', 'p'), name: 'a-q1w' },
      { ...use(`${registry}/org/app:1`, 'p'), name: 'b-e3r' },
    ];
    const found = attribute([first, second], probed, SLOTS);
    expect([found.has(first), found.has(second)]).toEqual([false, true]);
  });

  it('does not mix templates, kinds and paths', () => {
    const original = use('quay.io/org/app:1', 'p');
    for (const other of [{ template: 'x' }, { kind: 'Job' }, { path: 'q' }])
      expect(attribute([original], [{ ...use(`${registry}/org/app:1`, 'p'), ...other }], SLOTS).size).toBe(0);
  });

  it('finds the same reference again where a place has gained or lost some', () => {
    const first = use('quay.io/org/app:1', 'p');
    const second = use('quay.io/org/side:2', 'p');
    const found = attribute([first, second], [use(`${registry}/org/side:2`, 'p')], SLOTS);
    expect([found.has(first), found.has(second)]).toEqual([false, true]);
  });
});
