import type { Plain } from './plain.ts';

/** What is around the place that is being read: the object's group and kind, and the nearest registry with a tag. */
export interface Surroundings {
  readonly group: string;
  readonly kind: string;
  /** A registry and a tag of a map around, to which names further inside belong (`global.hub` and `global.tag` of istio). */
  readonly hub: Hub | undefined;
}

/** A registry path and the tag beside it, with the name of its field. */
export interface Hub {
  readonly field: string;
  readonly registry: string;
  readonly tag: string;
}

/** Outside of any object. */
export const NOWHERE: Surroundings = { group: '', kind: '', hub: undefined };

function textOf(value: Plain | undefined): string {
  return typeof value === 'string' ? value : '';
}

function hubOf(map: Readonly<Record<string, Plain>>): Hub | undefined {
  const registry = textOf(map.hub).replace(/\/+$/, '');
  const tag = textOf(map.tag);
  return registry === '' || tag === '' ? undefined : { field: 'hub', registry, tag };
}

/** The surroundings of what is inside a map. A map with `apiVersion` and `kind` is an object of its own. */
export function within(map: Readonly<Record<string, Plain>>, around: Surroundings): Surroundings {
  const apiVersion = textOf(map.apiVersion);
  const kind = textOf(map.kind);
  const hub = hubOf(map) ?? around.hub;
  if (apiVersion === '' || kind === '') return hub === around.hub ? around : { ...around, hub };
  return { group: apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '', kind, hub };
}

/** Whether a key is a field of this kind that names a package or module by its reference. */
export function isPackageField(key: string, { group, kind }: Surroundings): boolean {
  // https://docs.crossplane.io/latest/packages/providers/
  if (group === 'pkg.crossplane.io') return key === 'package';
  // https://istio.io/latest/docs/reference/config/proxy_extensions/wasm-plugin/
  if (group === 'extensions.istio.io' && kind === 'WasmPlugin') return key === 'url';
  // https://docs.kubewarden.io/reference/CRDs
  return group === 'policies.kubewarden.io' && key === 'module';
}
