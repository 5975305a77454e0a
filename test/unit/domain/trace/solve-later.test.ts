import { describe, expect, it } from 'vitest';
import type { ImageUse } from '../../../../src/domain/images/image-use.ts';
import type { Attribution, Link } from '../../../../src/domain/trace/attribution.ts';
import { fillSlots, type Slot } from '../../../../src/domain/trace/slot.ts';
import { type Solution, solve } from '../../../../src/domain/trace/solve.ts';
import { use } from './uses.ts';

function slot(key: string, value: string, kind: Slot['kind'] = 'host'): Slot {
  return { id: 0, kind, path: [key], value, offset: 0, length: kind === 'host' ? value.length : 0 };
}

/** A reference made of slots: each with the text that follows it. */
function made(
  text: string,
  first: readonly [Slot, string],
  ...rest: readonly (readonly [Slot, string])[]
): Attribution {
  const link = ([one, tail]: readonly [Slot, string]): Link => ({ slot: one, tail });
  return { use: use(text), links: [link(first), ...rest.map(link)] };
}

function filled({ fills }: Solution): Readonly<Record<string, string>> {
  return Object.fromEntries(fills.map((fill) => [fill.slot.path.join('.'), fillSlots(fill.slot.value ?? '', [fill])]));
}

function unsolved(solution: Solution): readonly string[] {
  return solution.unsolved.map(({ text }) => text);
}

const wanted = ({ reference: { repository, tag } }: ImageUse): string => `r.test/x/${repository}:${tag ?? ''}`;

describe('references of less weight', () => {
  it('move by values of their own', () => {
    const asked = made('quay.io/a/b:1', [slot('one', 'quay.io'), '/a/b:1']);
    const later = made('ghcr.io/c/d:2', [slot('two', 'ghcr.io'), '/c/d:2']);
    const solution = solve([asked], wanted, [later]);
    expect(filled(solution)).toEqual({ one: 'r.test/x', two: 'r.test/x' });
    expect(unsolved(solution)).toEqual([]);
  });

  it('move by a value that others have settled, where its text is theirs as well', () => {
    const registry = slot('registry', 'quay.io');
    const solution = solve([made('quay.io/a/b:1', [registry, '/a/b:1'])], wanted, [
      made('quay.io/c/d:2', [registry, '/c/d:2']),
    ]);
    expect(filled(solution)).toEqual({ registry: 'r.test/x' });
    expect(unsolved(solution)).toEqual([]);
  });

  it('are mended by their next value where the settled one does not fit', () => {
    const registry = slot('registry', 'docker.io');
    const nginx = slot('nginx', 'nginx', 'path');
    const solution = solve([made('docker.io/org/app:1', [registry, '/org/app:1'])], wanted, [
      made('docker.io/nginx:1', [registry, '/nginx:1'], [nginx, 'nginx:1']),
    ]);
    expect(filled(solution)).toEqual({ registry: 'r.test/x', nginx: 'library/nginx' });
    expect(unsolved(solution)).toEqual([]);
  });

  it('are left to a registry before them that others have set', () => {
    const registry = slot('registry', '');
    const path = slot('extra', 'c/d', 'path');
    const extra = made('c/d:2', [path, 'c/d:2']);
    const behind = made('c/d:2', [registry, 'c/d:2'], [path, 'c/d:2']);
    const later = { ...extra, behind: [{ ...behind, use: extra.use }] };
    const asked = made('a/b:1', [registry, 'a/b:1']);
    const solution = solve([asked], wanted, [later]);
    expect(filled(solution)).toEqual({ registry: 'r.test/x/' });
    expect(unsolved(solution)).toEqual([]);
    const alone = solve([], wanted, [later]);
    expect(filled(alone)).toEqual({ extra: 'r.test/x/c/d' });
  });

  it('never outvote what was asked for, however many they are', () => {
    const registry = slot('registry', 'docker.io');
    const asked = made('docker.io/nginx:1', [registry, '/nginx:1']);
    const later = ['a', 'b', 'c'].map((name) => made(`docker.io/org/${name}:1`, [registry, `/org/${name}:1`]));
    const solution = solve([asked], wanted, later);
    expect(filled(solution)).toEqual({ registry: 'r.test/x/library' });
    expect(unsolved(solution)).toEqual(later.map(({ use: { text } }) => text));
    // the same without weight is decided by number
    expect(filled(solve([asked, ...later], wanted))).toEqual({ registry: 'r.test/x' });
  });

  it('are left where a value of theirs is in a reference that was asked for', () => {
    const [registry, name] = [slot('registry', 'docker.io'), slot('name', 'nginx', 'path')];
    const asked = made('docker.io/a/nginx:1', [registry, '/a/nginx:1'], [name, 'nginx:1']);
    const later = made('nginx:1', [name, 'nginx:1']);
    const solution = solve([asked], wanted, [later]);
    expect(filled(solution)).toEqual({ registry: 'r.test/x' });
    expect(unsolved(solution)).toEqual(['nginx:1']);
  });

  it('that cannot be moved leave no trace, and do not stop the others', () => {
    const [registry, good] = [slot('registry', 'docker.io'), slot('good', 'ghcr.io')];
    const tag = slot('tag', '1', 'path');
    const solution = solve([made('docker.io/nginx:1', [registry, '/nginx:1'])], wanted, [
      made('docker.io/org/bad:1', [registry, '/org/bad:1'], [tag, '1']),
      made('ghcr.io/c/d:2', [good, '/c/d:2']),
    ]);
    expect(filled(solution)).toEqual({ registry: 'r.test/x/library', good: 'r.test/x' });
    expect(unsolved(solution)).toEqual(['docker.io/org/bad:1']);
  });

  it('of which two disagree, the first is moved', () => {
    const registry = slot('registry', 'docker.io');
    const [one, two] = [
      made('docker.io/nginx:1', [registry, '/nginx:1']),
      made('docker.io/org/app:1', [registry, '/org/app:1']),
    ];
    expect(unsolved(solve([], wanted, [one, two]))).toEqual(['docker.io/org/app:1']);
    expect(unsolved(solve([], wanted, [two, one]))).toEqual(['docker.io/nginx:1']);
  });

  it('never spoil one of them that was moved before', () => {
    const [registry, name] = [slot('registry', 'docker.io'), slot('name', 'nginx', 'path')];
    const first = made('docker.io/a/nginx:1', [registry, '/a/nginx:1'], [name, 'nginx:1']);
    const second = made('nginx:1', [name, 'nginx:1']);
    const solution = solve([], wanted, [first, second]);
    expect(filled(solution)).toEqual({ registry: 'r.test/x' });
    expect(unsolved(solution)).toEqual(['nginx:1']);
  });

  it('change nothing about what was asked for and cannot be moved', () => {
    const registry = slot('registry', 'docker.io');
    const asked = [
      made('docker.io/a/b:1', [registry, '/a/b:1']),
      made('docker.io/c/d:1', [registry, '/c/d:1']),
      made('docker.io/nginx:1', [registry, '/nginx:1']),
    ];
    const solution = solve(asked, wanted, [made('docker.io/redis:1', [registry, '/redis:1'])]);
    expect(filled(solution)).toEqual(filled(solve(asked, wanted)));
    expect(unsolved(solution)).toEqual(['docker.io/nginx:1', 'docker.io/redis:1']);
  });

  it('are none where none are given', () => {
    const asked = [made('quay.io/a/b:1', [slot('one', 'quay.io'), '/a/b:1'])];
    expect(solve(asked, wanted, [])).toEqual(solve(asked, wanted));
  });
});

describe('a registry that is empty, before a name that leads by itself', () => {
  const registry = slot('registry', '');
  const name = slot('name', 'org/app', 'path');
  const app: Attribution = {
    ...made('org/app:1', [name, 'org/app:1']),
    behind: [made('org/app:1', [registry, '/org/app:1'], [name, 'org/app:1'])],
  };
  const side = made('org/side:1', [registry, '/org/side:1']);
  const nginx = made('nginx:1', [registry, '/nginx:1']);
  // the same name is behind a registry of values elsewhere
  const tangled = [app, made('docker.io/org/app:1', [slot('host', 'docker.io'), '/org/app:1'], [name, 'org/app:1'])];

  it.each([
    ['moves both where it can', [app, side], [], { registry: 'r.test/x' }, []],
    ['stays empty where it cannot', [app, nginx], [], { name: 'r.test/x/org/app' }, ['nginx:1']],
    ['stays empty for what has less weight', [app], [side], { name: 'r.test/x/org/app' }, ['org/side:1']],
    ['moves what no value of its own can', [...tangled], [], { registry: 'r.test/x', host: 'r.test/x' }, []],
    ['is set where nothing leads by itself', [side], [], { registry: 'r.test/x' }, []],
  ])('%s', (_, asked, later, fills, left) => {
    const solution = solve(asked, wanted, later);
    expect(filled(solution)).toEqual(fills);
    expect(unsolved(solution)).toEqual(left);
  });
});
