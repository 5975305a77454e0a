import type { EmitKind } from '../cli/emit-command.ts';
import type { EmitRequest, Emitted } from '../domain/emit/emitted.ts';
import { admissionPolicy } from '../report/emit/admission-policy.ts';
import { argocdPatches } from '../report/emit/argocd.ts';
import { containerdTree } from '../report/emit/containerd.ts';
import { fluxPatches } from '../report/emit/flux.ts';
import { kustomizeComponent } from '../report/emit/kustomize.ts';
import { kyvernoPolicy } from '../report/emit/kyverno.ts';
import { openshiftSets } from '../report/emit/openshift.ts';
import { postRenderer } from '../report/emit/post-renderer.ts';
import { registriesConf } from '../report/emit/registries-conf.ts';
import { type ConsumerValues, consumerValues } from '../report/emit/values.ts';

/** What the kinds are made from; some need more than the report says. */
export interface EmitMaterial {
  readonly request: EmitRequest;
  readonly values: readonly ConsumerValues[];
  /** The report as text. */
  readonly reportText: string;
}

/** What a kind is: one file or a tree, what it is about, and how it is made. */
export interface EmitWay {
  readonly shape: 'file' | 'tree';
  readonly about: 'images' | 'charts' | 'target';
  readonly make: (material: EmitMaterial) => Emitted;
}

/** How each kind is made. */
export const EMIT_WAYS: Readonly<Record<EmitKind, EmitWay>> = {
  values: { shape: 'tree', about: 'charts', make: ({ request, values }) => consumerValues(request, values) },
  kustomize: { shape: 'file', about: 'images', make: ({ request }) => kustomizeComponent(request) },
  argocd: { shape: 'tree', about: 'charts', make: ({ request }) => argocdPatches(request) },
  flux: { shape: 'tree', about: 'charts', make: ({ request }) => fluxPatches(request) },
  openshift: { shape: 'file', about: 'images', make: ({ request }) => openshiftSets(request) },
  containerd: { shape: 'tree', about: 'images', make: ({ request }) => containerdTree(request) },
  'registries-conf': { shape: 'file', about: 'images', make: ({ request }) => registriesConf(request) },
  'admission-policy': { shape: 'file', about: 'target', make: ({ request }) => admissionPolicy(request) },
  kyverno: { shape: 'file', about: 'target', make: ({ request }) => kyvernoPolicy(request) },
  'post-renderer': {
    shape: 'tree',
    about: 'images',
    make: ({ request, reportText }) => postRenderer(request, reportText),
  },
};
