import { describe, expect, it } from 'vitest';
import type { ImageUse } from '../../../../src/domain/images/image-use.ts';
import { compareUses, furtherBases } from '../../../../src/domain/proof/compare.ts';
import { parseReference } from '../../../../src/domain/reference.ts';

function use(text: string, at: Partial<ImageUse> = {}): ImageUse {
  const reference = parseReference(text);
  if (reference === undefined) throw new Error(`${text} is a reference`);
  return {
    text,
    reference,
    role: 'image',
    certainty: 'certain',
    why: undefined,
    place: 'container',
    template: 'web/templates/a.yaml',
    kind: 'Deployment',
    name: 'web',
    path: 'spec.containers[0].image',
    ...at,
  };
}

/** The plan of these tests: everything goes below `t.example/`, as it is written. */
function compared(original: readonly ImageUse[], relocated: readonly ImageUse[]): readonly string[] {
  return compareUses(original, relocated, ({ text }) => `t.example/${text}`).map(
    ({ place, expected, found }) => `${place}: ${expected ?? '-'} / ${found ?? '-'}`,
  );
}

const PLACE = 'web/templates/a.yaml Deployment/web spec.containers[0].image';

describe('the comparison of two renders', () => {
  it('accepts exactly the planned references', () => {
    expect(
      compared([use('a:1'), use('b:1', { path: 'x' })], [use('t.example/b:1', { path: 'x' }), use('t.example/a:1')]),
    ).toEqual([]);
    expect(compared([], [])).toEqual([]);
  });

  it.each([
    ['a reference that was not moved', 'a:1'],
    ['another tag', 't.example/a:2'],
    ['no tag', 't.example/a'],
    ['another path', 't.example/library/a:1'],
    ['a digest that was not there', `t.example/a:1@sha256:${'ab'.repeat(32)}`],
    ['another registry that begins like the target', 't.example.net/a:1'],
  ])('names %s', (_, text) => {
    expect(compared([use('a:1')], [use(text)])).toEqual([`${PLACE}: t.example/a:1 / ${text}`]);
  });

  it('names a digest that was lost', () => {
    const pinned = `a:1@sha256:${'ab'.repeat(32)}`;
    expect(compared([use(pinned)], [use('t.example/a:1')])).toHaveLength(1);
  });

  it('takes the beginning of planned references where the original says nothing, and nowhere else', () => {
    const arg = { path: 'spec.containers[0].args[2]', role: 'base' } as const;
    const original = [use('team/a:1')];
    expect(compared(original, [use('t.example/team/a:1'), use('t.example/team', arg)])).toEqual([]);
    const named = { place: 'custom resource', path: 'spec.imageSpec.repository', role: 'base' } as const;
    expect(compared(original, [use('t.example/team/a:1'), use('t.example/team/a', named)])).toEqual([]);
    expect(compared(original, [use('t.example/team/a:1'), use('t.example/tea', arg)])).toHaveLength(1);
    expect(compared(original, [use('t.example/team/a:1'), use('t.example/team:1', arg)])).toHaveLength(1);
    expect(compared(original, [use('t.example/team')])).toEqual([`${PLACE}: t.example/team/a:1 / t.example/team`]);
  });

  it.each([
    ['a container', { path: 'spec.containers[1].image' }],
    ['an init container', { place: 'initContainer', path: 'spec.initContainers[0].image' }],
    ['an image volume', { place: 'image volume', path: 'spec.volumes[0].image.reference' }],
    ['a field of a custom resource', { place: 'custom resource', path: 'spec.agentImage' }],
    ['a list in a custom resource', { place: 'custom resource', path: 'spec.images[0]' }],
    ['several fields', { place: 'custom resource', path: 'spec.db (repository, version)' }],
    ['a variable', { place: 'env', path: 'spec.containers[0].env[0].value (AGENT_IMAGE)' }],
    ['configuration', { place: 'config map', path: 'data.config.yaml > agent.image' }],
    ['a definition', { place: 'crd default', path: 'default of image, line 12' }],
  ] as const)('does not take the beginning of planned references for the image of %s', (_, at) => {
    const [original, moved] = [[use('team/a:1')], use('t.example/team/a:1')];
    expect(compared(original, [moved, use('t.example/team', at)])).toHaveLength(1);
    expect(compared(original, [moved, use('t.example/team', { ...at, role: 'base' })])).toEqual([]);
  });

  it.each([
    ['an argument', { place: 'arg', path: 'spec.containers[0].args[2]' }],
    ['a variable', { place: 'env', path: 'spec.containers[0].env[0].value (AGENT_REPOSITORY)' }],
    ['a text', { place: 'config map', path: 'data.run.sh' }],
  ] as const)('takes the beginning of planned references in %s, whatever it looks like there', (_, at) => {
    expect(compared([use('team/a:1')], [use('t.example/team/a:1'), use('t.example/team', at)])).toEqual([]);
  });

  it('does not take a whole repository without a tag, which is pulled as latest, but where a program completes it', () => {
    const variable = { place: 'env', path: 'spec.containers[0].env[0].value (WORKER)' } as const;
    const moved = use('t.example/team/a:1');
    expect(compared([use('team/a:1')], [moved, use('t.example/team/a', variable)])).toHaveLength(1);
    expect(compared([use('team/a:1')], [moved, use('t.example/team/a', { ...variable, role: 'base' })])).toEqual([]);
  });

  it('does not take for an image what is planned as the base of others', () => {
    const original = [use('team/a:1'), use('team/a', { path: 'spec.imageSpec (repository)', role: 'base' })];
    const moved = [
      use('t.example/team/a:1'),
      use('t.example/team/a', { path: 'spec.imageSpec (repository)', role: 'base' }),
    ];
    const variable = { place: 'env', path: 'spec.containers[0].env[0].value (WORKER)' } as const;
    expect(compared(original, [...moved, use('t.example/team/a', variable)])).toHaveLength(1);
    const base = use('t.example/team/a', { ...variable, role: 'base' });
    expect(compared(original, [...moved, base])).toEqual([]);
    expect(furtherBases(original, [...moved, base], (one) => `t.example/${one.text}`)).toEqual([base]);
    expect(furtherBases(original, moved, (one) => `t.example/${one.text}`)).toEqual([]);
  });

  it('takes a planned reference where the original says nothing, but in no further container', () => {
    const moved = use('t.example/team/a:1');
    const command = { place: 'arg', path: 'spec.containers[0].command[1]' } as const;
    expect(compared([use('team/a:1')], [moved, use('t.example/team/a:1', command)])).toEqual([]);
    expect(compared([use('team/a:1')], [moved, use('t.example/team/a:2', command)])).toHaveLength(1);
    const printed = { place: 'config map', path: 'data.values > spec (repository, tag)' } as const;
    expect(compared([use('team/a:1')], [moved, use('t.example/team/a:1', printed)])).toEqual([]);
    const container = { path: 'spec.containers[1].image' };
    expect(compared([use('team/a:1')], [moved, use('t.example/team/a:1', container)])).toHaveLength(1);
  });

  it('names what is missing, and what is more', () => {
    expect(compared([use('a:1')], [])).toEqual([`${PLACE}: t.example/a:1 / -`]);
    expect(compared([], [use('t.example/a:1')])).toEqual([`${PLACE}: - / t.example/a:1`]);
  });

  it('counts: one occurrence less or more is a difference', () => {
    const [two, one] = [[use('a:1'), use('a:1')], [use('t.example/a:1')]];
    expect(compared(two, one)).toEqual([`${PLACE}: t.example/a:1 / -`]);
    expect(compared(two, [...one, ...one])).toEqual([]);
    expect(compared(two, [...one, ...one, ...one])).toEqual([`${PLACE}: - / t.example/a:1`]);
  });

  it.each([
    ['path', { path: 'spec.containers[1].image' }],
    ['kind', { kind: 'StatefulSet' }],
    ['template', { template: 'web/templates/b.yaml' }],
  ])('does not accept the right reference at another %s', (_, elsewhere) => {
    expect(compared([use('a:1')], [use('t.example/a:1', elsewhere)])).toHaveLength(2);
  });

  it('does not accept two objects of one template with their references exchanged', () => {
    const original = [use('a:1', { name: 'one' }), use('b:1', { name: 'two' })];
    const exchanged = [use('t.example/b:1', { name: 'one' }), use('t.example/a:1', { name: 'two' })];
    expect(compared(original, exchanged)).toHaveLength(2);
  });

  it('accepts names that change with every render', () => {
    const original = [use('a:1', { name: 'job-x7k' }), use('a:1', { name: 'job-9qp' }), use('b:1', { name: 'web' })];
    const again = [
      use('t.example/b:1', { name: 'web' }),
      use('t.example/a:1', { name: 'job-1' }),
      use('t.example/a:1', { name: 'job-2' }),
    ];
    expect(compared(original, again)).toEqual([]);
    expect(compared(original, again.slice(0, 2))).toHaveLength(1);
  });

  it('names the places by the object where the difference is', () => {
    expect(compared([use('a:1', { name: 'x', path: 'data.y' })], [])[0]).toContain(
      'web/templates/a.yaml Deployment/x data.y',
    );
  });
});
