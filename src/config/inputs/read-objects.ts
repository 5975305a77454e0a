import { readApplicationSet } from './application-set.ts';
import { readApplication } from './argo-application.ts';
import { readHelmRelease } from './flux-release.ts';
import { FluxObjects } from './flux-sources.ts';
import type { InputContext } from './input-context.ts';
import type { ManifestObject } from './manifests.ts';
import { mapAt } from './tree.ts';

async function readObject(context: InputContext, flux: FluxObjects, object: ManifestObject): Promise<void> {
  const { group, kind, name, place, tree } = object;
  if (group === 'helm.toolkit.fluxcd.io' && kind === 'HelmRelease') return readHelmRelease(context, flux, object);
  if (group !== 'argoproj.io') return undefined;
  if (kind === 'ApplicationSet') return readApplicationSet(context, object);
  const spec = mapAt(tree, 'spec');
  if (kind !== 'Application' || spec === undefined) return undefined;
  return readApplication(context, { subject: { label: `Application ${name}`, place }, name, spec });
}

/** Reads the Applications, ApplicationSets and HelmReleases among Kubernetes objects; what else there is serves these. */
export async function readObjects(context: InputContext, objects: readonly ManifestObject[]): Promise<void> {
  const flux = new FluxObjects(objects);
  for (const object of objects) await readObject(context, flux, object);
}
