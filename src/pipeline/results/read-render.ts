import { digestOf } from '../../domain/manifest.ts';
import { MirrorError } from '../../errors.ts';
import type { ChartItem } from '../chart-item.ts';
import { documented, incompleteIn, operatorsIn, targetHosts, unreadableImage, usesOf } from '../find-uses.ts';
import { type Rendering, render, renderingDigest } from '../render.ts';
import type { Run } from '../run.ts';
import type { Reading } from './reading.ts';

/**
 * How much is read: of a render that was made to measure something only the references count, since everything else was
 * read without the marks.
 */
export type Depth = 'references' | 'everything';

/** What the text of a render shows. */
export function readText(item: ChartItem, text: string, depth: Depth, run: Run): Reading {
  try {
    const uses = usesOf(item, text, targetHosts(run));
    if (depth === 'references')
      return { kind: 'read', uses, documented: [], badImage: undefined, incomplete: [], operators: [] };
    return {
      kind: 'read',
      uses,
      documented: documented(item, text),
      badImage: unreadableImage(item, text),
      incomplete: incompleteIn(item, text),
      operators: operatorsIn(item, uses, text, targetHosts(run)),
    };
  } catch (error) {
    if (error instanceof MirrorError && error.code === 'IMAGES_UNREADABLE')
      return { kind: 'unreadable', reason: error.message };
    throw error;
  }
}

/** For a render that somebody asked for: its text, where there is one, goes on to the proof. */
export interface Asked {
  readonly told: (text: string) => void;
}

function endsRelease(reading: Reading): boolean {
  return reading.kind !== 'read' || reading.badImage !== undefined;
}

/** Without what helm quotes from values: it is kept. */
function withoutValues(reading: Reading): Reading {
  if (reading.kind !== 'failed') return reading;
  return { ...reading, reason: reading.reason.replace(/(at '[^']*': )'[^']*'/g, "$1'…'") };
}

interface Rendered {
  readonly reading: Reading;
  readonly text: string | undefined;
}

async function readAnew(item: ChartItem, rendering: Rendering, key: string, depth: Depth, run: Run): Promise<Rendered> {
  const { results } = item;
  const result = await render(rendering, run);
  const reading = result.kind === 'failed' ? result : readText(item, result.text, depth, run);
  if (reading.kind !== 'failed' || reading.lasting) results.keepReading(key, withoutValues(reading));
  return { reading, text: result.kind === 'rendered' ? result.text : undefined };
}

/**
 * What a render shows: as it was read before, in this run or an earlier one, else rendered now. What ends a release is
 * rendered in every run, since it may have been chance. Whoever asks for a render that is under way waits for it; when that
 * one comes to nothing, the next renders by itself.
 */
export async function readRender(
  item: ChartItem,
  rendering: Rendering,
  depth: Depth,
  run: Run,
  asked?: Asked,
): Promise<Reading> {
  const key = digestOf(JSON.stringify([renderingDigest(rendering), depth, targetHosts(run)]));
  const { results } = item;
  for (;;) {
    const known = results.reading(key);
    const isOld = !results.isOwnReading(key);
    if (known !== undefined && !(asked !== undefined && isOld && endsRelease(known))) return known;
    const others = results.underway.get(key);
    if (others === undefined) break;
    const text = await others;
    if (text !== undefined) asked?.told(text);
  }
  const work = readAnew(item, rendering, key, depth, run);
  const over = work.then(
    ({ text }) => text,
    () => undefined,
  );
  results.underway.set(
    key,
    over.finally(() => results.underway.delete(key)),
  );
  const { reading, text } = await work;
  if (text !== undefined) asked?.told(text);
  return reading;
}
