import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { listManifestFiles, readStream } from '../adapters/manifest-files.ts';
import { type Complaint, flagProblem, type Problem, problemAt, shown } from '../config/problems.ts';
import { type InputFiles, systemCode } from '../config/read-text.ts';
import { type ManifestText, readManifests } from '../domain/check/manifest-texts.ts';
import type { CheckedContent } from '../pipeline/check/check-run.ts';
import type { Read } from './check-chart.ts';

/** `--manifests -`. */
const STANDARD_INPUT = '-';

type Texts = Read<readonly ManifestText[]>;

function wrong(complaint: Complaint): Texts {
  return { value: undefined, problems: [flagProblem('--manifests', complaint)] };
}

const NO_UTF8: Complaint = { what: 'this is not UTF-8 text', instead: 'save it as UTF-8' };

async function readFiles(names: readonly { path: string; file: string }[], files: InputFiles): Promise<Texts> {
  const texts: ManifestText[] = [];
  const problems: Problem[] = [];
  for (const { path, file } of names) {
    try {
      texts.push({ file, text: await files.readText(path) });
    } catch (error) {
      const code = systemCode(error);
      const complaint =
        code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
          ? NO_UTF8
          : { what: `this file cannot be read (${code ?? 'unknown error'})`, instead: 'check its permissions' };
      problems.push(problemAt({ file, line: 1, column: 1 }, complaint));
    }
  }
  return { value: problems.length === 0 ? texts : undefined, problems };
}

async function fromDisk(named: string, files: InputFiles, cwd: string): Promise<Texts> {
  const path = resolve(cwd, named);
  switch (await files.kindOf(path)) {
    case 'absent':
      return wrong({
        what: `there is nothing at ${shown(named)}`,
        instead: 'name a directory, or - for standard input',
      });
    case 'hidden':
      return wrong({ what: `${shown(named)} may not be read`, instead: 'give this user permission to read it' });
    case 'file':
      return readFiles([{ path, file: named }], files);
    case 'directory': {
      const names = await listManifestFiles(path);
      if (names.length > 0)
        return readFiles(
          names.map((name) => ({ path: join(path, name), file: join(named, name) })),
          files,
        );
      const what = `there is no .yaml, .yml or .json file below ${shown(named)}`;
      return wrong({ what, instead: 'name the directory that was rendered into' });
    }
  }
}

async function fromStandardInput(input: Readable, signal: AbortSignal): Promise<Texts> {
  const text = await readStream(input, signal);
  return text === undefined ? wrong(NO_UTF8) : { value: [{ file: '', text }], problems: [] };
}

/**
 * Reads the manifests that --manifests names. Whatever is no object of Kubernetes is a problem with its place, and so is
 * input that holds nothing: the program before may have failed.
 *
 * @throws MirrorError INPUT_INVALID for directories that cannot be listed.
 */
export async function readManifestContent(
  named: string,
  files: InputFiles,
  cwd: string,
  input: () => Readable,
  signal: AbortSignal,
): Promise<Read<CheckedContent>> {
  const isInput = named === STANDARD_INPUT;
  const read = isInput ? await fromStandardInput(input(), signal) : await fromDisk(named, files, cwd);
  if (read.value === undefined) return { value: undefined, problems: read.problems };
  const { documents, unreadable } = readManifests(read.value);
  const source = isInput ? 'standard input' : named;
  const problems = unreadable.map(({ reason, ...place }) =>
    problemAt(place, { what: reason, instead: 'correct it here' }),
  );
  if (problems.length > 0) return { value: undefined, problems };
  if (documents.length === 0) {
    const instead = isInput ? 'look at what the program before it says' : 'name the directory that was rendered into';
    return { value: undefined, problems: wrong({ what: `there is no manifest in ${source}`, instead }).problems };
  }
  const content = {
    subject: { kind: 'manifests', source } as const,
    texts: read.value,
    documents,
    unreadable,
    notes: [],
  };
  return { value: content, problems: [] };
}
