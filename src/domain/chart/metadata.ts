import { parseDocument } from 'yaml';

/** One entry of `dependencies` in Chart.yaml. */
export interface Dependency {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
  readonly alias: string | undefined;
  readonly condition: string | undefined;
}

/** The facts of a Chart.yaml that decide anything here. Versions keep the spelling of the source text. */
export interface ChartMetadata {
  readonly name: string;
  readonly version: string;
  readonly appVersion: string | undefined;
  readonly kubeVersion: string | undefined;
  readonly type: string | undefined;
  readonly dependencies: readonly Dependency[];
  readonly annotations: ReadonlyMap<string, string>;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined;
}

function parseDependencies(value: unknown): readonly Dependency[] {
  if (!Array.isArray(value)) return [];
  const found: Dependency[] = [];
  for (const entry of value) {
    if (!isRecord(entry)) continue;
    const name = text(entry.name);
    if (name === undefined) continue;
    found.push({
      name,
      version: text(entry.version) ?? '',
      repository: text(entry.repository) ?? '',
      alias: text(entry.alias),
      condition: text(entry.condition),
    });
  }
  return found;
}

function parseAnnotations(value: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (!isRecord(value)) return found;
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry === 'string') found.set(key, entry);
  }
  return found;
}

/**
 * Reads Chart.yaml, and requirements.yaml for charts of `apiVersion: v1`. Undefined when it is no map with a name and
 * a version. All scalars are read as strings, so that `version: 1.10` stays `1.10`.
 */
export function parseMetadata(chartYaml: string, requirementsYaml: string | undefined): ChartMetadata | undefined {
  const document = parseDocument(chartYaml, { schema: 'failsafe', uniqueKeys: false, merge: true });
  if (document.errors.length > 0) return undefined;
  const value: unknown = document.toJS();
  if (!isRecord(value)) return undefined;
  const name = text(value.name);
  const version = text(value.version);
  if (name === undefined || version === undefined) return undefined;
  const requirements: unknown =
    requirementsYaml === undefined
      ? undefined
      : parseDocument(requirementsYaml, { schema: 'failsafe', uniqueKeys: false }).toJS();
  const listed = value.dependencies ?? (isRecord(requirements) ? requirements.dependencies : undefined);
  return {
    name,
    version,
    appVersion: text(value.appVersion),
    kubeVersion: text(value.kubeVersion),
    type: text(value.type),
    dependencies: parseDependencies(listed),
    annotations: parseAnnotations(value.annotations),
  };
}
