import { nodeAt, type ValueNode } from '../chart/values-tree.ts';
import type { RenderedDocument } from '../images/rendered-documents.ts';
import { emitYaml } from '../overlay/emit-yaml.ts';
import { overlayOf } from '../trace/overlay-tree.ts';
import { type Reach, readArrivals } from './arrivals.ts';
import { type Blame, blame } from './blame.ts';
import { fewestKeys, isAbove, type ServingKey } from './fewest-keys.ts';
import { type ListForms, type PullSite, pullSites, type ServiceAccount } from './pull-sites.ts';
import type { SecretKey, SecretKeys } from './secret-keys.ts';
import { likelyShapes } from './secret-shape.ts';
import { isReplacing, markerOf, markersIn, nextForm, type SecretTrial, settingsOf } from './secret-trial.ts';
import { accountOf, judgeSites } from './served.ts';

/** What a probe renders, or why helm refuses. The schema is to be checked as in the release: what it refuses is of no use. */
export type SecretProbeResult =
  | { readonly kind: 'rendered'; readonly documents: readonly RenderedDocument[] }
  | { readonly kind: 'failed'; readonly reason: string };

/** Renders the release with a further values document on top. */
export type SecretProbe = (overlay: string) => Promise<SecretProbeResult>;

/**
 * What is traced: the release's effective values, its plain render and its namespace, the forms of lists in custom
 * resources, the keys to be tried, and the secret.
 */
export interface SecretTraceInput {
  readonly values: ValueNode;
  readonly documents: readonly RenderedDocument[];
  readonly namespace: string;
  readonly forms: ListForms;
  readonly keys: SecretKeys;
  readonly secret: string;
}

/** A key that leads to sites, in the form that takes effect. */
export interface FoundKey extends ServingKey {
  readonly trial: SecretTrial;
}

/** The most renders for one release, and the most for keys that are not sure: beyond them a key counts as one without effect. */
const PROBE_LIMIT = 24;
const WEAK_LIMIT = 8;

const NOBODY: Blame<SecretTrial> = { forbidden: [], misformed: [], suspects: [] };

function isHarmful({ breaks, spoils }: Reach): boolean {
  return breaks + spoils > 0;
}

/** Tries keys in renders and remembers what each of them does. */
export class SecretTracer {
  readonly #input: SecretTraceInput;
  readonly #probe: SecretProbe;
  readonly #unreadable: number;
  readonly #accounts: readonly ServiceAccount[];
  readonly #tried = new Map<SecretTrial, Reach>();
  /** All sites that are known, and those among them that keys have to serve. */
  #sites: readonly PullSite[];
  #open: readonly PullSite[];
  /** Trials whose form was wrong, in their next one. */
  #wrong: readonly SecretTrial[] = [];
  #ids = 0;
  #limit = PROBE_LIMIT;
  /** Whether the keys are such that templates ask for them. */
  #sure = true;
  renders = 0;
  /** Whether every site has the secret without any key. */
  readonly isDone: boolean;

  constructor(input: SecretTraceInput, probe: SecretProbe) {
    this.#input = input;
    this.#probe = probe;
    const plain = pullSites(input.documents, input.namespace, input.forms);
    this.#accounts = plain.accounts;
    this.#sites = plain.sites;
    this.#open = judgeSites(plain, input.secret).unserved;
    this.#unreadable = input.documents.filter(({ content }) => content.kind === 'unreadable').length;
    this.isDone = plain.sites.length > 0 && this.#open.length === 0;
  }

  /** The fewest keys that serve what keys serve. One that makes the API server refuse a list is none. */
  get chosen(): readonly FoundKey[] {
    const found = [...this.#tried.values()].filter(({ serves, breaks }) => serves.size > 0 && breaks === 0);
    const keys = found.map(({ trial, serves, spoils }) => {
      return { trial, path: trial.path, serves, replaces: isReplacing(trial), spoils: spoils > 0 };
    });
    return fewestKeys(keys, this.#open);
  }

  get unserved(): readonly PullSite[] {
    const { chosen } = this;
    return this.#open.filter((site) => chosen.every(({ serves }) => !serves.has(site)));
  }

  /** Keys that lead to no site, but into other objects. */
  get elsewhere(): readonly { readonly trial: SecretTrial; readonly objects: readonly string[] }[] {
    return [...this.#tried.values()].flatMap(({ trial, elsewhere }) =>
      elsewhere.length === 0 ? [] : [{ trial, objects: elsewhere }],
    );
  }

  /** Whether a template that says the word writes an open site, or the service account of its pods. */
  get mayBeNamed(): boolean {
    const { speaks } = this.#input.keys;
    return this.unserved.some((site) => {
      const account = accountOf(site, this.#accounts);
      return speaks(site.template) || (account !== undefined && speaks(account.template));
    });
  }

  /** What follows are keys that nobody may ask for: they get few renders, and make no further places in custom resources. */
  beginWeakTiers(): void {
    this.#sure = false;
    this.#limit = Math.min(PROBE_LIMIT, this.renders + WEAK_LIMIT);
  }

  /** Tries keys in their likeliest form, and those that prove wrong in the next one, until every site is served. */
  async tier(keys: readonly SecretKey[]): Promise<void> {
    let left = keys.flatMap((key) => this.#trialOf(key));
    while (left.length > 0 && this.renders < this.#limit) {
      left = (await this.#batch(left)).flatMap((trial) => nextForm(trial) ?? []);
      this.#wrong = [...this.#wrong.filter(({ id }) => !left.some((trial) => trial.id === id)), ...left];
      if (this.unserved.length === 0) return;
    }
  }

  /** Tries keys above chosen ones without those, since they may hide them: one key may then stand for several. */
  async tryHidden(): Promise<void> {
    const { chosen } = this;
    const isChosen = new Set(chosen.map(({ trial }) => trial));
    const harmless = [...this.#tried.values()].filter((reach) => !isHarmful(reach)).map(({ trial }) => trial);
    // a key stands in one form in a render
    const forms = new Map([...this.#wrong, ...harmless].map((trial) => [JSON.stringify(trial.path), trial]));
    const above = [...forms.values()].filter((trial) => {
      const below = chosen.filter((key) => key.trial !== trial && isAbove(trial.path, key.path));
      return below.length > (isChosen.has(trial) ? 0 : 1);
    });
    this.#limit = PROBE_LIMIT;
    let left: readonly SecretTrial[] = above;
    while (left.length > 0) left = (await this.#batch(left)).flatMap((trial) => nextForm(trial) ?? []);
  }

  #trialOf({ path, gate, hint }: SecretKey): readonly SecretTrial[] {
    const present = nodeAt(this.#input.values, path);
    const [shape, ...others] = likelyShapes(path, present, hint);
    this.#ids += 1;
    return shape === undefined ? [] : [{ id: this.#ids, path, present, shape, others, gate }];
  }

  /** One render for all trials; where helm refuses, those that it blames are tried apart. Returns those whose form is wrong. */
  async #batch(trials: readonly SecretTrial[]): Promise<readonly SecretTrial[]> {
    if (trials.length === 0 || this.renders >= this.#limit) return [];
    this.renders += 1;
    const settings = trials.flatMap((trial) => settingsOf(trial, markerOf(trial)));
    const result = await this.#probe(emitYaml(overlayOf(this.#input.values, settings)));
    if (result.kind === 'failed') return this.#split(trials, blame(result.reason, trials));
    const broken = result.documents.filter(({ content }) => content.kind === 'unreadable');
    if (broken.length > this.#unreadable) {
      const ids = markersIn(broken.map(({ text }) => text).join('\n'));
      return this.#split(trials, { ...NOBODY, suspects: trials.filter(({ id }) => ids.has(id)) });
    }
    return this.#read(result.documents, trials);
  }

  #read(documents: readonly RenderedDocument[], trials: readonly SecretTrial[]): readonly SecretTrial[] {
    const probed = pullSites(documents, this.#input.namespace, this.#input.forms);
    const { reached, further } = readArrivals(documents, probed, trials, this.#sites);
    this.#sites = [...this.#sites, ...further];
    if (this.#sure) this.#open = [...this.#open, ...further];
    for (const reach of reached) {
      const before = this.#tried.get(reach.trial);
      // alone a key may harm lists that others keep readable: then what it does beside them counts
      if (before !== undefined && isHarmful(reach)) continue;
      this.#tried.set(reach.trial, { ...reach, serves: new Map([...(before?.serves ?? []), ...reach.serves]) });
    }
    return reached.filter(isHarmful).map(({ trial }) => trial);
  }

  async #split(trials: readonly SecretTrial[], blamed: Blame<SecretTrial>): Promise<readonly SecretTrial[]> {
    const { forbidden, misformed, suspects } = blamed;
    const wrong = suspects.length === 1 ? [...misformed, ...suspects] : misformed;
    const rest = trials.filter((trial) => !wrong.includes(trial) && !forbidden.includes(trial));
    if (rest.length < trials.length) return [...wrong, ...(await this.#batch(rest))];
    if (trials.length < 2) return trials;
    const half = Math.ceil(trials.length / 2);
    const innocent = trials.filter((trial) => !suspects.includes(trial));
    const parts =
      suspects.length > 0 && innocent.length > 0 ? [suspects, innocent] : [trials.slice(0, half), trials.slice(half)];
    const left: SecretTrial[] = [];
    for (const part of parts) left.push(...(await this.#batch(part)));
    return left;
  }
}
