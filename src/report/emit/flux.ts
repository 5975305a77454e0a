import type { EmitRequest, Emitted, EmittedFile } from '../../domain/emit/emitted.ts';
import type { MirroredChart } from '../../domain/emit/mirrored.ts';
import { joinPath } from '../../domain/plan/destination.ts';
import { ownValuesNotes } from './chart-notes.ts';
import { fileHead } from './file-head.ts';
import { distinctFolders } from './file-names.ts';
import { yamlText } from './yaml-text.ts';

const SOURCE = [
  'For Flux: the mirrored chart. Apply it with: kubectl apply -f FILE, or commit it beside the HelmRelease.',
  'Add secretRef below spec with the name of a Secret that has the login, or provider: aws for Amazon ECR.',
];

const PATCH = [
  'For Flux: a patch that lets a HelmRelease install the mirrored chart. It is named after the release; write the name of your',
  'HelmRelease where that is another. Its source is ocirepository.yaml beside it, which has to be there first.',
  'Apply it to a HelmRelease that is in the cluster with:',
  'kubectl patch helmrelease NAME -n NAMESPACE --type merge --patch-file FILE',
  'or name it under patches: of the kustomization.yaml that builds the HelmRelease. What the patch does not name stays, such as',
  'values.',
];

// source-controller docs/spec/v1/ocirepositories.md, "Layer selector": what a chart in a registry is
const CHART_LAYER = { mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', operation: 'copy' };

function filesOf(one: MirroredChart, folder: string, request: EmitRequest): readonly EmittedFile[] {
  const metadata = { name: one.release, ...(one.namespace === undefined ? {} : { namespace: one.namespace }) };
  const source = {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'OCIRepository',
    metadata,
    spec: {
      interval: '1h',
      url: `oci://${joinPath(one.host, one.path, one.name)}`,
      ref: { tag: one.tag },
      layerSelector: CHART_LAYER,
      ...(request.plainHttp ? { insecure: true } : {}),
    },
  };
  const patch = {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata,
    // named or taken away: a namespace that the HelmRelease has there would stay
    spec: { chart: null, chartRef: { kind: 'OCIRepository', name: one.release, namespace: one.namespace ?? null } },
  };
  const notes = ownValuesNotes([one]);
  return [
    {
      path: `${folder}/ocirepository.yaml`,
      text: fileHead('flux', request, SOURCE, []) + yamlText(source),
      isExecutable: false,
    },
    {
      path: `${folder}/helmrelease-patch.yaml`,
      text: fileHead('flux', request, PATCH, notes) + yamlText(patch),
      isExecutable: false,
    },
  ];
}

/** For each release an OCIRepository of the mirrored chart, and a patch of the HelmRelease that installs it. */
export function fluxPatches(request: EmitRequest): Emitted {
  const { charts } = request.mirrored;
  const folders = distinctFolders(charts, ({ chart, release }) => [chart, release]);
  return {
    files: [...folders].flatMap(([one, folder]) => filesOf(one, folder, request)),
    notes: ownValuesNotes(charts),
  };
}
