import { digestOf } from '../../domain/manifest.ts';
import { MirrorError } from '../../errors.ts';
import type { ChartItem } from '../chart-item.ts';
import { documented, operatorsIn, targetHosts, unreadableImage, usesOf } from '../find-uses.ts';
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
    if (depth === 'references') return { kind: 'read', uses, documented: [], badImage: undefined, operators: [] };
    return {
      kind: 'read',
      uses,
      documented: documented(item, text),
      badImage: unreadableImage(item, text),
      operators: operatorsIn(item, uses, text),
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

/**
 * What a render shows: as it was read before, in this run or an earlier one, else rendered now. What ends a release is
 * rendered in every run, since it may have been chance.
 */
export async function readRender(
  item: ChartItem,
  rendering: Rendering,
  depth: Depth,
  run: Run,
  asked?: Asked,
): Promise<Reading> {
  const key = digestOf(JSON.stringify([renderingDigest(rendering), depth, targetHosts(run)]));
  const known = item.results.reading(key);
  const isOld = !item.results.isOwnReading(key);
  if (known !== undefined && !(asked !== undefined && isOld && endsRelease(known))) return known;
  const result = await render(rendering, run);
  if (result.kind === 'rendered') asked?.told(result.text);
  const reading = result.kind === 'failed' ? result : readText(item, result.text, depth, run);
  if (reading.kind !== 'failed' || reading.lasting) item.results.keepReading(key, withoutValues(reading));
  return reading;
}
