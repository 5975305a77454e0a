import { emitYaml } from '../domain/overlay/emit-yaml.ts';
import { toMirrorError } from '../errors.ts';
import { judge, renderOriginal, unproven } from './prove.ts';
import { renderAs } from './render.ts';
import { type ChartItem, chartName, livingReleases, type ReleaseItem, type Run, type Verdict } from './run.ts';

const GUARD = 'global.security.allowInsecureImages';

/** Consumer values with the switch that charts ask for when they compare images with their own list. */
function withGuardSwitch(values: string): string {
  const map = (key: string, node: Parameters<typeof emitYaml>[0]): Parameters<typeof emitYaml>[0] => ({
    kind: 'map',
    entries: new Map([[key, node]]),
  });
  const yes = { kind: 'plain', source: 'true', origin: { kind: 'layer', layer: -1, path: [] } } as const;
  const text = emitYaml(map('global', map('security', map('allowInsecureImages', yes))));
  const inner = text.split('\n').slice(1).join('\n').replace(/\n$/, '');
  return /^global:$/m.test(values)
    ? values.replace(/^global:$/m, `global:\n${inner}`)
    : `${values === '{}\n' ? '' : values}${text}`;
}

async function proveValues(item: ChartItem, release: ReleaseItem, key: string, run: Run): Promise<Verdict> {
  const { pulled } = item;
  const { extraction, relocation } = release;
  if (pulled === undefined || extraction === undefined || relocation === undefined)
    throw new RangeError(`${chartName(item)} was not relocated`);
  const attempt = async (values: string, name: string): ReturnType<typeof renderAs> => {
    const file = await run.ports.workspace.write(`proofs/${key}-${name}.yaml`, values);
    return renderAs(release, extraction.settings, pulled.archivePath, [file], run);
  };
  const [first, again] = await Promise.all([
    attempt(relocation.consumerValues, 'consumer'),
    renderOriginal(pulled, release, extraction, run),
  ]);
  let result = first;
  if (result.kind === 'failed' && result.reason.includes(GUARD)) {
    const consumerValues = withGuardSwitch(relocation.consumerValues);
    release.relocation = { ...relocation, consumerValues };
    release.notes.push(`the original chart refuses other images than its own list: its consumer values set ${GUARD}`);
    result = await attempt(consumerValues, 'consumer-switched');
  }
  if (result.kind === 'failed')
    return unproven(`the original chart does not render with the consumer values: ${result.reason}`);
  const rendered = { output: result.text, tree: pulled.tree, chart: pulled.chart };
  return judge(item, release, rendered, { extraction, again }, run);
}

/** Renders the original chart with the consumer values of every release, and judges it. It decides nothing. */
export async function proveConsumer(item: ChartItem, index: number, run: Run): Promise<void> {
  for (const [position, release] of livingReleases(item).entries()) {
    try {
      release.consumerVerdict = await proveValues(item, release, `${index}-${position}`, run);
    } catch (error) {
      if (run.signal.aborted) throw error;
      release.consumerVerdict = unproven(toMirrorError(error).message);
    }
  }
}
