import type { Addon, ValuesLayer } from '../../../src/domain/addon.ts';
import { formatPath } from '../../../src/domain/chart/values-tree.ts';
import { editedValue } from '../../../src/domain/overlay/edit-values.ts';
import { formatProfile } from '../../../src/domain/profiles/profile.ts';
import { formatReference } from '../../../src/domain/reference.ts';
import { hiddenImages } from '../../../src/pipeline/hidden-images.ts';
import { prove } from '../../../src/pipeline/prove.ts';
import type { MirrorOptions } from '../../../src/pipeline/run-settings.ts';
import { type Around, podTemplate, type Relocated, relocated } from './mini-helm.ts';
import { addonOf } from './runs.ts';

/** Where catalogs say something, where any place will do. */
export const PLACE = { file: 'catalog.yaml', line: 1, column: 1, key: undefined };

/** Values of a release. */
export function layer(text: string): ValuesLayer {
  return { origin: 'inline', name: 'values', text };
}

/** A profile of the catalog. */
export function profile(name: string, text: string): Addon['profiles'][number] {
  return { name, layers: [layer(text)], place: PLACE };
}

/** Relocates a chart and proves it. */
export async function proven(
  files: Readonly<Record<string, string>>,
  addons: readonly Addon[] = [addonOf('a')],
  options: Partial<MirrorOptions> = {},
  around: Around = {},
): Promise<Relocated> {
  const all = await relocated(addons, files, options, around);
  await prove(all.chart, 0, all.run);
  return all;
}

/** `profile: proven` for each profile of the first release. */
export function proofs({ releases }: Relocated): readonly string[] {
  return (releases[0]?.profiles ?? []).map(
    (one) => `${formatProfile(one.profile)}: ${one.verdict?.proven === true ? 'proven' : 'not proven'}`,
  );
}

/** The values that changed in the chart. */
export function edits({ chart }: Relocated): readonly string[] {
  return (chart.relocated?.edits ?? [])
    .filter(({ file }) => file !== 'Chart.yaml')
    .map(({ edit }) => `${formatPath(edit.path)} = ${editedValue(edit)}`);
}

/** `image: moved` for each hidden image of the first release. */
export function hidden({ chart, releases: [release] }: Relocated): readonly string[] {
  if (release === undefined) return [];
  return hiddenImages(chart, release).map(({ reference, moved }) => `${formatReference(reference)}: ${moved}`);
}

/** A chart with one image, of the value `app`. */
export const APP = { 'templates/app.yaml': podTemplate('app', '{{ .Values.app }}') };

/** Values with a worker that is off. */
export const VALUES = 'app: quay.io/team/app:1\nworker: { enabled: false, image: "quay.io/team/worker:2" }\n';

/** The same chart with the worker behind its switch. */
export const WORKER = {
  ...APP,
  'values.yaml': VALUES,
  'templates/worker.yaml': podTemplate('worker', '{{ .Values.worker.image }}', '.Values.worker.enabled'),
};

/** The edit that moves the app. */
export const MOVED_APP = 'app = registry.example.com/m/team/app:1';

/** The edit that moves the worker. */
export const MOVED_WORKER = 'worker.image = registry.example.com/m/team/worker:2';

/** The same, but the release has a line that goes when the image of the worker moves, and no render refuses that. */
export const SPOILING = {
  ...WORKER,
  'templates/note.yaml':
    'kind: ConfigMap\nmetadata: { name: note }\ndata:\n  a: b\n{{ if eq .Values.worker.image "quay.io/team/worker:2" }}\n  official: "1"\n{{ end }}\n',
};
