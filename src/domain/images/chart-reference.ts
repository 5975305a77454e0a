import { isTag, looksLikeRegistry, parseDigest, parseReference } from '../reference.ts';
import type { SplitReference } from './join-fields.ts';
import { isPlainMap, type Plain } from './plain.ts';
import { asCandidate, USE_RULES } from './use-rules.ts';

type Fields = Readonly<Record<string, Plain>>;

function textOf(value: Plain | undefined): string {
  return typeof value === 'string' ? value.trim() : '';
}

interface Named {
  readonly text: string;
  readonly fields: readonly string[];
}

/** Where the chart is: `oci://` in one of the usual fields, or a registry without scheme as Argo CD writes it. */
function nameOf(map: Fields): Named | undefined {
  const chart = textOf(map.chart);
  const repository = textOf(map.repoURL);
  const host = repository.replace(/^oci:\/\//, '').replace(/\/+$/, '');
  if (repository !== '' && !host.includes('://') && looksLikeRegistry(host.split('/')[0] ?? '')) {
    if (chart !== '') return { text: `${host}/${chart}`, fields: ['repoURL', 'chart'] };
    return repository.startsWith('oci://') ? { text: host, fields: ['repoURL'] } : undefined;
  }
  const field = ['url', 'chart', 'repo'].find((name) => textOf(map[name]).startsWith('oci://'));
  return field === undefined ? undefined : { text: textOf(map[field]).slice('oci://'.length), fields: [field] };
}

/** The tag or digest beside it. A range of versions is none: what it becomes is decided in the cluster. */
function identifierOf(map: Fields): { readonly suffix: string; readonly fields: readonly string[] } {
  const ref = isPlainMap(map.ref) ? map.ref : {};
  const digest = parseDigest(textOf(ref.digest));
  if (digest !== undefined) return { suffix: `@${digest}`, fields: ['ref.digest'] };
  const named: readonly (readonly [string, string])[] = [
    ['targetRevision', textOf(map.targetRevision)],
    ['version', textOf(map.version)],
    ['ref.tag', textOf(ref.tag)],
  ];
  const found = named.find(([, text]) => isTag(text) && !/(?:^|\.)[xX*](?:\.|$)/.test(text));
  return found === undefined ? { suffix: '', fields: [] } : { suffix: `:${found[1]}`, fields: [found[0]] };
}

/**
 * The chart or artifact that fields of a delivery tool name: Argo CD's `repoURL`, `chart` and `targetRevision`, flux's `url`
 * and `ref`, `chart` and `version` of k3s and fleet. A HelmRepository is the beginning of charts. Undefined for charts that
 * no registry serves.
 */
export function chartReference(map: Fields, kind: string): SplitReference | undefined {
  const name = nameOf(map);
  if (name === undefined) return undefined;
  const isBase = kind === 'HelmRepository';
  const { suffix, fields } = isBase ? { suffix: '', fields: [] } : identifierOf(map);
  const text = `${name.text.replace(/\/+$/, '')}${suffix}`;
  const reference = parseReference(text);
  if (reference === undefined) return undefined;
  const bare = reference.tag === undefined && reference.digest === undefined;
  const artifact = bare ? asCandidate(USE_RULES.chartField) : USE_RULES.chartField;
  const judgement = isBase ? USE_RULES.chartRepository : artifact;
  return { text, offset: 0, reference, ...judgement, fields: [...name.fields, ...fields] };
}
