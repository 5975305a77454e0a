import { basename, dirname, join } from 'node:path';
import { readManifestFile, toManifestFile } from '../adapters/known-manifests.ts';
import { createOutput } from '../adapters/output.ts';
import { diskFiles } from '../config/read-text.ts';
import type { Digest } from '../domain/reference.ts';
import type { Plan } from '../domain/run-plan/plan.ts';
import type { FetchedManifest } from '../ports/registry.ts';

/** The path of a plan without what tells plans, shards and manifests apart. */
function stemOf(path: string): string {
  return path.replace(/\.json$/, '').replace(/\.shard-[0-9]+$/, '');
}

/** Where a shard of a plan is written: beside it. */
export function shardPath(plan: string, index: number): string {
  return `${stemOf(plan)}.shard-${index}.json`;
}

/** Where the manifests stand that a plan has read: one file for the plan and all its shards. */
export function manifestsPath(plan: string): string {
  return `${stemOf(plan)}.manifests.json`;
}

/** The report of a shard, in the output directory. */
export function shardReport(index: number): string {
  return `report.shard-${index}.json`;
}

/** The numbers of the shards whose reports are among the names of files. */
export function shardReportsIn(names: readonly string[]): readonly string[] {
  const numbers = names.flatMap((name) => /^report\.shard-([0-9]+)\.json$/.exec(name)?.[1] ?? []);
  return numbers
    .map(Number)
    .sort((a, b) => a - b)
    .map(shardReport);
}

function put(path: string, text: string): Promise<void> {
  return createOutput(dirname(path)).write(basename(path), `${text}\n`);
}

/** JSON for people who compare two plans: a line for each layer, and not four. */
function laidOut(plan: Plan): string {
  const content = /\{\n\s+"digest": ("[^"]*"),\n\s+"size": (\d+)\n\s+\}/g;
  return JSON.stringify(plan, undefined, 2).replace(content, '{ "digest": $1, "size": $2 }');
}

/** Writes a plan: whole or not at all. */
export function writePlan(path: string, plan: Plan): Promise<void> {
  return put(path, laidOut(plan));
}

/** The manifests that a plan keeps: those that were read for it, and of those that an earlier one has kept what is still needed. */
export function keptFor(
  needed: ReadonlySet<Digest>,
  read: readonly FetchedManifest[],
  known: ReadonlyMap<Digest, FetchedManifest>,
): readonly FetchedManifest[] {
  const fresh = new Set(read.map(({ digest }) => digest));
  return [...read, ...[...known.values()].filter(({ digest }) => needed.has(digest) && !fresh.has(digest))];
}

/** Writes the manifests that were read for a plan. */
export function writeManifests(path: string, manifests: readonly FetchedManifest[]): Promise<void> {
  return put(manifestsPath(path), JSON.stringify(toManifestFile(manifests), undefined, 1));
}

/** The manifests beside a plan; without them, or where they are damaged, they are read from their sources again. */
export async function readManifestsBeside(
  path: string,
  say: (line: string) => void,
): Promise<ReadonlyMap<Digest, FetchedManifest>> {
  const file = join(manifestsPath(path));
  const text = await diskFiles.readText(file).catch(() => undefined);
  if (text === undefined) return new Map();
  const known = readManifestFile(text);
  if (known === undefined) say(`${file} holds no manifests: they are read from their sources again`);
  return known ?? new Map();
}
