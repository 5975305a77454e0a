import type { Readable } from 'node:stream';
import { readStream } from '../adapters/manifest-files.ts';
import type { PostRenderFlags } from '../cli/emit-command.ts';
import { flagProblem } from '../config/problems.ts';
import { allowedRegistry } from '../domain/check/allowed.ts';
import { knownImages } from '../domain/emit/known-images.ts';
import { mirroredOf } from '../domain/emit/mirrored.ts';
import { postRender as render } from '../domain/emit/post-render.ts';
import type { Redactor } from '../redaction.ts';
import { readNamedReport } from './read-report.ts';
import { refuse } from './scrubbed.ts';
import type { Surroundings } from './surroundings.ts';

/** What is on the command line, and standard input. */
export interface PostRenderCall {
  readonly flags: PostRenderFlags;
  readonly input: () => Readable;
}

/**
 * Names the images of manifests from standard input at the target, and prints them. Exit code 1, and nothing printed, when a pod
 * would still pull from elsewhere; 2 for bad input. An unfinished run is no hindrance: what it lacks is refused here.
 */
export async function postRender(
  { flags, input }: PostRenderCall,
  around: Surroundings,
  redactor: Redactor,
): Promise<number> {
  const read = await readNamedReport(flags.report, around.cwd);
  if (read.kind === 'problem') return refuse([read.problem], around, redactor);
  const manifests = await readStream(input(), around.signal);
  if (manifests === undefined) {
    const wrong = { what: 'this is no text in UTF-8', instead: 'give it what helm renders' };
    return refuse([flagProblem('standard input', wrong)], around, redactor);
  }
  const { images, target } = mirroredOf(read.report);
  const allowed = [allowedRegistry(target)];
  const { text, refused, mentioned } = render({ manifests, relocate: knownImages(images), allowed });
  const tell = (line: string): void => around.complain(`${redactor.scrub(line)}\n`);
  for (const line of mentioned) tell(`mentioned, not at ${target}, left as it is: ${line}`);
  for (const line of refused) tell(`not at ${target}: ${line}`);
  if (refused.length > 0) {
    tell(`nothing is handed on: mirror what is missing, and take the report of that run in place of ${flags.report}`);
    return 1;
  }
  around.print(text);
  return 0;
}
