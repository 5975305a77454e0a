import { emitYaml } from '../domain/overlay/emit-yaml.ts';
import { toMirrorError } from '../errors.ts';
import { type ChartItem, chartName, livingReleases } from './chart-item.ts';
import { judge, unproven } from './judge.ts';
import { noteOnce } from './moves.ts';
import { originalTexts } from './original-texts.ts';
import { plannedFor } from './planned-texts.ts';
import { judgeSecret, secretOverlay, settleSecret } from './pull-secret.ts';
import type { ReleaseItem, Verdict } from './release-item.ts';
import { render } from './render.ts';
import type { KeptProof } from './results/kept-proof.ts';
import { type Claim, type Made, made, proveOnce } from './results/prove-once.ts';
import type { Run } from './run.ts';
import { writeFile } from './workspace-file.ts';

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

/** Consumer values, perhaps with the switch. */
interface Values {
  readonly text: string;
  readonly isSwitched: boolean;
}

/** Renders the original with values and judges it; where it asks for the switch that lets other images in, with that. */
async function renderAndJudge(
  item: ChartItem,
  claim: Claim,
  { text: values, isSwitched }: Values,
  name: string,
  run: Run,
): Promise<Made> {
  const { pulled } = item;
  const { release } = claim.rendering;
  const { extraction, planned } = claim;
  if (pulled === undefined) throw new RangeError(`${chartName(item)} was not pulled`);
  const file = await writeFile(`proofs/${name}.yaml`, values, run.ports);
  const [result, texts] = await Promise.all([
    render({ ...claim.rendering, more: [file] }, run),
    originalTexts(pulled, release, extraction, claim.secret, run),
  ]);
  if (result.kind === 'failed' && result.reason.includes(GUARD) && !values.includes('allowInsecureImages')) {
    const switched = { text: withGuardSwitch(values), isSwitched: true };
    return renderAndJudge(item, claim, switched, `${name}-switched`, run);
  }
  if (result.kind === 'failed') {
    const reason = `the original chart does not render with the consumer values: ${result.reason}`;
    const verdict = unproven(reason);
    return made({ verdict, secret: undefined, isSwitched }, result.lasting ? verdict : undefined);
  }
  const rendered = { output: result.text, tree: pulled.tree, chart: pulled.chart };
  const { verdict, kept } = await judge(item, release, rendered, { extraction, planned, texts }, run);
  const secret = claim.isSecretJudged ? judgeSecret(item, release, result.text, run) : undefined;
  return made({ verdict, secret, isSwitched }, kept === verdict ? kept : undefined);
}

/** What came of values, and what they were in the end. */
interface Attempt extends KeptProof {
  readonly values: string;
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
  const more = [await writeFile(`proofs/${name}.yaml`, values, run.ports)];
  const rendering = { release, settings: extraction.settings, archive: pulled.archive, more };
  const planned = plannedFor(item.relocated, extraction.uses, true, run);
  const secret = secretOverlay(release);
  const isSecretJudged = run.options.pullSecret?.inChart === false;
  const claim: Claim = { kind: 'consumer', isSecretJudged, rendering, extraction, planned, isWhole: true, secret };
  const given = { text: values, isSwitched: false };
  const proof = await proveOnce(item, claim, () => renderAndJudge(item, claim, given, name, run), run);
  return { ...proof, values: proof.isSwitched ? withGuardSwitch(values) : values };
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
  if (best.isSwitched)
    noteOnce(release, `the original chart refuses other images than its own list: its consumer values set ${GUARD}`);
  settleSecret(release, best.secret);
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
