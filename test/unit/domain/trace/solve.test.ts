import { describe, expect, it } from 'vitest';
import type { ImageUse } from '../../../../src/domain/images/image-use.ts';
import type { Attribution, Link } from '../../../../src/domain/trace/attribution.ts';
import { fillSlots, type Slot } from '../../../../src/domain/trace/slot.ts';
import { type Solution, solve } from '../../../../src/domain/trace/solve.ts';
import { use } from './uses.ts';

let id = 0;

function host(key: string, value: string | undefined): Slot {
  id += 1;
  return { id, kind: 'host', path: [key], value, offset: 0, length: value?.length ?? 0 };
}

function path(key: string, value: string): Slot {
  id += 1;
  return { id, kind: 'path', path: [key], value, offset: 0, length: 0 };
}

/** A reference made of slots: each with the text that follows it. */
function made(
  text: string,
  first: readonly [Slot, string],
  ...rest: readonly (readonly [Slot, string])[]
): Attribution {
  const link = ([slot, tail]: readonly [Slot, string]): Link => ({ slot, tail });
  return { use: use(text), links: [link(first), ...rest.map(link)] };
}

/** What each value becomes. */
function filled(solution: Solution): Readonly<Record<string, string>> {
  return Object.fromEntries(
    solution.fills.map((fill) => [fill.slot.path.join('.'), fillSlots(fill.slot.value ?? '', [fill])]),
  );
}

const wanted = ({ reference }: ImageUse): string =>
  `r.test/x/${reference.repository}${reference.tag === undefined ? '' : `:${reference.tag}`}`;

describe('solving', () => {
  it('moves a whole reference by its host', () => {
    const image = { ...host('image', 'quay.io/org/app:1'), length: 7 };
    const solution = solve([made('quay.io/org/app:1', [image, '/org/app:1'])], wanted);
    expect(filled(solution)).toEqual({ image: 'r.test/x/org/app:1' });
    expect(solution.unsolved).toEqual([]);
  });

  it('moves a path without a host by what is put before it', () => {
    const name = path('name', 'org/app');
    expect(filled(solve([made('org/app:1', [name, 'org/app:1'])], wanted))).toEqual({ name: 'r.test/x/org/app' });
  });

  it('gives Docker Hub names their owner', () => {
    const name = path('name', 'nginx');
    expect(filled(solve([made('nginx:1', [name, 'nginx:1'])], wanted))).toEqual({ name: 'r.test/x/library/nginx' });
  });

  it('moves many references by one registry', () => {
    const registry = host('registry', 'quay.io');
    const solution = solve(
      [made('quay.io/a/b:1', [registry, '/a/b:1']), made('quay.io/c/d:2', [registry, '/c/d:2'])],
      wanted,
    );
    expect(filled(solution)).toEqual({ registry: 'r.test/x' });
  });

  it('mends the rarer form by the next value where references share a registry', () => {
    const registry = host('registry', 'docker.io');
    const [nginx, app, tool] = [path('nginx', 'nginx'), path('app', 'org/app'), path('tool', 'org/tool')];
    const solution = solve(
      [
        made('docker.io/nginx:1', [registry, '/nginx:1'], [nginx, 'nginx:1']),
        made('docker.io/org/app:1', [registry, '/org/app:1'], [app, 'org/app:1']),
        made('docker.io/org/tool:1', [registry, '/org/tool:1'], [tool, 'org/tool:1']),
      ],
      wanted,
    );
    expect(filled(solution)).toEqual({ registry: 'r.test/x', nginx: 'library/nginx' });
    expect(solution.unsolved).toEqual([]);
  });

  it('takes the shorter text where two are wanted equally often', () => {
    const registry = host('registry', 'docker.io');
    const [nginx, app] = [path('nginx', 'nginx'), path('app', 'org/app')];
    const references = [
      made('docker.io/nginx:1', [registry, '/nginx:1'], [nginx, 'nginx:1']),
      made('docker.io/org/app:1', [registry, '/org/app:1'], [app, 'org/app:1']),
    ];
    for (const order of [references, [...references].reverse()])
      expect(filled(solve(order, wanted))).toEqual({ registry: 'r.test/x', nginx: 'library/nginx' });
  });

  it('takes the shorter text, not the one that is first in the alphabet', () => {
    const registry = host('registry', 'docker.io');
    const [first, second] = [made('docker.io/a:1', [registry, '/a:1']), made('docker.io/b/c:1', [registry, '/b/c:1'])];
    const targets = new Map([
      [first.use, 'a.very.long.test/a:1'],
      [second.use, 'z.test/b/c:1'],
    ]);
    expect(filled(solve([first, second], (one) => targets.get(one) ?? ''))).toEqual({ registry: 'z.test' });
  });

  it('sets a registry that is not there yet', () => {
    const hub = host('hub', undefined);
    expect(filled(solve([made('org/app:1', [hub, '/org/app:1'])], wanted))).toEqual({ hub: 'r.test/x' });
  });

  it('sets a whole override', () => {
    const override = host('override', undefined);
    expect(filled(solve([made('quay.io/org/app:1', [override, ''])], wanted))).toEqual({
      override: 'r.test/x/org/app:1',
    });
  });

  it('names what no value can move: the rest of the reference is another one', () => {
    const registry = host('registry', 'quay.io');
    const one = made('quay.io/org/app:1', [registry, '/mirror/org/app:1']);
    const solution = solve([one], wanted);
    expect(solution.fills).toEqual([]);
    expect(solution.unsolved).toEqual([one.use]);
  });

  it('names the rarer form where it has no further value', () => {
    const registry = host('registry', 'docker.io');
    const nginx = made('docker.io/nginx:1', [registry, '/nginx:1']);
    const solution = solve(
      [nginx, made('docker.io/org/app:1', [registry, '/org/app:1']), made('docker.io/org/b:1', [registry, '/org/b:1'])],
      wanted,
    );
    expect(filled(solution)).toEqual({ registry: 'r.test/x' });
    expect(solution.unsolved).toEqual([nginx.use]);
  });

  it('names a reference that was right until a later one filled its second value', () => {
    const [quay, docker] = [host('quay', 'quay.io'), host('docker', 'docker.io')];
    const shared = path('name', 'nginx');
    const first = made('quay.io/nginx:1', [quay, '/nginx:1'], [shared, 'nginx:1']);
    const others = ['a', 'b', 'c'].map((name) => made(`docker.io/org/${name}:1`, [docker, `/org/${name}:1`]));
    const last = made('docker.io/nginx:1', [docker, '/nginx:1'], [shared, 'nginx:1']);
    const solution = solve([first, ...others, last], wanted);
    expect(filled(solution)).toMatchObject({ docker: 'r.test/x', name: 'library/nginx' });
    expect(solution.unsolved).toEqual([first.use]);
  });

  it('asks for nothing without references', () => {
    expect(solve([], wanted)).toEqual({ fills: [], unsolved: [] });
  });
});
