import { nodeAt } from '../chart/values-tree.ts';
import type { ImageUse } from '../images/image-use.ts';
import type { Attribution } from './attribution.ts';
import { candidates } from './candidates.ts';
import type { Slot } from './slot.ts';
import { groupByPath, type Probe, type TraceInput, Tracer } from './tracer.ts';

/** What tracing found. `renders` counts the probes; a use without attribution is a literal of the chart. */
export interface Trace {
  readonly attributions: ReadonlyMap<ImageUse, Attribution>;
  readonly renders: number;
  /** With `everyPart`: references that a template begins, and values go on with. */
  readonly led: readonly Attribution[];
}

/** The most probes for keys that are guessed. */
const GUESS_LIMIT = 8;

async function traceWith(tracer: Tracer, input: TraceInput): Promise<void> {
  const { values, uses, mined, isLiteral } = input;
  const { strong, weak, blank, guessed, parts } = candidates(values, uses, mined, input.avoided);
  const whole = await tracer.batch(strong);
  // behind a registry that is not set, the path may still have to be mended
  const paths = whole ? strong.filter(({ kind }) => kind === 'path') : [];
  const inner = (): readonly Slot[] => [...new Set([...paths, ...tracer.paths])];
  const ahead = new Set(input.leading?.map((path) => JSON.stringify(path)));
  const leading = [...blank, ...guessed].filter(({ path }) => ahead.has(JSON.stringify(path)));
  if (leading.length > 0) await tracer.mark([...leading, ...inner()]);
  // a key that the values have is likelier meant than one that they lack, and one that is not for all moves nothing else
  const present = blank.filter(({ path }) => nodeAt(values, path) !== undefined);
  const own = present.filter(({ path }) => !path.includes('global'));
  const globals = present.filter((slot) => !own.includes(slot));
  const absent = blank.filter((slot) => !present.includes(slot));
  // a key of one tier must not hide that one of the next is read, too
  const tiers = [weak, own, globals, absent];
  const safe = (slots: readonly Slot[]): readonly Slot[] => slots.filter((slot) => !tracer.isDoubtful(slot));
  const marked = (tier: readonly Slot[]): readonly Slot[] => (safe(tier).length > 0 ? [...safe(tier), ...inner()] : []);
  // what a file spells out is hardly ever made by a value: it stays open through all tiers
  if (tracer.open.length > 0 && tracer.open.every(isLiteral)) tracer.begin(tiers.map(marked));
  for (const tier of tiers) await tracer.batch(marked(tier));
  // most of these are no keys at all: what a file spells out is not worth them
  if (tracer.open.length > 0 && guessed.length > 0 && !tracer.open.every(isLiteral))
    await tracer.batch([...guessed, ...inner()], GUESS_LIMIT);
  if (tracer.open.length > 0 && parts.length > 0) await tracer.batch([...parts, ...inner()]);
  tracer.settleDoubtful();
  for (const group of groupByPath([...strong, ...weak, ...blank])) {
    if (tracer.open.every(isLiteral)) break;
    await tracer.batch(group);
  }
  tracer.settleDoubtful();
  if (input.everyPart === true) await tracer.refine([...strong, ...weak].filter(({ kind }) => kind === 'path'));
}

/**
 * Finds out by measuring which values make which references: every candidate value gets a marker of its own, the
 * chart is rendered once, and the marker at the head of a reference names the value. What stays open is tried with
 * weaker candidates, then with empty registry keys and with absent ones, with keys that templates may read under another
 * name, with parts of hosts, and value by value. An empty registry before what was found by a path is set only where there is
 * no other way.
 */
export async function trace(input: TraceInput, probe: Probe): Promise<Trace> {
  const tracer = new Tracer(input, probe);
  try {
    await traceWith(tracer, input);
  } finally {
    await tracer.end();
  }
  return { attributions: tracer.found, renders: tracer.renders, led: [...tracer.led.values()] };
}
