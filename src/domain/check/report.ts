import type { MirrorError } from '../../errors.ts';
import { formatPlatform, type Platform } from '../platform.ts';
import type { ReportedError } from '../report/reported-error.ts';
import { formatAllowed } from './allowed.ts';
import { type CheckedRole, referenceName } from './references.ts';
import type { CheckResult, JudgedReference, ReferenceVerdict } from './result.ts';

/** What became of an image; `unknown` when its registry could not be asked. */
export type ImageVerdict = 'unreadable' | 'outside' | 'absent' | 'denied' | 'platform-missing' | 'unknown' | 'ok';

/** Every verdict in the order of the table: findings first. */
export const IMAGE_VERDICTS: readonly ImageVerdict[] = [
  'unreadable',
  'outside',
  'absent',
  'denied',
  'platform-missing',
  'unknown',
  'ok',
];

/** The verdict on the whole. `undecided`: nothing was found, but not everything could be asked. */
export type CheckVerdict = 'fine' | 'not-fine' | 'undecided';

/** A place that names an image. Kind, name and path are those of the object. */
export interface CheckedPlace {
  readonly template: string;
  readonly kind: string;
  readonly name: string;
  readonly path: string;
}

/** One image. `detail` says what is missing. */
export interface CheckedImage {
  readonly reference: string;
  readonly role: CheckedRole;
  readonly verdict: ImageVerdict;
  readonly detail: string | null;
  readonly digest: string | null;
  readonly platforms: readonly string[];
  readonly missingPlatforms: readonly string[];
  readonly places: readonly CheckedPlace[];
}

/** What a check found: schemas/check.schema.json describes its JSON. */
export interface CheckReport {
  readonly version: 1;
  readonly subject: {
    readonly kind: 'chart' | 'manifests';
    readonly source: string;
    readonly version: string | null;
    readonly digest: string | null;
  };
  readonly registries: readonly string[];
  readonly platforms: readonly string[];
  readonly strict: boolean;
  readonly exitCode: number;
  readonly verdict: CheckVerdict;
  /** How many images have each verdict. */
  readonly totals: Readonly<Partial<Record<ImageVerdict, number>>>;
  readonly images: readonly CheckedImage[];
  readonly mentioned: readonly { readonly template: string; readonly line: number; readonly text: string }[];
  readonly errors: readonly ReportedError[];
  readonly notes: readonly string[];
}

const LONGEST_TEXT = 200;

function listed(platforms: readonly Platform[]): readonly string[] {
  return [...new Set(platforms.map(formatPlatform))];
}

function detailOf(verdict: ReferenceVerdict, registries: readonly string[]): string | null {
  switch (verdict.kind) {
    case 'ok':
      return null;
    case 'outside':
      return `not in ${registries.join(' or ')}`;
    case 'absent':
      return 'the registry does not have it';
    case 'denied':
      return verdict.detail;
    case 'platform-missing':
      return `no ${listed(verdict.missing).join(', ')} (has ${listed(verdict.platforms).join(', ') || 'none'})`;
    case 'unknown':
      return 'the registry could not be asked';
  }
}

/** Why it may be no image at all: said where no place is sure that it is one. */
function doubtOf({ uses, verdict }: JudgedReference): string {
  const isSure = uses.some(({ certainty }) => certainty !== 'candidate');
  const why = uses.find((use) => use.why !== undefined)?.why;
  return verdict.kind === 'ok' || isSure || why === undefined ? '' : ` (perhaps no image: ${why})`;
}

function toImage(judged: JudgedReference, registries: readonly string[]): CheckedImage {
  const { reference, role, uses, verdict } = judged;
  const detail = detailOf(verdict, registries);
  return {
    reference: referenceName(reference),
    role,
    verdict: verdict.kind,
    detail: detail === null ? null : `${detail}${doubtOf(judged)}`,
    digest: 'digest' in verdict ? (verdict.digest ?? null) : null,
    platforms: 'platforms' in verdict ? listed(verdict.platforms) : [],
    missingPlatforms: 'missing' in verdict ? listed(verdict.missing) : [],
    places: uses.map(({ template, kind, name, path }) => ({ template, kind, name, path })),
  };
}

/** Containers whose image is no reference, each text once. */
function unreadableImages({ unreadable }: CheckResult): readonly CheckedImage[] {
  const byText = Map.groupBy(unreadable, ({ text }) => text);
  return [...byText].map(([text, all]) => ({
    reference: text.slice(0, LONGEST_TEXT),
    role: 'image',
    verdict: 'unreadable',
    detail: text.trim() === '' ? 'the image is empty' : 'it is no reference',
    digest: null,
    platforms: [],
    missingPlatforms: [],
    places: all.map(({ template, place }) => {
      const [, kind = '', name = '', path = ''] = /^([^/ ]*)\/(\S*) (.*)$/.exec(place) ?? [];
      return { template, kind, name, path };
    }),
  }));
}

function rank({ verdict }: CheckedImage): number {
  return IMAGE_VERDICTS.indexOf(verdict);
}

function countOf(images: readonly CheckedImage[]): CheckReport['totals'] {
  const counts: Partial<Record<ImageVerdict, number>> = {};
  for (const { verdict } of images) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}

/** Whether nothing names an image: bases are none. */
export function hasNoImage({ images }: Pick<CheckReport, 'images'>): boolean {
  return images.every(({ role }) => role === 'base');
}

function verdictOf(images: readonly CheckedImage[], result: CheckResult, strict: boolean): CheckVerdict {
  const isFound = images.some(({ verdict }) => verdict !== 'ok' && verdict !== 'unknown');
  const isStrictlyFound = strict && (result.mentioned.length > 0 || hasNoImage({ images }));
  if (isFound || isStrictlyFound) return 'not-fine';
  return result.failures.length > 0 || images.some(({ verdict }) => verdict === 'unknown') ? 'undecided' : 'fine';
}

function toError({ code, origin, message, hint }: MirrorError): ReportedError {
  return { code, origin, message, hint: hint ?? null };
}

/** Folds what was found into the report. The exit code is 0 only where everything was asked and is there. */
export function checkReport(result: CheckResult, strict: boolean): CheckReport {
  const { subject } = result;
  const registries = result.allowed.map(formatAllowed);
  const all = [...unreadableImages(result), ...result.references.map((one) => toImage(one, registries))];
  const images = all.toSorted((a, b) => rank(a) - rank(b));
  const verdict = verdictOf(images, result, strict);
  return {
    version: 1,
    subject: {
      kind: subject.kind,
      source: subject.source,
      version: subject.kind === 'chart' ? subject.version : null,
      digest: subject.kind === 'chart' ? subject.digest : null,
    },
    registries,
    platforms: listed(result.platforms),
    strict,
    exitCode: verdict === 'fine' && result.failures.length === 0 ? 0 : 1,
    verdict,
    totals: countOf(images),
    images,
    mentioned: result.mentioned,
    errors: result.failures.map(toError),
    notes: result.notes,
  };
}
