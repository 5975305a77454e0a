import { findImages } from '../../../../src/domain/images/find.ts';
import type { ImageUse } from '../../../../src/domain/images/image-use.ts';
import { readRendered } from '../../../../src/domain/images/rendered-documents.ts';

/** The uses in rendered output. */
export function usesIn(output: string, known: readonly string[] = []): readonly ImageUse[] {
  return findImages(readRendered(output), known).uses;
}

/** `place: text` for each use; a base ends in `(base)`. */
export function placesIn(output: string, known: readonly string[] = []): readonly string[] {
  return usesIn(output, known).map(({ place, text, role }) => `${place}: ${text}${role === 'base' ? ' (base)' : ''}`);
}

/** Only the references, in their order. */
export function textsIn(output: string, known: readonly string[] = []): readonly string[] {
  return usesIn(output, known).map(({ text }) => text);
}

function indented(text: string, depth: number): string {
  return text
    .split('\n')
    .map((line) => `${' '.repeat(depth)}${line}`)
    .join('\n');
}

/** A pod with one container, `own:1`, and further fields of that container. */
export function podWith(fields: string): string {
  return `apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: own:1\n${indented(fields, 6)}\n`;
}

/** A custom resource with this `spec`. */
export function customResource(spec: string): string {
  return `apiVersion: example.dev/v1\nkind: Widget\nmetadata:\n  name: one\nspec:\n${indented(spec, 2)}\n`;
}

/** A ConfigMap with one file. */
export function configMapText(text: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  settings.conf: |\n${indented(text, 4)}\n`;
}

/** A ConfigMap with these keys. */
export function configMapData(data: Readonly<Record<string, string>>): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data });
}

/** The text in base64. */
export function base64(text: string | Uint8Array): string {
  return Buffer.from(text).toString('base64');
}
