import type { EmitRequest, Emitted } from '../../domain/emit/emitted.ts';
import { joinPath } from '../../domain/plan/destination.ts';
import { ownValuesNotes } from './chart-notes.ts';
import { fileHead } from './file-head.ts';
import { distinctFolders } from './file-names.ts';
import { yamlText } from './yaml-text.ts';

const NAMESPACE = 'argocd';

/** A name for a Secret: what Kubernetes allows, made of the address. */
function secretName(url: string): string {
  const name = url.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return `airgap-charts-${name}`.slice(0, 200).replace(/-+$/, '');
}

function repositorySecret(url: string, plainHttp: boolean): object {
  const login = plainHttp ? { insecureOCIForceHttp: 'true' } : {};
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: secretName(url),
      namespace: NAMESPACE,
      labels: { 'argocd.argoproj.io/secret-type': 'repository' },
    },
    stringData: { name: secretName(url), type: 'helm', enableOCI: 'true', url, ...login },
  };
}

const PATCH = [
  'For Argo CD: a patch that lets an Application install the mirrored chart. It is named after the release; write the name of',
  'your Application where that is another.',
  'Apply it to an Application that is in the cluster with: kubectl patch application NAME -n argocd --type merge --patch-file FILE',
  'or name it under patches: of the kustomization.yaml that builds the Application. What the patch does not name stays, such as',
  'values. For an Application with sources in place of source there is application-sources-patch.yaml. One that an ApplicationSet makes',
  'is changed in the template of the set: the set would take the patch back.',
];

const SOURCES_PATCH = [
  'For Argo CD: a patch for an Application with sources, of which one names this chart. Sources are counted from 0: where the chart is',
  'not in the first one, write its number in every path. A test stops the patch where that source has another chart.',
  'Apply it to an Application that is in the cluster with: kubectl patch application NAME -n argocd --type json --patch-file FILE',
  'or name it with its target under patches: of a kustomization.yaml. Values, and the other sources, stay.',
];

const SECRETS = [
  'For Argo CD: the private registry as a place of charts. Without it, Argo CD takes the address for one over HTTP.',
  'Add username and password below stringData, then apply it with: kubectl apply -f FILE. Tokens of Amazon ECR last twelve hours',
  'and have to be renewed by a program of yours.',
];

/** A patch (RFC 6902) of the source with a number that has the chart as it was mirrored, in an Application with several. */
function sourcesPatch(
  chart: string,
  source: { readonly repoURL: string; readonly chart: string; readonly targetRevision: string },
) {
  const at = '/spec/sources/0';
  const fields = Object.entries(source).map(([key, value]) => ({ op: 'replace', path: `${at}/${key}`, value }));
  return [{ op: 'test', path: `${at}/chart`, value: chart }, ...fields];
}

/** For each release a patch of its Application, and the Secrets that make the registry known to Argo CD. */
export function argocdPatches(request: EmitRequest): Emitted {
  const { charts } = request.mirrored;
  const notes = ownValuesNotes(charts);
  const folders = distinctFolders(charts, ({ chart, release }) => [chart, release]);
  const patches = [...folders].flatMap(([one, folder]) => {
    const source = { repoURL: joinPath(one.host, one.path), chart: one.name, targetRevision: one.version };
    const patch = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: one.release, namespace: NAMESPACE },
      spec: { source: { ...source, path: null } },
    };
    const head = (lines: readonly string[]): string => fileHead('argocd', request, lines, ownValuesNotes([one]));
    const files = [
      ['application-patch.yaml', head(PATCH) + yamlText(patch)],
      ['application-sources-patch.yaml', head(SOURCES_PATCH) + yamlText(sourcesPatch(one.chart, source))],
    ] as const;
    return files.map(([name, text]) => ({ path: `${folder}/${name}`, text, isExecutable: false }));
  });
  const urls = [...new Set(charts.map(({ host, path }) => joinPath(host, path)))].toSorted();
  const secrets = yamlText(...urls.map((url) => repositorySecret(url, request.plainHttp)));
  const file = {
    path: 'repositories.yaml',
    text: fileHead('argocd', request, SECRETS, []) + secrets,
    isExecutable: false,
  };
  return { files: patches.length === 0 ? [] : [file, ...patches], notes };
}
