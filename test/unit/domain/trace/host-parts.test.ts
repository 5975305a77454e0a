import { describe, expect, it } from 'vitest';
import { parseValues, valuesOf } from '../../../../src/domain/chart/values-document.ts';
import { mergeValues, nodeAt, type ValueNode } from '../../../../src/domain/chart/values-tree.ts';
import type { ImageUse } from '../../../../src/domain/images/image-use.ts';
import { candidates } from '../../../../src/domain/trace/candidates.ts';
import { fillSlots } from '../../../../src/domain/trace/slot.ts';
import { solve } from '../../../../src/domain/trace/solve.ts';
import { trace } from '../../../../src/domain/trace/trace.ts';
import { use, values } from './uses.ts';

const ECR = 'account: "602401143452"\nregion: us-west-2\ndomain: amazonaws.com\n';
type Template = (get: (key: string) => string) => readonly string[];

const ecr: Template = (get) => [
  `${get('account')}.dkr.ecr.${get('region')}.${get('domain')}/eks/node:v1`,
  `${get('account')}.dkr.ecr.${get('region')}.${get('domain')}/eks/init:v1`,
];

/** What values become so that a template's references lead to a target; undefined when they cannot. */
async function moved(yaml: string, template: Template, target: string): Promise<Record<string, string> | undefined> {
  const base = values(yaml);
  const render = (root: ValueNode): readonly ImageUse[] =>
    template((key) => {
      const node = nodeAt(root, [key]);
      return node?.kind === 'string' ? node.value : '';
    }).map((text, index) => use(text, `containers[${index}]`));
  const input = { values: base, uses: render(base), mined: { named: [], guessed: [] }, isLiteral: () => false };
  const { attributions } = await trace(input, async (overlay) => {
    const over = valuesOf(parseValues(overlay, 'overlay'), (path) => ({ kind: 'layer', layer: 0, path }));
    return render(mergeValues(over, base));
  });
  const wanted = ({ reference }: ImageUse): string => `${target}/${reference.repository}:${reference.tag}`;
  const { fills, unsolved } = solve([...attributions.values()], wanted);
  if (unsolved.length > 0 || attributions.size < input.uses.length) return undefined;
  return Object.fromEntries(fills.map((fill) => [fill.slot.path.join('.'), fillSlots(fill.slot.value ?? '', [fill])]));
}

describe('a host that several values make together', () => {
  it('becomes another of the same form by its parts', async () => {
    expect(await moved(ECR, ecr, '111122223333.dkr.ecr.us-east-1.amazonaws.com/mirror')).toEqual({
      account: '111122223333',
      region: 'us-east-1',
      domain: 'amazonaws.com/mirror',
    });
  });

  it('is left where the text between its parts is not that of the target', async () => {
    expect(await moved(ECR, ecr, 'registry.corp.test/mirror')).toBeUndefined();
  });

  it('becomes any host where only dots join it', async () => {
    const template: Template = (get) => [`${get('host')}.${get('domain')}/team/app:1`];
    expect(await moved('host: quay\ndomain: io\n', template, '127.0.0.1:5000/x')).toEqual({
      host: '127',
      domain: '0.0.1:5000/x',
    });
  });

  it('does not give a part two texts', async () => {
    const template: Template = (get) => [`${get('a')}.${get('a')}.${get('b')}/team/app:1`];
    expect(await moved('a: sub\nb: io\n', template, 'r.corp.test/x')).toBeUndefined();
    expect(await moved('a: sub\nb: io\n', template, 'r.r.test/x')).toEqual({ a: 'r', b: 'test/x' });
  });
});

describe('values that may be parts of a host', () => {
  const parts = (yaml: string, text: string): readonly string[] =>
    candidates(values(yaml), [use(text)], { named: [], guessed: [] }).parts.map(({ path }) => path.join('.'));

  it('are those that stand between its dots', () => {
    expect(parts(`${ECR}mode: ecr\nother: west-2\n`, '602401143452.dkr.ecr.us-west-2.amazonaws.com/a:1')).toEqual([
      'account',
      'region',
      'domain',
      'mode',
    ]);
  });

  it('are none without one for its beginning, or without another', () => {
    expect(parts('domain: k8s.io\nmode: io\n', 'registry.k8s.io/kv:1')).toEqual([]);
    expect(parts('type: registry\n', 'registry.k8s.io/kv:1')).toEqual([]);
    expect(parts('type: registry\nregistry: registry.k8s.io\n', 'registry.k8s.io/kv:1')).toEqual([]);
  });
});
