import { describe, expect, it } from 'vitest';
import type { ImageUse } from '../../../../src/domain/images/image-use.ts';
import { flatName } from '../../../../src/domain/plan/destination.ts';
import type { Attribution, Link } from '../../../../src/domain/trace/attribution.ts';
import { flatFills } from '../../../../src/domain/trace/flat-fills.ts';
import { fillSlots, type Slot } from '../../../../src/domain/trace/slot.ts';
import { solve } from '../../../../src/domain/trace/solve.ts';
import { nameBehind, solveCompleting } from '../../../../src/domain/trace/solve-officials.ts';
import { widening } from '../../../../src/domain/trace/widen.ts';
import { use } from './uses.ts';

const BASE = 'r.test/me';

function wanted({ reference: { repository, tag } }: ImageUse): string {
  return `${BASE}/${flatName(repository)}${tag === undefined ? '' : `:${tag}`}`;
}

function host(key: string, value: string): Slot {
  return { id: 1, kind: 'host', path: [key], value, offset: 0, length: (value.split('/')[0] ?? '').length };
}

function path(key: string, value: string): Slot {
  return { id: 2, kind: 'path', path: [key], value, offset: 0, length: 0 };
}

/** A reference by the slots in it: each with what follows it. */
function made(
  text: string,
  first: readonly [Slot, string],
  ...rest: readonly (readonly [Slot, string])[]
): Attribution {
  const link = ([slot, tail]: readonly [Slot, string]): Link => ({ slot, tail });
  return { use: use(text), links: [link(first), ...rest.map(link)] };
}

function widened(all: readonly Attribution[]): readonly Attribution[] {
  return all.map(widening(all));
}

/** What each value becomes, and what is not solved. */
function solved(...all: readonly Attribution[]): Readonly<Record<string, string>> & { readonly left?: string } {
  const { fills, unsolved } = solve(widened(all), wanted, [], flatFills(BASE));
  const edits = fills.map(({ slot, text }) => [slot.path.join('.'), fillSlots(slot.value ?? '', [{ slot, text }])]);
  const left = unsolved.length === 0 ? {} : { left: unsolved.map(({ text }) => text).join(' ') };
  return { ...Object.fromEntries(edits), ...left };
}

describe('flat names', () => {
  it('are written into one text, and the tag stays', () => {
    expect(solved(made('quay.io/a/b:1', [host('image', 'quay.io/a/b:1'), '/a/b:1']))).toEqual({
      image: 'r.test/me/a--b:1',
    });
  });

  it('leave the registry the whole target, and the repository the name', () => {
    const one = made('quay.io/a/b:1', [host('registry', 'quay.io'), '/a/b:1'], [path('repository', 'a/b'), 'a/b:1']);
    expect(solved(one)).toEqual({ registry: BASE, repository: 'a--b' });
  });

  it('are shared among three values as the template joins them', () => {
    const one = made(
      'quay.io/a/b:1',
      [host('registry', 'quay.io'), '/a/b:1'],
      [path('org', 'a'), 'a/b:1'],
      [path('name', 'b'), 'b:1'],
    );
    expect(solved(one)).toEqual({ registry: 'r.test', org: 'me', name: 'a--b' });
  });

  it('are solved for all that share a prefix', () => {
    const prefix = host('prefix', 'quay.io/a');
    const all = ['b', 'c'].map((name) =>
      made(`quay.io/a/${name}:1`, [prefix, `/a/${name}:1`], [path(name, name), `${name}:1`]),
    );
    expect(solved(...all)).toEqual({ prefix: BASE, b: 'a--b', c: 'a--c' });
  });

  it('are open where one value would have to be two', () => {
    const name = path('name', 'b');
    const all = ['a', 'c'].map((org) =>
      made(`quay.io/${org}/b:1`, [host(org, `quay.io/${org}`), `/${org}/b:1`], [name, 'b:1']),
    );
    expect(solved(...all)).toMatchObject({ left: 'quay.io/c/b:1', name: 'a--b' });
  });

  it('are open where a template spells out the name', () => {
    const one = made('quay.io/a/b:1', [host('prefix', 'quay.io/a'), '/a/b:1']);
    expect(solved(one)).toMatchObject({ left: 'quay.io/a/b:1' });
  });

  it('are completed by templates that spell out the name', () => {
    const [one] = widened([made('quay.io/a/b:1', [host('registry', 'quay.io'), '/a/b:1'])]);
    if (one === undefined) throw new RangeError('one');
    expect(nameBehind(one)).toBe('a/b:1');
    const ways = { strategy: flatFills(BASE), completing: (_: string, name: string) => `${BASE}/${name}` };
    const { fills, completed } = solveCompleting([{ ...one, official: 'a/b:1' }], wanted, [], ways);
    expect(fills.map(({ text }) => text)).toEqual([BASE]);
    expect(completed).toEqual([one.use]);
  });

  it('need no edit of a value whose name has one word', () => {
    const one = made('quay.io/b:1', [host('registry', 'quay.io'), '/b:1'], [path('name', 'b'), 'b:1']);
    expect(solved(one)).toEqual({ registry: BASE, name: 'b' });
  });
});

describe('slots of whole names', () => {
  it('are as wide as the value says the name, for all its references alike', () => {
    const image = host('image', 'quay.io/a/b:1');
    const [one, two] = widened([
      made('quay.io/a/b:1', [image, '/a/b:1']),
      made('quay.io/a/b-x:1', [image, '/a/b-x:1']),
    ]);
    expect([one?.links[0].slot.length, two?.links[0].slot.length]).toEqual([11, 11]);
    expect([one?.links[0].tail, two?.links[0].tail]).toEqual([':1', '-x:1']);
  });

  it('stay where a reference goes on with something else', () => {
    const image = host('image', 'quay.io/a/b');
    const [one, two] = widened([made('quay.io/a/b:1', [image, '/a/b:1']), made('quay.io/c:1', [image, '/c:1'])]);
    expect([one?.links[0].slot.length, two?.links[0].slot.length]).toEqual([7, 7]);
  });
});
