import type { ValuesLayer } from '../addon.ts';
import type { ValuePath } from '../chart/values-tree.ts';
import type { Profile } from '../profiles/profile.ts';

/** What helm was given for a render, and where the reader finds it. */
export interface RenderedWith {
  readonly release: string;
  /** The archive, as the reader is to name it. */
  readonly archive: string;
  readonly namespace: string;
  readonly kubeVersion: string;
  readonly apiVersions: readonly string[];
  readonly schemaSkipped: boolean;
  readonly layers: readonly Pick<ValuesLayer, 'origin' | 'name'>[];
  /** Files of moved values that are laid over the layers, where the relocated chart needs them. */
  readonly moved: readonly string[];
  readonly profile: Profile;
}

/** A word of a shell command. */
function quoted(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A key as `--set` takes it; undefined below a list, which `--set` would replace by a new one. */
function settable(path: ValuePath): string | undefined {
  if (path.some((step) => typeof step === 'number')) return undefined;
  return path.map((step) => String(step).replace(/[.,=\\[\]{}]/g, '\\$&')).join('.');
}

/** A values file of the reader; values that stand in a catalog or in chart overrides have to be put into one first. */
function fileOf({ origin, name }: RenderedWith['layers'][number]): string {
  return origin === 'values-file'
    ? name
    : `values-of-${origin === 'inline' ? 'the-catalog-entry' : 'chart-overrides'}.yaml`;
}

/**
 * The command that repeats a render with plain helm, in one line; undefined where no flag says what a profile sets. Values
 * that stand in no file of their own are named as the file that the reader has to make of them.
 */
export function helmCommand(render: RenderedWith): string | undefined {
  const { release, archive, namespace, kubeVersion, apiVersions, layers, moved, profile } = render;
  const key = profile.kind === 'switch' ? settable(profile.path) : '';
  if (key === undefined) return undefined;
  const words = [
    ...['helm', 'template', release, archive, '--namespace', namespace, '--kube-version', kubeVersion],
    ...apiVersions.flatMap((version) => ['--api-versions', version]),
    ...[...new Set(layers.map(fileOf)), ...moved].flatMap((file) => ['--values', file]),
    ...(render.schemaSkipped ? ['--skip-schema-validation'] : []),
    ...(key === '' ? [] : ['--set', `${key}=true`]),
  ];
  return words.map(quoted).join(' ');
}
