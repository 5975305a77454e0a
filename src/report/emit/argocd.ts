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
  'values. An Application with sources in place of source is changed by hand. So is one that an ApplicationSet makes, in the template',
  'of the set: the set would take the patch back.',
];

const SECRETS = [
  'For Argo CD: the private registry as a place of charts. Without it, Argo CD takes the address for one over HTTP.',
  'Add username and password below stringData, then apply it with: kubectl apply -f FILE. Tokens of Amazon ECR last twelve hours',
  'and have to be renewed by a program of yours.',
];

/** For each release a patch of its Application, and the Secrets that make the registry known to Argo CD. */
export function argocdPatches(request: EmitRequest): Emitted {
  const { charts } = request.mirrored;
  const notes = ownValuesNotes(charts);
  const folders = distinctFolders(charts, ({ chart, release }) => [chart, release]);
  const patches = [...folders].map(([one, folder]) => {
    const source = { repoURL: joinPath(one.host, one.path), chart: one.name, targetRevision: one.version, path: null };
    const patch = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: one.release, namespace: NAMESPACE },
      spec: { source },
    };
    const text = fileHead('argocd', request, PATCH, ownValuesNotes([one])) + yamlText(patch);
    return { path: `${folder}/application-patch.yaml`, text, isExecutable: false };
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
