import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { describe } from 'vitest';

/** Programs that tests run. `helm` is any supported major, the newest there is. */
export type TestTool =
  | 'helm'
  | 'helm4'
  | 'helm3'
  | 'crane'
  | 'registry'
  | 'docker-registry'
  | 'openssl'
  | 'skopeo'
  | 'gpg'
  | 'dt'
  | 'cosign'
  | 'chromium'
  | 'bash'
  | 'zsh'
  | 'fish';

type Environment = Readonly<Record<string, string | undefined>>;

interface Search {
  readonly label: string;
  readonly variables: readonly string[];
  readonly names: readonly string[];
  /** What `--version` or `version` must print; undefined accepts everything. */
  readonly version?: { readonly argv: readonly string[]; readonly pattern: RegExp };
}

const HELM_VERSION = ['version', '--template', '{{.Version}}'];

const SEARCHES: Readonly<Record<TestTool, Search>> = {
  helm: { label: 'helm', variables: ['TEST_HELM', 'TEST_HELM3'], names: ['helm', 'helm4', 'helm3'] },
  helm4: {
    label: 'helm 4',
    variables: ['TEST_HELM'],
    names: ['helm4', 'helm'],
    version: { argv: HELM_VERSION, pattern: /^v4\./ },
  },
  helm3: {
    label: 'helm 3',
    variables: ['TEST_HELM3'],
    names: ['helm3', 'helm'],
    version: { argv: HELM_VERSION, pattern: /^v3\./ },
  },
  crane: { label: 'crane', variables: ['TEST_CRANE'], names: ['crane'] },
  registry: {
    label: 'CNCF Distribution 3',
    variables: ['TEST_REGISTRY'],
    names: ['registry'],
    version: { argv: ['--version'], pattern: /distribution\/v3/ },
  },
  'docker-registry': {
    label: 'Distribution 2.8',
    variables: ['TEST_REGISTRY'],
    names: ['docker-registry'],
    version: { argv: ['--version'], pattern: /docker\/distribution 2\./ },
  },
  openssl: { label: 'openssl', variables: [], names: ['openssl'] },
  skopeo: { label: 'skopeo', variables: [], names: ['skopeo'] },
  gpg: { label: 'gpg', variables: [], names: ['gpg'] },
  dt: {
    label: 'dt 0.4.12 (distribution tooling for Helm)',
    variables: ['TEST_DT'],
    names: ['dt'],
    version: { argv: ['version'], pattern: /0\.4\.12/ },
  },
  cosign: {
    label: 'cosign 2.6 or 3',
    variables: ['TEST_COSIGN'],
    names: ['cosign'],
    version: { argv: ['version'], pattern: /GitVersion:\s+v(?:2\.[6-9]|3)\./ },
  },
  bash: { label: 'bash', variables: [], names: ['bash'] },
  zsh: { label: 'zsh', variables: [], names: ['zsh'] },
  fish: { label: 'fish', variables: [], names: ['fish'] },
  chromium: {
    label: 'Chromium',
    variables: ['TEST_CHROMIUM'],
    names: ['chromium', 'chromium-browser', 'google-chrome'],
  },
};

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function onPath(name: string, environment: Environment): string | undefined {
  const directories = (environment.PATH ?? '').split(delimiter).filter(isAbsolute);
  return directories.map((directory) => join(directory, name)).find(isProgram);
}

function fits(path: string, search: Search): boolean {
  if (search.version === undefined) return true;
  const result = spawnSync(path, search.version.argv, { encoding: 'utf8', timeout: 30_000 });
  return search.version.pattern.test((result.stdout ?? '').trim());
}

/**
 * The absolute path of a program: what an environment variable names, else what PATH has, in either case of the right
 * version; undefined when there is none.
 *
 * @throws Error when a variable names something that is no program, since a typing error must not skip tests.
 */
export function locateTool(tool: TestTool, environment: Environment): string | undefined {
  const search = SEARCHES[tool];
  const named = search.variables.map((variable) => [variable, environment[variable]] as const);
  for (const [variable, path] of named) {
    if (path !== undefined && path !== '' && !isProgram(path)) throw new Error(`${variable}=${path} is no program`);
  }
  const candidates = [...named.map(([, path]) => path), ...search.names.map((name) => onPath(name, environment))];
  return candidates.find((path) => path !== undefined && path !== '' && fits(path, search));
}

const found = new Map<TestTool, string | undefined>();

/** `locateTool` in the environment of the tests, looked up once. */
function findTool(tool: TestTool): string | undefined {
  if (!found.has(tool)) found.set(tool, locateTool(tool, process.env));
  return found.get(tool);
}

/** The path of a program that a suite has already asked for with `skipReason` or `describeWith`. */
export function requireTool(tool: TestTool): string {
  const path = findTool(tool);
  if (path === undefined) throw new Error(skipReason([tool]) ?? `${tool} is missing`);
  return path;
}

/** Why tests that need these programs cannot run here, or undefined when they can. */
export function skipReason(tools: readonly TestTool[]): string | undefined {
  const missing = tools.filter((tool) => findTool(tool) === undefined).map((tool) => SEARCHES[tool]);
  if (missing.length === 0) return undefined;
  return missing
    .map(({ label, variables, names }) => {
      const variable = variables[0] === undefined ? '' : `set ${variables[0]} or `;
      return `${label} not found: ${variable}put ${names[0]} on PATH`;
    })
    .join('; ');
}

/** A suite that runs when `reason` is undefined, and is otherwise skipped with the reason in its name. */
export function describeUnless(reason: string | undefined, title: string, body: () => void): void {
  if (reason === undefined) describe(title, body);
  else describe.skip(`${title} (skipped: ${reason})`, body);
}

/** A suite that needs programs; without them it is skipped, saying which are missing. */
export function describeWith(tools: readonly TestTool[], title: string, body: () => void): void {
  describeUnless(skipReason(tools), title, body);
}
