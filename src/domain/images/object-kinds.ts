// API groups built into Kubernetes. Objects of these are no custom resources: their fields have known meanings.
const BUILT_IN = new Set([
  '',
  'apps',
  'batch',
  'autoscaling',
  'policy',
  'extensions',
  'networking.k8s.io',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'node.k8s.io',
  'certificates.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'events.k8s.io',
  'internal.apiserver.k8s.io',
  'storagemigration.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'resource.k8s.io',
]);

/** How an object is read: as text data, as a list of objects, as a built-in kind, or as a custom resource. */
export type ObjectClass = 'config map' | 'secret' | 'list' | 'built-in' | 'custom resource';

// these hold expressions that write or compare images
const EXPRESSIONS = /^(?:Validating|Mutating)AdmissionPolicy$/;

/** Decides by group and kind, never by the kind's name alone. */
export function classOf(apiVersion: string, kind: string): ObjectClass {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  if (group === '' && kind === 'ConfigMap') return 'config map';
  if (group === '' && kind === 'Secret') return 'secret';
  if (group === '' && /List$/.test(kind)) return 'list';
  if (group === 'admissionregistration.k8s.io' && EXPRESSIONS.test(kind)) return 'custom resource';
  return BUILT_IN.has(group) ? 'built-in' : 'custom resource';
}
