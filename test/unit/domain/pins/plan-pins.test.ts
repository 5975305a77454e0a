import { describe, expect, it } from 'vitest';
import { parseValues, valuesOf } from '../../../../src/domain/chart/values-document.ts';
import { formatPath, mergeValues, nodeAt, type ValueNode } from '../../../../src/domain/chart/values-tree.ts';
import type { ImageUse } from '../../../../src/domain/images/image-use.ts';
import { markDigest, marksIn } from '../../../../src/domain/pins/pin-mark.ts';
import { type PinPlan, type PinRender, planPins } from '../../../../src/domain/pins/plan-pins.ts';
import { parseReference } from '../../../../src/domain/reference.ts';
import { use, values } from '../trace/uses.ts';

type Get = (path: string) => string;

/** A chart: its references by place, further lines, and what it refuses. */
interface FakeChart {
  readonly images: (get: Get) => readonly string[];
  readonly lines?: (get: Get) => readonly string[];
  readonly refuses?: (get: Get) => string | undefined;
  readonly reads?: string;
}

function getter(tree: ValueNode): Get {
  return (path) => {
    const node = nodeAt(tree, path.split('.'));
    return node?.kind === 'string' ? node.value : node?.kind === 'plain' ? node.source : '';
  };
}

function usesOf(texts: readonly string[]): readonly ImageUse[] {
  return texts.flatMap((text, index) =>
    parseReference(text) === undefined ? [] : [use(text, `spec.containers[${index}].image`)],
  );
}

interface Planned extends PinPlan {
  readonly told: readonly string[];
  readonly why: readonly string[];
}

async function plan(
  yaml: string,
  chart: FakeChart,
  parts: { banned?: readonly string[]; images?: readonly (number | undefined)[] } = {},
): Promise<Planned> {
  const tree = values(yaml);
  const show = (shown: ValueNode): PinRender => {
    const get = getter(shown);
    const reason = chart.refuses?.(get);
    if (reason !== undefined) return { kind: 'failed', reason, lasting: true };
    const texts = chart.images(get);
    const lines = [...texts.map((text) => `image: ${text}`), ...(chart.lines?.(get) ?? [])];
    return {
      kind: 'rendered',
      uses: usesOf(texts),
      text: `---\n# Source: chart/templates/d.yaml\n${lines.join('\n')}\n`,
    };
  };
  const first = show(tree);
  if (first.kind === 'failed') throw new Error(first.reason);
  const names = [...new Set(first.uses.map(({ text }) => text))];
  const found = await planPins({
    values: tree,
    templates: [{ texts: [chart.reads ?? ''], prefix: [] }],
    uses: first.uses,
    images: parts.images ?? first.uses.map(({ text }) => names.indexOf(text)),
    banned: new Set((parts.banned ?? []).map((path) => JSON.stringify(path.split('.')))),
    render: async (overlay) => {
      const layer = valuesOf(parseValues(overlay, 'o'), (path) => ({ kind: 'layer', layer: 0, path }));
      return show(mergeValues(layer, tree));
    },
  });
  const told = found.pins.map(
    ({ path, lead, form, uses }) =>
      `${formatPath(path)} ${lead}${form} ${uses.map(([index, as]) => `${index} ${as}`).join(', ')}`,
  );
  return { ...found, told, why: found.reasons.map(([, reason]) => reason) };
}

const TAGGED: FakeChart = { images: (get) => [`org/a:${get('a.tag')}`] };

describe('marks', () => {
  it('are told by their first twelve digits', () => {
    expect(marksIn(`x ${markDigest(7).slice(0, 19)} ${markDigest(300)}`)).toEqual([7, 300]);
  });
});

describe('a plan for pins', () => {
  it('takes a key for digests before the tag, in one render', async () => {
    const chart: FakeChart = {
      images: (get) => [`org/a:${get('a.tag')}${get('a.digest') === '' ? '' : `@${get('a.digest')}`}`],
    };
    const found = await plan('a: { tag: "1", digest: "" }', chart);
    expect([found.told, found.why, found.renders]).toEqual([['a.digest digest 0 tag'], [], 1]);
  });

  it('knows templates that drop the tag', async () => {
    const chart: FakeChart = {
      images: (get) => [get('a.digest') === '' ? `org/a:${get('a.tag')}` : `org/a@${get('a.digest')}`],
    };
    expect((await plan('a: { tag: "1", digest: "" }', chart)).told).toEqual(['a.digest digest 0 bare']);
  });

  it('gives the digits alone to templates that add sha256 themselves', async () => {
    const chart: FakeChart = { images: (get) => [`org/a:1${get('a.sha') === '' ? '' : `@sha256:${get('a.sha')}`}`] };
    expect((await plan('a: { sha: "" }', chart)).told).toEqual(['a.sha hex 0 tag']);
  });

  it('puts the digest behind the tag, also where a template fills an empty one', async () => {
    expect((await plan('a: { tag: "1" }', TAGGED)).told).toEqual(['a.tag 1@digest 0 tag']);
    const filled: FakeChart = { images: (get) => [`org/a:v${get('a.tag') === '' ? '3' : get('a.tag')}`] };
    expect((await plan('a: { tag: "" }', filled)).told).toEqual(['a.tag 3@digest 0 tag']);
  });

  it('pins all images by one render where it can', async () => {
    const chart: FakeChart = { images: (get) => [`org/a:${get('a.tag')}`, get('b'), `org/a:${get('a.tag')}`] };
    const found = await plan('a: { tag: "1" }\nb: org/b:2', chart);
    expect([found.told, found.renders]).toEqual([['a.tag 1@digest 0 tag, 2 tag', 'b 2@digest 1 tag'], 1]);
  });

  it('never pins two images by one value', async () => {
    const chart: FakeChart = { images: (get) => [`org/a:${get('tag')}`, `org/b:${get('tag')}`] };
    const found = await plan('tag: "1"', chart);
    expect([found.told, found.why]).toEqual([
      [],
      Array(2).fill('tag makes org/a:1 and org/b:1, which have different digests'),
    ]);
    expect((await plan('tag: "1"', chart, { images: [0, 0] })).told).toEqual(['tag 1@digest 0 tag, 1 tag']);
    expect((await plan('tag: "1"', chart, { images: [0, undefined] })).told).toEqual([]);
  });

  it.each([
    [
      'a label',
      (get: Get) => [`  version: ${get('a.tag').slice(0, 22)}`],
      'a.tag also makes version in chart/templates/d.yaml',
    ],
    [
      'base64',
      (get: Get) => [`  data: ${Buffer.from(`the tag is ${get('a.tag')}`).toString('base64')}`],
      'a.tag also makes data in chart/templates/d.yaml',
    ],
    ['a text', (get: Get) => [`  about ${get('a.tag')}`], 'a.tag also makes another line in chart/templates/d.yaml'],
  ])('never lets a digest into %s', async (_, lines, why) => {
    const found = await plan('a: { tag: "1" }', { ...TAGGED, lines });
    expect([found.told, found.why]).toEqual([[], [why]]);
  });

  it('lets it into the field of a custom resource for it, but not into a label of that name', async () => {
    const digest = (get: Get): string => get('a.digest');
    const images = (get: Get): readonly string[] => [`org/a:1${digest(get) === '' ? '' : `@${digest(get)}`}`];
    const field = await plan('a: { digest: "" }', { images, lines: (get) => ['spec:', `  sha: ${digest(get)}`] });
    const label = await plan('a: { digest: "" }', { images, lines: (get) => ['labels:', `  sha: ${digest(get)}`] });
    expect([field.told, label.told]).toEqual([['a.digest digest 0 tag'], []]);
  });

  it('finds what helm refuses by halves, and pins the rest', async () => {
    const chart: FakeChart = {
      images: (get) => ['a', 'b', 'c'].map((name) => `org/${name}:${get(`${name}.tag`)}`),
      refuses: (get) => (get('b.tag').includes('@') ? 'no digests here' : undefined),
    };
    const found = await plan('a: { tag: "1" }\nb: { tag: "2" }\nc: { tag: "3" }', chart);
    expect(found.told).toEqual(['a.tag 1@digest 0 tag', 'c.tag 3@digest 2 tag']);
    expect(found.why).toEqual(['helm refuses a digest in b.tag: no digests here']);
  });

  it('drops what a schema names at once, and goes on with the rest', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `n${index}`);
    const strict = (inWords: (name: string) => string): FakeChart => ({
      images: (get) => names.map((name) => `org/${name}:${get(`${name}.tag`)}`),
      reads: '.Values.n0.digest',
      refuses: (get) => {
        const refused = names.filter((name) => get(`${name}.digest`) !== '');
        return refused.length === 0 ? undefined : refused.map(inWords).join(' ');
      },
    });
    const yaml = names.map((name, index) => `${name}: { repository: "org/${name}", tag: "v${index}" }`).join('\n');
    const chart = strict((name) => `- at '/${name}': additional properties 'digest', 'sha' not allowed`);
    const found = await plan(yaml, chart);
    expect([found.told.length, found.renders]).toEqual([30, 2]);
  });

  it('never takes the complaint of a subchart for one of its parent', async () => {
    const own = (get: Get, path: string): string => (get(path) === '' ? '' : `@${get(path)}`);
    const chart: FakeChart = {
      images: (get) => [
        `org/a:1${own(get, 'image.digest')}`,
        `org/b:${get('sub.image.tag')}${own(get, 'sub.image.digest')}`,
      ],
      refuses: (get) =>
        get('sub.image.digest') === '' ? undefined : "sub: - at '/image': additional properties 'digest' not allowed",
    };
    const yaml =
      'image: { repository: org/a, digest: "" }\nsub: { image: { repository: org/b, tag: "2", digest: "" } }';
    expect((await plan(yaml, chart)).told).toEqual(['image.digest digest 0 tag', 'sub.image.tag 2@digest 1 tag']);
  });

  it('gives each kind of keys its own renders', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
    const chart: FakeChart = {
      images: (get) => names.map((name) => `org/${name}:${get(`${name}.tag`)}`),
      reads: '.Values.n0.digest',
      refuses: (get) => (names.some((name) => get(`${name}.digest`) !== '') ? 'no' : undefined),
    };
    const yaml = names.map((name, index) => `${name}: { repository: "org/${name}", tag: "v${index}" }`).join('\n');
    expect((await plan(yaml, chart)).told).toHaveLength(40);
  });

  it('leaves banned values alone and takes another', async () => {
    const chart: FakeChart = {
      images: (get) => [`org/a:${get('a.tag')}${get('a.digest') === '' ? '' : `@${get('a.digest')}`}`],
    };
    const found = await plan('a: { tag: "1", digest: "" }', chart, { banned: ['a.digest'] });
    expect(found.told).toEqual(['a.tag 1@digest 0 tag']);
  });

  it('refuses what does not come to stand at the end, and renders nothing where nothing is to be pinned', async () => {
    const middle: FakeChart = { images: (get) => [`org/a:${get('tag')}x`.replace('1@', '1-')] };
    expect((await plan('tag: "1"', middle)).told).toEqual([]);
    expect((await plan('a: { tag: "1" }', TAGGED, { images: [undefined] })).renders).toBe(0);
  });

  it('does not go on for ever', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
    const chart: FakeChart = {
      images: (get) => names.map((name, index) => `org/${name}:${get(`${name}.tag`).replace(/^$/, String(index))}`),
      refuses: (get) => (names.some((name) => get(`${name}.tag`).includes('@')) ? 'never' : undefined),
    };
    const found = await plan(names.map((name, index) => `${name}: { tag: "v${index}" }`).join('\n'), chart);
    expect([found.told, found.renders <= 24]).toEqual([[], true]);
  });
});
