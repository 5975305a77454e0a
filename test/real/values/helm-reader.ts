import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { requireTool } from '../../support/tools.ts';

const execute = promisify(execFile);

export type HelmMajor = 'helm4' | 'helm3';

/** Plain data as JSON has it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

async function writeAll(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
}

async function withDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'helm-reader-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function template(tool: HelmMajor, directory: string, flags: readonly string[] = []): Promise<string> {
  const env = { HOME: directory, PATH: '', HELM_CACHE_HOME: directory, HELM_CONFIG_HOME: directory };
  const { stdout } = await execute(requireTool(tool), ['template', 'r', directory, ...flags], {
    env,
    maxBuffer: 256 * 1024 * 1024,
  });
  return stdout;
}

function decode(text: string): Json {
  return JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as Json;
}

/** What helm reads in YAML texts, each by itself; `{ Error: … }` where it refuses. One render for all. */
export async function readByHelm(tool: HelmMajor, texts: readonly string[]): Promise<readonly Json[]> {
  return withDirectory(async (directory) => {
    const cases = texts.map((text, index) => [`cases/${index}`, text] as const);
    await writeAll(directory, {
      'Chart.yaml': 'apiVersion: v2\nname: reader\nversion: 1.0.0\n',
      'templates/x.yaml':
        '{{- range $path, $_ := .Files.Glob "cases/*" }}\n---\n{{ base $path }}: {{ $.Files.Get $path | fromYaml | toJson | b64enc }}\n{{- end }}\n',
      ...Object.fromEntries(cases),
    });
    const found = new Map<number, Json>();
    for (const [, index, json] of (await template(tool, directory)).matchAll(/^(\d+): (\S+)$/gm))
      found.set(Number(index), decode(json ?? ''));
    return texts.map((_, index) => {
      const value = found.get(index);
      if (value === undefined) throw new Error(`helm read nothing of text ${index}`);
      return value;
    });
  });
}

/** What a chart's templates see as `.Values`, with the layers given by `-f`. */
export async function valuesByHelm(
  tool: HelmMajor,
  files: Readonly<Record<string, string>>,
  layers: readonly string[],
): Promise<Json> {
  return withDirectory(async (directory) => {
    const named = layers.map((text, index) => [`.layers/${index}.yaml`, text] as const);
    await writeAll(directory, { ...files, ...Object.fromEntries(named) });
    await writeAll(directory, { 'templates/values-dump.yaml': 'values: {{ .Values | toJson | b64enc }}\n' });
    const flags = named.flatMap(([path]) => ['-f', join(directory, path)]);
    const json = /^values: (\S+)$/m.exec(await template(tool, directory, flags))?.[1];
    if (json === undefined) throw new Error('helm rendered no values');
    return decode(json);
  });
}
