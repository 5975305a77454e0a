import { randomUUID } from 'node:crypto';
import type { Extraction, OriginalTexts, ReleaseItem } from './release-item.ts';
import { type Rendering, render } from './render.ts';
import type { PulledChart } from './resolved-chart.ts';
import type { Run } from './run.ts';
import { writeFile } from './workspace-file.ts';

/** What helm prints for the original, and what it prints the second time, for whoever needs to know what is chance. */
export interface Texts {
  readonly once: string;
  readonly again: () => Promise<string>;
}

async function originalText(rendering: Rendering, run: Run): Promise<string> {
  const result = await render(rendering, run);
  if (result.kind === 'rendered') return result.text;
  throw new Error(`the original does not render now: ${result.reason}`);
}

/**
 * The original as helm prints it, with the pull secret where the other side has it: what the secret changes is no residue.
 * Without one, the proof of the relocated chart and that of the consumer values share the texts.
 */
export async function originalTexts(
  pulled: PulledChart,
  release: ReleaseItem,
  { settings, texts }: Extraction,
  secret: string | undefined,
  run: Run,
): Promise<Texts> {
  const plain: Rendering = { release, settings, archive: pulled.archive, more: [] };
  // proofs side by side read it: none may find it half written
  const name = `pull-secret/${randomUUID()}/values.yaml`;
  const rendering = secret === undefined ? plain : { ...plain, more: [await writeFile(name, secret, run.ports)] };
  const shared: OriginalTexts = (secret === undefined ? texts : undefined) ?? { once: undefined, again: undefined };
  shared.once ??= originalText(rendering, run);
  const again = (): Promise<string> => {
    shared.again ??= originalText(rendering, run);
    return shared.again;
  };
  return { once: await shared.once, again };
}
