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
  'For Flux: a patch that lets a HelmRelease install the mirrored chart. Its source is ocirepository.yaml beside it, which has to be',
  'there first. Apply it to a HelmRelease that is in the cluster with:',
  'kubectl patch helmrelease NAME -n NAMESPACE --type merge --patch-file FILE',
  'or name it under patches: of the kustomization.yaml that builds the HelmRelease. What the patch does not name stays, such as',
  'values. It takes chart away with all below it: what the files of chart.spec.valuesFiles set is gone then, as a chartRef has no',
  'place for them. Put that into values or valuesFrom of the HelmRelease first.',
];

/** What is known of the objects of Flux: only what helm installs, and not the HelmRelease that it is installed by. */
function namesAbout({ release, namespace }: MirroredChart): readonly string[] {
  const where = namespace === undefined ? 'a namespace that the run was not told' : `namespace ${namespace}`;
  const source =
    namespace === undefined
      ? ['The patch names no namespace of the source: apply that to the namespace of the HelmRelease.']
      : [
          `The patch names the source in namespace ${namespace}. Where Flux forbids references to other namespaces, and the HelmRelease`,
          'is in another, write that one into both files.',
        ];
  return [
    `Both are named after what helm installs: release ${release} in ${where}. Which HelmRelease that is the run does not know:`,
    'one with releaseName or targetNamespace has another name or namespace; write those into metadata of the patch.',
    ...source,
  ];
}

/** fluxcd helm-controller names a release without releaseName `targetNamespace-name`. */
function prefixNotes({ release, namespace }: MirroredChart): readonly string[] {
  if (namespace === undefined || !release.startsWith(`${namespace}-`)) return [];
  const name = release.slice(namespace.length + 1);
  return name === ''
    ? []
    : [
        `${release} is what Flux calls the release of a HelmRelease ${name} with targetNamespace ${namespace}, which is likely in another namespace`,
      ];
}

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
  const notes = [...ownValuesNotes([one]), ...prefixNotes(one)];
  const names = namesAbout(one);
  return [
    {
      path: `${folder}/ocirepository.yaml`,
      text: fileHead('flux', request, [...SOURCE, ...names], []) + yamlText(source),
      isExecutable: false,
    },
    {
      path: `${folder}/helmrelease-patch.yaml`,
      text: fileHead('flux', request, [...PATCH, ...names], notes) + yamlText(patch),
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
    notes: [...ownValuesNotes(charts), ...charts.flatMap(prefixNotes)],
  };
}
