import { type RenderedDocument, readRendered } from '../../../../src/domain/images/rendered-documents.ts';
import { type PullSite, type PullSites, pullSites } from '../../../../src/domain/pull-secret/pull-sites.ts';

/** Documents as helm prints them, each from the template `chart/templates/x.yaml`. */
export function documents(...texts: readonly string[]): readonly RenderedDocument[] {
  return readRendered(texts.map((text) => `---\n# Source: chart/templates/x.yaml\n${text}\n`).join(''));
}

/** The sites of these documents, for a release in the namespace `web`. */
export function sites(...texts: readonly string[]): PullSites {
  return pullSites(documents(...texts), 'web', new Map());
}

/** A Pod with lines of its spec. */
export function pod(name: string, ...lines: readonly string[]): string {
  const spec = lines.map((line) => `  ${line}`).join('\n');
  return `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec:\n${spec}\n  containers: [{name: a, image: b}]`;
}

/** A ServiceAccount with the names of its secrets. */
export function account(name: string, ...secrets: readonly string[]): string {
  const list = secrets.map((secret) => `{name: ${secret}}`).join(', ');
  return `apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ${name}}\nimagePullSecrets: [${list}]`;
}

/** A site that stands for any. */
export function site(name: string): PullSite {
  const place = { template: 'chart/templates/x.yaml', kind: 'Pod', name, namespace: 'web', path: 'spec' };
  return { role: 'pod', ...place, secrets: [], written: '', serviceAccount: 'default' };
}
