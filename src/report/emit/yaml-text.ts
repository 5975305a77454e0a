import { Document } from 'yaml';

/** Data as documents of YAML, each after `---`. */
export function yamlText(...documents: readonly object[]): string {
  return documents.map((one) => `---\n${new Document(one).toString({ lineWidth: 0 })}`).join('');
}
