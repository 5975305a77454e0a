import {
  type Configuration,
  type ConfigurationRequest,
  type ConfigurationResult,
  loadConfiguration,
} from '../../../src/config/configuration.ts';
import { formatProblem } from '../../../src/config/problems.ts';
import { memoryFiles, type Refusal } from './inputs.ts';

/** Files by their path below the working directory. */
export type Files = Readonly<Record<string, string | Refusal>>;

async function load(files: Files, request: Partial<ConfigurationRequest>): Promise<ConfigurationResult> {
  const base = { config: undefined, flags: {}, plainHttp: [], caFile: undefined, sourceMirrors: [], cwd: '/in' };
  return loadConfiguration({ ...base, files: memoryFiles(files), ...request });
}

/** A configuration that must be sound; fails with its problems otherwise. */
export async function configurationOf(
  files: Files,
  request: Partial<ConfigurationRequest> = {},
): Promise<Configuration> {
  const result = await load(files, request);
  if (result.kind === 'problems') throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.configuration;
}

/** What is wrong with a configuration; `no problem` when nothing is. */
export async function messages(files: Files, request: Partial<ConfigurationRequest> = {}): Promise<readonly string[]> {
  const result = await load(files, request);
  return result.kind === 'problems' ? result.problems.map(formatProblem) : ['no problem'];
}
