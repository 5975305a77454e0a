import { emitYaml } from '../domain/overlay/emit-yaml.ts';
import { toMirrorError } from '../errors.ts';
import { type ChartItem, chartName, livingReleases } from './chart-item.ts';
import { judge, renderOriginals, unproven } from './judge.ts';
import { noteOnce } from './moves.ts';
import { judgeSecret, secretOverlay } from './pull-secret.ts';
import type { ReleaseItem, Verdict } from './release-item.ts';
import { renderAs } from './render.ts';
import type { Run } from './run.ts';

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

/** What consumer values make of the original chart; they may come to need a switch on the way. */
interface Attempt {
  readonly values: string;
  readonly verdict: Verdict;
  readonly output: string | undefined;
}

async function attempt(
  item: ChartItem,
  release: ReleaseItem,
  values: string,
  name: string,
  run: Run,
): Promise<Attempt> {
  const { pulled } = item;
  const { extraction } = release;
  if (pulled === undefined || extraction === undefined) throw new RangeError(`${chartName(item)} was not rendered`);
  const file = await run.ports.workspace.write(`proofs/${name}.yaml`, values);
  const [result, originals] = await Promise.all([
    renderAs(release, extraction.settings, pulled.archivePath, [file], run),
    renderOriginals(pulled, release, extraction, secretOverlay(release), run),
  ]);
  if (result.kind === 'failed' && result.reason.includes(GUARD) && !values.includes('allowInsecureImages'))
    return attempt(item, release, withGuardSwitch(values), `${name}-switched`, run);
  if (result.kind === 'failed') {
    const verdict = unproven(`the original chart does not render with the consumer values: ${result.reason}`);
    return { values, verdict, output: undefined };
  }
  const rendered = { output: result.text, tree: pulled.tree, chart: pulled.chart };
  return { values, verdict: judge(item, release, rendered, originals, run), output: result.text };
}

const FEWER = 'its consumer values leave hidden images where they are: with these, they would not be proven';

async function proveValues(item: ChartItem, release: ReleaseItem, key: string, run: Run): Promise<Verdict> {
  const { relocation } = release;
  if (relocation === undefined) throw new RangeError(`${chartName(item)} was not relocated`);
  const { consumerValues, askedValues } = relocation;
  let best = await attempt(item, release, consumerValues, `${key}-consumer`, run);
  if (!best.verdict.proven && askedValues !== consumerValues) {
    const fewer = await attempt(item, release, askedValues, `${key}-asked`, run);
    if (fewer.verdict.proven) {
      best = fewer;
      noteOnce(release, FEWER);
    }
  }
  release.consumerValues = best.values;
  if (best.values.includes('allowInsecureImages') && !consumerValues.includes('allowInsecureImages'))
    noteOnce(release, `the original chart refuses other images than its own list: its consumer values set ${GUARD}`);
  if (run.options.pullSecret?.inChart === false && best.output !== undefined)
    judgeSecret(item, release, best.output, run);
  return best.verdict;
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
