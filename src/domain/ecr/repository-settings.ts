import { fitsWildcard } from '../wildcard.ts';
import { samePolicy } from './policy-text.ts';
import type { TagMutability } from './tag-mutability.ts';

/** How images of a repository are encrypted at rest. It is fixed when the repository is created. */
export interface Encryption {
  readonly kind: 'AES256' | 'KMS' | 'KMS_DSSE';
  /** An ARN, a key id or an alias; undefined for the key that AWS keeps for ECR, and with `AES256`. */
  readonly key: string | undefined;
}

/** What a repository of Amazon ECR is to be like. Undefined means: whatever it is. Policies are JSON text. */
export interface RepositorySettings {
  readonly tags: Readonly<Record<string, string>>;
  readonly tagMutability: TagMutability | undefined;
  readonly scanOnPush: boolean | undefined;
  readonly encryption: Encryption | undefined;
  readonly lifecyclePolicy: string | undefined;
  readonly repositoryPolicy: string | undefined;
}

/** What a repository is like. Undefined means: not known. A policy that it does not have is the empty text. */
export interface ExistingSettings extends Omit<RepositorySettings, 'tags'> {
  readonly tags: RepositorySettings['tags'] | undefined;
}

/** The name of a setting. */
export type SettingName = keyof RepositorySettings;

/**
 * What is said of the repositories whose path matches: `*` stands for any characters, slashes too. Settings that are left
 * out are those of later rules.
 */
export interface RepositoryRule extends RepositorySettings {
  readonly match: string;
}

/** The mark of the repositories that this tool has created. */
export const OWN_TAG = { name: 'chart-syncer', value: 'true' } as const;

/**
 * A setting in which an existing repository differs. `is` and `wanted` are one line each, for people; of tags they hold only
 * those that differ. What is not changeable is fixed for the life of the repository.
 */
export interface SettingDifference {
  readonly setting: SettingName;
  readonly is: string;
  readonly wanted: string;
  readonly changeable: boolean;
}

/**
 * The settings of a repository, by its whole path in the registry. For each setting the first rule that fits and names it
 * decides; tags are joined, of one key the first rule's. Our own tag is always among them.
 */
export function settingsFor(repository: string, rules: readonly RepositoryRule[]): RepositorySettings {
  const fitting = rules.filter(({ match }) => fitsWildcard(match, repository));
  function first<K extends SettingName>(setting: K): RepositorySettings[K] | undefined {
    return fitting.find((rule) => rule[setting] !== undefined)?.[setting];
  }
  return {
    tags: Object.assign({}, ...fitting.map(({ tags }) => tags).reverse(), { [OWN_TAG.name]: OWN_TAG.value }),
    tagMutability: first('tagMutability'),
    scanOnPush: first('scanOnPush'),
    encryption: first('encryption'),
    lifecyclePolicy: first('lifecyclePolicy'),
    repositoryPolicy: first('repositoryPolicy'),
  };
}

/** What is wanted and is not to be had in ECR Public, whose tags can be moved and whose images are not scanned. */
function missingInPublic({ tagMutability, scanOnPush, encryption, lifecyclePolicy }: RepositorySettings) {
  const isLocked =
    tagMutability !== undefined && (tagMutability.kind === 'immutable' || tagMutability.exceptions.length > 0);
  const missing: readonly (SettingName | undefined)[] = [
    isLocked ? 'tagMutability' : undefined,
    scanOnPush === true ? 'scanOnPush' : undefined,
    encryption === undefined ? undefined : 'encryption',
    lifecyclePolicy === undefined ? undefined : 'lifecyclePolicy',
  ];
  return missing.filter((setting) => setting !== undefined);
}

/**
 * The settings that a kind of registry has, and the names of those that are wanted and that it does not have
 * (client-ecr-public, `CreateRepositoryRequest`: tags, and catalog data, which we do not set).
 */
export function supported(
  wanted: RepositorySettings,
  kind: 'private' | 'public',
): { readonly settings: RepositorySettings; readonly missing: readonly SettingName[] } {
  if (kind === 'private') return { settings: wanted, missing: [] };
  const none = { tagMutability: undefined, scanOnPush: undefined, encryption: undefined, lifecyclePolicy: undefined };
  return { settings: { ...wanted, ...none }, missing: missingInPublic(wanted) };
}

type Comparison = 'same' | 'unknown' | { readonly is: string; readonly wanted: string };

function tagsText(names: readonly string[], tags: Readonly<Record<string, string>>): string {
  const present = names.filter((name) => Object.hasOwn(tags, name));
  return present.map((name) => `${name}=${tags[name]}`).join(', ') || 'none';
}

function compareTags(is: RepositorySettings['tags'], wanted: RepositorySettings['tags']): Comparison {
  const names = Object.keys(wanted).filter((name) => is[name] !== wanted[name]);
  return names.length === 0 ? 'same' : { is: tagsText(names, is), wanted: tagsText(names, wanted) };
}

function mutabilityText({ kind, exceptions }: TagMutability): string {
  return exceptions.length === 0 ? kind : `${kind} except ${[...exceptions].sort().join(', ')}`;
}

function compareTexts(is: string, wanted: string): Comparison {
  return is === wanted ? 'same' : { is, wanted };
}

function encryptionText({ kind, key }: Encryption): string {
  return key === undefined ? kind : `${kind} with ${key}`;
}

/** ECR answers with the ARN of the key, so that an alias cannot be told from it. */
function sameKey(is: string, wanted: string): boolean | undefined {
  if (is === wanted) return true;
  if (/^(?:arn:[^/]*:)?alias\//.test(wanted)) return undefined;
  return wanted.startsWith('arn:') ? false : is.endsWith(`:key/${wanted}`);
}

function compareEncryption(is: Encryption, wanted: Encryption): Comparison {
  const other = { is: encryptionText(is), wanted: encryptionText(wanted) };
  if (is.kind !== wanted.kind) return other;
  if (wanted.key === undefined) return 'same';
  const same = is.key === undefined ? undefined : sameKey(is.key, wanted.key);
  if (same === undefined) return 'unknown';
  return same ? 'same' : other;
}

function comparePolicies(is: string, wanted: string): Comparison {
  return samePolicy(is, wanted) ? 'same' : { is: is === '' ? 'none' : is, wanted };
}

/** Compares where both are known; what is not wanted is the same, whatever it is. */
function ifKnown<T>(is: T | undefined, wanted: T | undefined, compare: (is: T, wanted: T) => Comparison): Comparison {
  if (wanted === undefined) return 'same';
  return is === undefined ? 'unknown' : compare(is, wanted);
}

const onOff = (on: boolean): string => (on ? 'on' : 'off');

function comparisons(is: ExistingSettings, wanted: RepositorySettings): Readonly<Record<SettingName, Comparison>> {
  return {
    tags: ifKnown(is.tags, wanted.tags, compareTags),
    tagMutability: ifKnown(is.tagMutability, wanted.tagMutability, (a, b) =>
      compareTexts(mutabilityText(a), mutabilityText(b)),
    ),
    scanOnPush: ifKnown(is.scanOnPush, wanted.scanOnPush, (a, b) => compareTexts(onOff(a), onOff(b))),
    encryption: ifKnown(is.encryption, wanted.encryption, compareEncryption),
    lifecyclePolicy: ifKnown(is.lifecyclePolicy, wanted.lifecyclePolicy, comparePolicies),
    repositoryPolicy: ifKnown(is.repositoryPolicy, wanted.repositoryPolicy, comparePolicies),
  };
}

const SETTINGS: readonly SettingName[] = [
  'tags',
  'tagMutability',
  'scanOnPush',
  'encryption',
  'lifecyclePolicy',
  'repositoryPolicy',
];

/**
 * Where an existing repository differs from what is wanted of it. Only what is wanted counts: other tags may be there.
 * A setting that is not known is no difference, see `unknownSettings`.
 */
export function differences(is: ExistingSettings, wanted: RepositorySettings): readonly SettingDifference[] {
  const compared = comparisons(is, wanted);
  return SETTINGS.flatMap((setting) => {
    const result = compared[setting];
    return typeof result === 'string' ? [] : [{ setting, ...result, changeable: setting !== 'encryption' }];
  });
}

/** The settings that are wanted of which it is not known whether an existing repository has them, KMS keys given by an alias among them. */
export function unknownSettings(is: ExistingSettings, wanted: RepositorySettings): readonly SettingName[] {
  const compared = comparisons(is, wanted);
  return SETTINGS.filter((setting) => compared[setting] === 'unknown');
}
