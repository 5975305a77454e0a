import { dirname, join, resolve } from 'node:path';
import { flagProblem, type Problem, shown } from '../problems.ts';
import type { TreeFiles } from './tree-files.ts';

/** A directory that holds what a Git repository holds; `shown` is how messages name it. */
export interface Checkout {
  readonly directory: string;
  readonly shown: string;
}

/** One spelling for all addresses of a Git repository: host and path in lower case, without scheme, user and `.git`. */
export function repositoryKey(url: string): string {
  const scp = /^(?:[^@/]+@)?([^/:]+):(?!\/\/)(.+)$/.exec(url);
  const plain =
    scp === null ? url.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').replace(/^[^/@]*@/, '') : `${scp[1]}/${scp[2]}`;
  return plain
    .replace(/^([^/:]+):\d+\//, '$1/')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .toLowerCase();
}

/** The addresses of the remotes of a checkout, from its `.git/config`; none where there is no such file. */
async function remotesOf(files: TreeFiles, directory: string): Promise<readonly string[]> {
  const config = join(directory, '.git', 'config');
  if ((await files.kindOf(config)) !== 'file') return [];
  const text = await files.readText(config);
  return [...text.matchAll(/^\s*url\s*=\s*(\S+)\s*$/gm)].flatMap(({ 1: url }) => url ?? []);
}

/** The checkouts of Git repositories that may be read, by the addresses of the repositories. */
export class Checkouts {
  readonly #known = new Map<string, Checkout>();

  /** The checkout of a repository; undefined where none was given. */
  find(url: string): Checkout | undefined {
    return this.#known.get(repositoryKey(url));
  }

  #add(url: string, checkout: Checkout): void {
    const key = repositoryKey(url);
    if (!this.#known.has(key)) this.#known.set(key, checkout);
  }

  /** Takes a value of `--checkout`, `URL=DIR` or `DIR`; the address of the latter is that of its remotes. */
  async addFlag(files: TreeFiles, cwd: string, value: string): Promise<readonly Problem[]> {
    const split = value.indexOf('=');
    const isWhole = split < 0 || (await files.kindOf(resolve(cwd, value))) === 'directory';
    const named = isWhole ? value : value.slice(split + 1);
    const checkout: Checkout = { directory: resolve(cwd, named), shown: named };
    if ((await files.kindOf(checkout.directory)) !== 'directory') {
      const what = `there is no directory ${shown(named)}`;
      return [flagProblem('--checkout', { what, instead: 'name a checkout of a Git repository' })];
    }
    const urls = isWhole ? await remotesOf(files, checkout.directory) : [value.slice(0, split)];
    if (urls.length === 0) {
      const what = `${shown(named)} does not tell which repository it is of`;
      return [flagProblem('--checkout', { what, instead: `write the address in front: https://…=${named}` })];
    }
    for (const url of urls) this.#add(url, checkout);
    return [];
  }

  /** Takes the checkout that a path lies in, if it lies in one. */
  async addAround(files: TreeFiles, path: string, name: string): Promise<void> {
    let directory = path;
    let shownAs = name;
    for (;;) {
      const urls = await remotesOf(files, directory);
      for (const url of urls) this.#add(url, { directory, shown: shownAs });
      const parent = dirname(directory);
      if (urls.length > 0 || parent === directory) return;
      directory = parent;
      shownAs = join(shownAs, '..');
    }
  }
}

/** The path of something in a checkout; undefined where it would leave the checkout. */
export function pathIn(checkout: Checkout, ...parts: readonly string[]): string | undefined {
  const path = resolve(checkout.directory, ...parts.map((part) => part.replace(/^\/+/, '')));
  return path === checkout.directory || path.startsWith(`${checkout.directory}/`) ? path : undefined;
}

/** Says that a repository is read from a checkout: whether that is the revision that is asked for is not looked at. */
export function checkoutNote(url: string, checkout: Checkout): string {
  return `${repositoryKey(url)} is read from ${checkout.shown} as it is there, whatever revision is asked for`;
}
