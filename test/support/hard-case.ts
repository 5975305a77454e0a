import type { ChartParts } from './e2e-charts.ts';

/** A small chart that has one difficulty, and what its relocation has to be. */
export interface HardCase {
  /** The name of the chart. */
  readonly name: string;
  /** What is hard, as the documents say it. */
  readonly what: string;
  readonly parts: ChartParts;
  /** Subcharts that are packed below `charts/`, by name. */
  readonly packed?: Readonly<Record<string, ChartParts>>;
  /** The values of the release. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** The images that are copied for it: what stands in the report, in its order made alphabetical. */
  readonly images: readonly string[];
  /**
   * What its render says at the target, `target/…` each as often as it occurs, sorted. Base64 is decoded, comments are
   * left out.
   */
  readonly references: readonly string[];
  /** `file key` of each value that is edited, and `file:line` of each line that is patched; sorted. */
  readonly edits: readonly string[];
  /** Whether values alone move all of it, so that the original chart renders the same with the consumer values. */
  readonly byValues: boolean;
  /** What helm says where the original does not render with other images at all. */
  readonly refusal?: string;
  /** Text of the source that stays, since nothing pulls it. */
  readonly stays?: readonly string[];
  /** `image evidence moved` of each image that other values may bring; none where it is not given. */
  readonly hidden?: readonly string[];
  /** The same chart with other values, as somebody may set them long after it was mirrored. */
  readonly later?: { readonly set: readonly string[]; readonly references: readonly string[] };
}

/** A containers' entry that runs an image. */
export function container(image: string, name = 'main'): string {
  return `- name: ${name}\n  image: ${image}`;
}

/** An object of a kind with fields below `spec`, given as YAML; `{{` and all. */
export function object(apiVersion: string, kind: string, spec: string, name = 'one'): string {
  const indented = spec.replace(/^(?=.)/gm, '  ');
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\nspec:\n${indented}\n`;
}

/** A ConfigMap with one file, given as text; `{{` and all. */
export function configMap(file: string, text: string, name = 'settings'): string {
  const indented = text.replace(/^(?=.)/gm, '    ');
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  ${file}: |\n${indented}\n`;
}

/** A definition of shops with properties, given as YAML; `{{` and all. */
export function definition(group: string, properties: string): string {
  return [
    'apiVersion: apiextensions.k8s.io/v1',
    'kind: CustomResourceDefinition',
    'metadata:',
    `  name: shops.${group}`,
    'spec:',
    `  group: ${group}`,
    '  names: { kind: Shop, plural: shops }',
    '  scope: Namespaced',
    '  versions:',
    '    - name: v1',
    '      served: true',
    '      storage: true',
    '      schema:',
    '        openAPIV3Schema:',
    '          type: object',
    '          properties:',
    properties.replace(/^(?=.)/gm, '            '),
    '',
  ].join('\n');
}
