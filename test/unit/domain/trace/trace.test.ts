import { describe, expect, it } from 'vitest';
import { parseValues, valuesOf } from '../../../../src/domain/chart/values-document.ts';
import { mergeValues, nodeAt, type ValueNode, type ValuePath } from '../../../../src/domain/chart/values-tree.ts';
import type { ImageUse } from '../../../../src/domain/images/image-use.ts';
import { type Trace, trace } from '../../../../src/domain/trace/trace.ts';
import { PROBE_LIMIT } from '../../../../src/domain/trace/tracer.ts';
import { use, values } from './uses.ts';

type Get = (...path: ValuePath) => string;

/** A chart as a function from values to references; undefined when it refuses to render. */
type Template = (get: Get) => readonly string[] | undefined;

interface Traced {
  readonly result: Trace;
  /** The values files that the chart was probed with. */
  readonly overlays: readonly string[];
  /** For each reference the values that lead it, in order; undefined for a literal. */
  readonly leads: readonly (readonly string[] | undefined)[];
}

function getter(root: ValueNode): Get {
  return (...path) => {
    const node = nodeAt(root, path);
    return node?.kind === 'string' ? node.value : node?.kind === 'plain' ? node.source : '';
  };
}

async function traced(
  yaml: string,
  template: Template,
  options: {
    readonly mined?: readonly ValuePath[];
    readonly literal?: (use: ImageUse) => boolean;
    readonly leading?: readonly ValuePath[];
  } = {},
): Promise<Traced> {
  const base = values(yaml);
  const render = (root: ValueNode): readonly ImageUse[] | undefined =>
    template(getter(root))?.map((text, index) => use(text, `containers[${index}]`));
  const uses = render(base) ?? [];
  const overlays: string[] = [];
  const result = await trace(
    {
      values: base,
      uses,
      mined: { named: options.mined ?? [], guessed: [] },
      isLiteral: options.literal ?? (() => false),
      leading: options.leading ?? [],
    },
    async (overlay) => {
      overlays.push(overlay);
      const strong = valuesOf(parseValues(overlay, 'overlay'), (path) => ({ kind: 'layer', layer: 0, path }));
      return render(mergeValues(strong, base));
    },
  );
  const leads = uses.map((one) => result.attributions.get(one)?.links.map(({ slot }) => slot.path.join('.')));
  return { result, overlays, leads };
}

describe('tracing', () => {
  it('hears of a registry that stands in for another, though that one was found before', async () => {
    const chart: Template = (get) => {
      const global = get('global', 'registry');
      const registry = get('web', 'registry') || global;
      const joined = (name: string, value: string): string => (value === '' ? name : `${value}/${name}`);
      return [joined(`${get('web', 'repository')}:1`, registry), joined('org/init:1', global)];
    };
    const yaml = 'global: { registry: "" }\nweb: { registry: "", repository: org/web }\n';
    const { result } = await traced(yaml, chart);
    const [web] = [...result.attributions.values()].filter(({ use: { text } }) => text === 'org/web:1');
    const behind = web?.behind?.map(({ links: [{ slot }] }) => slot.path.join('.'));
    expect(behind).toEqual(['web.registry', 'global.registry']);
  });

  it('tells what stands behind an empty registry that leads others, and looks at no other for it', async () => {
    const chart: Template = (get) => [`${get('registry') === '' ? '' : `${get('registry')}/`}${get('image')}:1`];
    const yaml = 'registry: ""\nhub: ""\nimage: org/app\n';
    const { result, overlays } = await traced(yaml, chart, { leading: [['registry']] });
    const behind = [...result.attributions.values()].flatMap((one) => one.behind ?? []);
    expect(behind.map(({ links }) => links.map(({ slot }) => slot.path.join('.')))).toEqual([['registry', 'image']]);
    expect(overlays.map((overlay) => overlay.includes('hub:'))).toEqual([false, false]);
    expect((await traced(yaml, chart)).overlays).toHaveLength(1);
  });

  it('finds with one render which values lead which references', async () => {
    const { result, leads } = await traced(
      'global: { registry: quay.io }\nweb: { repository: org/app, tag: v1 }\nside: ghcr.io/c/d:2\nmode: x\n',
      (get) => [`${get('global', 'registry')}/${get('web', 'repository')}:${get('web', 'tag')}`, get('side')],
    );
    expect(leads).toEqual([['global.registry', 'web.repository'], ['side']]);
    expect(result.renders).toBe(1);
  });

  it('tells two values of the same text apart', async () => {
    const { leads } = await traced('a: { registry: quay.io }\nb: { registry: quay.io }\n', (get) => [
      `${get('b', 'registry')}/org/app:1`,
      `${get('a', 'registry')}/org/app:1`,
    ]);
    expect(leads).toEqual([['b.registry'], ['a.registry']]);
  });

  it('finds values that come through a text of their own, as with tpl', async () => {
    const { leads } = await traced('registry: quay.io\nimage: "{{ registry }}/org/app:1"\n', (get) => [
      get('image').replace('{{ registry }}', get('registry')),
    ]);
    expect(leads).toEqual([['registry']]);
  });

  it('probes nothing where there is nothing to find', async () => {
    const { result } = await traced('registry: quay.io\n', () => []);
    expect(result.renders).toBe(0);
  });

  it('does not try weak and blank values once all is found', async () => {
    const { overlays } = await traced('registry: quay.io\nmode: app\nhub: ""\n', (get) => [
      `${get('registry')}/org/app:1`,
    ]);
    expect(overlays).toEqual(['registry: "zq1z.probe.example"\n']);
  });

  it('tries plain words when the others did not lead anywhere', async () => {
    const { leads, overlays } = await traced('registry: quay.io\nwhat: app\n', (get) => [`${get('what')}:1`]);
    expect(leads).toEqual([['what']]);
    expect(overlays[0]).not.toContain('what');
    expect(overlays[1]).toBe('what: "zq2z-app"\n');
  });

  it('tries registries that are not set, also those that only templates name', async () => {
    const { leads } = await traced(
      'image: { repository: org/app }\n',
      (get) => [`${get('global', 'imageRegistry') || 'docker.io'}/${get('image', 'repository')}:1`],
      { mined: [['global', 'imageRegistry']] },
    );
    expect(leads).toEqual([['global.imageRegistry', 'image.repository']]);
  });

  it('takes an empty key of the values before one that they lack and that hides it', async () => {
    const { leads } = await traced(
      'main: { registry: "" }\n',
      (get) => [
        get('old', 'repository')
          ? `${get('old', 'repository')}:1`
          : `${get('main', 'registry') || 'docker.io'}/org/app:1`,
      ],
      { mined: [['old', 'repository']] },
    );
    expect(leads).toEqual([['main.registry']]);
  });

  it('finds an override that replaces the whole reference', async () => {
    const { leads } = await traced('image: { account: "602401143452", override: "" }\n', (get) => [
      get('image', 'override') || `${get('image', 'account')}.dkr.ecr.eu-west-1.amazonaws.com/cni:v1`,
    ]);
    expect(leads).toEqual([['image.override']]);
  });

  it('halves the values where the chart refuses to render, until the refusing one stands alone', async () => {
    const yaml = `strict: quay.io\n${[1, 2, 3, 4, 5, 6].map((n) => `r${n}: quay.io\n`).join('')}`;
    const { leads, result } = await traced(yaml, (get) =>
      get('strict') === 'quay.io' ? [1, 2, 3, 4, 5, 6].map((n) => `${get(`r${n}`)}/org/app${n}:1`) : undefined,
    );
    expect(leads).toEqual([['r1'], ['r2'], ['r3'], ['r4'], ['r5'], ['r6']]);
    expect(result.renders).toBeLessThanOrEqual(7);
  });

  it('never parts the slots of one value', async () => {
    const { overlays } = await traced('images: quay.io/a/b:1 quay.io/c/d:2\n', (get) =>
      get('images').includes('probe') ? undefined : get('images').split(' '),
    );
    for (const overlay of overlays) expect(overlay).toMatch(/zq\d+z.*zq\d+z/);
  });

  it('tries value by value where values hide each other', async () => {
    // with both set the chart takes another branch
    const { leads } = await traced('a: quay.io\nb: quay.io\n', (get) =>
      get('a') !== 'quay.io' && get('b') !== 'quay.io' ? ['other/image:1'] : [`${get('a')}/org/app:1`],
    );
    expect(leads).toEqual([['a']]);
  });

  it('leaves literals open, and does not search for them value by value', async () => {
    const yaml = 'a: quay.io\nb: ghcr.io\n';
    const template: Template = () => ['quay.io/org/literal:1'];
    const known = await traced(yaml, template, { literal: () => true });
    expect(known.leads).toEqual([undefined]);
    expect(known.result.renders).toBe(1);
    const unknown = await traced(yaml, template);
    expect(unknown.leads).toEqual([undefined]);
    expect(unknown.result.renders).toBe(3);
  });

  it('begins the probes that only literals are left for side by side, and waits for all of them', async () => {
    const yaml = 'image: quay.io/org/app:1\nregistry: ""\nglobal: { registry: "" }\n';
    const uses = ['quay.io/org/app:1', 'quay.io/org/literal:1'].map((text, index) => use(text, `${index}`));
    const input = { values: values(yaml), uses, mined: { named: [['hub']], guessed: [] }, isLiteral: () => true };
    let [underway, most, ended] = [0, 0, 0];
    const probe = (fails: boolean) => async (overlay: string) => {
      underway += 1;
      most = Math.max(most, underway);
      await new Promise((resolve) => setTimeout(resolve, 5 * underway));
      [underway, ended] = [underway - 1, ended + 1];
      if (fails && overlay.startsWith('registry')) throw new Error('helm is gone');
      return overlay.includes('image') ? [use('zq1z.probe.example/org/app:1', '0'), use(uses[1]?.text ?? '', '1')] : [];
    };
    const { renders } = await trace(input, probe(false));
    expect([renders, most, ended, underway]).toEqual([4, 3, 4, 0]);
    await expect(trace(input, probe(true))).rejects.toThrow('helm is gone');
    expect([ended, underway]).toEqual([8, 0]);
  });

  it('does not probe again for a kind of value that the chart has not', async () => {
    const { result, leads } = await traced('x: org/app\n', (get) => [`quay.io/${get('x')}:1`]);
    expect(leads).toEqual([undefined]);
    expect(result.renders).toBe(2);
  });

  it('ends at the limit of probes', async () => {
    const keys = Array.from({ length: 300 }, (_, index) => `r${index}`);
    const { result } = await traced(keys.map((key) => `${key}: quay.io\n`).join(''), (get) =>
      keys.some((key) => get(key).includes('probe')) ? undefined : ['quay.io/org/app:1'],
    );
    expect(result.renders).toBe(PROBE_LIMIT);
  });

  it('leaves the other items of a list and the spelling of their numbers as they are', async () => {
    const { overlays } = await traced('l:\n  - { image: quay.io/a/b:1, mode: 0644, tag: 1.10 }\n  - on\n', (get) => [
      get('l', 0, 'image'),
    ]);
    expect(overlays).toEqual(['l:\n  - image: "zq1z.probe.example/a/b:1"\n    mode: 0644\n    tag: 1.10\n  - on\n']);
  });

  it('keeps a value that only looks like an image out of the way of the others', async () => {
    const { leads } = await traced('export: { mode: stdout }\nimage: quay.io/org/stdout:1\n', (get) =>
      get('export', 'mode') === 'stdout' ? [get('image')] : [],
    );
    expect(leads).toEqual([['image']]);
  });
});
