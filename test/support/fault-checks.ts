import { expect } from 'vitest';
import { readEntries } from './charts.ts';
import { rawChart, rawDigest, rawManifest, splitFull } from './e2e-registry.ts';
import type { Outcome } from './e2e-world.ts';

/** How a release that failed must be reported. */
export interface Failing {
  readonly status: 'failed' | 'refused' | 'not-proven';
  readonly code: string;
  readonly origin: 'source' | 'destination' | 'input' | 'local';
  readonly message: RegExp;
  readonly hint: RegExp;
}

/** The closing summary: what comes after the lines of the steps. */
export function summaryOf(stderr: string): string {
  return stderr.slice(stderr.lastIndexOf('\n\n') + 2);
}

/** The release failed as it must, and the closing summary says so with code, message and hint. */
export function expectFailing(outcome: Outcome, release: string, expected: Failing): void {
  const { status, error, chart, version, requested } = outcome.row(release);
  expect({ release, status, code: error?.code, origin: error?.origin }).toEqual({
    release,
    status: expected.status,
    code: expected.code,
    origin: expected.origin,
  });
  expect(error?.message).toMatch(expected.message);
  expect(error?.hint).toMatch(expected.hint);
  const summary = summaryOf(outcome.stderr);
  expect(summary).toMatch(new RegExp(`^${status.toUpperCase()} +${chart} ${version ?? requested}`, 'm'));
  expect(summary).toContain(`${error?.code}: ${error?.message}`);
  expect(summary).toContain(`→ ${error?.hint}`);
}

interface TagList {
  readonly name: string;
  readonly tags: readonly string[] | null;
}

async function json<T>(url: string): Promise<T> {
  const answer = await fetch(url);
  if (answer.status !== 200) throw new Error(`${url} was answered with ${answer.status}`);
  return (await answer.json()) as T;
}

/** Every `repository:tag` of a registry, sorted. */
export async function allTags(base: string): Promise<readonly string[]> {
  const { repositories } = await json<{ repositories: readonly string[] }>(`${base}/v2/_catalog?n=1000`);
  const found: string[] = [];
  for (const repository of repositories) {
    const answer = await fetch(`${base}/v2/${repository}/tags/list`);
    // a repository that has had an upload, but never a tag
    if (answer.status === 404) continue;
    const { name, tags } = (await answer.json()) as TagList;
    found.push(...(tags ?? []).map((tag) => `${name}:${tag}`));
  }
  return found.sort();
}

/** Tags as they are expected: the list of a chart's images, whose tag its content makes, is `repository:list`. */
export function listsNamed(tags: readonly string[]): readonly string[] {
  return tags.map((tag) => tag.replace(/:sha256-[0-9a-f]{64}\.images\.[0-9a-f]{16}$/, ':list')).sort();
}

async function missingOf(base: string, host: string, repository: string, tag: string): Promise<readonly string[]> {
  const entries = await readEntries(await rawChart(base, repository, tag));
  const texts = entries.filter(({ header }) => header.name.endsWith('/values.yaml')).map(({ data }) => data.toString());
  const references = texts.flatMap((text) => text.match(/[^\s"']+[:@][^\s"']+(?=["']?$)/gm) ?? []);
  const missing = references.length === 0 ? [`${repository}:${tag} names no image`] : [];
  for (const reference of references) {
    const { host: at, path, name } = splitFull(reference);
    const there = at === host && (await rawDigest(base, path, name)) !== undefined;
    if (!there) missing.push(`${repository}:${tag} names ${reference}`);
  }
  return missing;
}

/**
 * Every reference in the values of a chart at the target that does not lead to a manifest there, and every chart
 * without any. For charts as `chartOf` makes them; `host` is how the charts name the target, `base` where it is asked.
 */
export async function danglingReferences(base: string, host: string): Promise<readonly string[]> {
  const dangling: string[] = [];
  for (const full of await allTags(base)) {
    const [repository = '', tag = ''] = full.split(':');
    const manifest = await rawManifest(base, repository, tag);
    if (manifest?.text.includes('vnd.cncf.helm.config') !== true) continue;
    dangling.push(...(await missingOf(base, host, repository, tag)));
  }
  return dangling;
}
