// Hosts that serve images. Only for text where nothing else says "image": a host outside this table is still found
// in every image field, with a tag or digest in any text, and everywhere once a container of the same chart uses it.
const KNOWN = new Set([
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
  'quay.io',
  'ghcr.io',
  'gcr.io',
  'registry.k8s.io',
  'k8s.gcr.io',
  'public.ecr.aws',
  'nvcr.io',
  'mcr.microsoft.com',
  'registry.gitlab.com',
  'docker.elastic.co',
  'cr.l5d.io',
  'registry.redhat.io',
  'registry.access.redhat.com',
  'registry.connect.redhat.com',
  'registry.opensource.zalan.do',
  'xpkg.upbound.io',
  'xpkg.crossplane.io',
  'cgr.dev',
  'lscr.io',
  'registry.istio.io',
  'docker.redpanda.com',
  'cr.fluentbit.io',
  'oci.external-secrets.io',
  'reg.kyverno.io',
  'icr.io',
  'container-registry.oracle.com',
  'projects.registry.vmware.com',
  'registry.suse.com',
  'registry.rancher.com',
  'registry.fedoraproject.org',
  'docker.getcollate.io',
]);

const KNOWN_SUFFIX =
  /(?:\.gcr\.io|\.pkg\.dev|\.azurecr\.io|\.icr\.io|\.jfrog\.io|\.dkr\.ecr(?:-fips)?\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?|\.dkr-ecr(?:-fips)?\.[a-z0-9-]+\.on\.aws)$/;

// Hosts whose paths look like references but are source code, documents or API groups.
const NEVER =
  /^(?:(?:www\.|raw\.)?github(?:usercontent)?\.com|raw\.githubusercontent\.com|gitlab\.com|bitbucket\.org|golang\.org|gopkg\.in|go\.uber\.org|sigs\.k8s\.io|k8s\.io|kubernetes\.io|pkg\.go\.dev|example\.(?:com|org|net))$|\.(?:k8s|kubernetes)\.io$/;

/** The domain of the hosts that tracing puts into values to see where they come out. */
export const PROBE_DOMAIN = 'probe.example';

/** Whether a host is known to serve images. */
export function isKnownRegistry(host: string): boolean {
  const name = host.toLowerCase();
  return KNOWN.has(name) || name.endsWith(`.${PROBE_DOMAIN}`) || KNOWN_SUFFIX.test(name);
}

const DOTTED = /(?<![\w.-])(?:[a-z0-9-]+\.)+[a-z]{2,}(?![\w-])/gi;

/** Whether a text names a host that is known to serve images. */
export function namesRegistry(text: string): boolean {
  for (const [host] of text.matchAll(DOTTED)) if (isKnownRegistry(host)) return true;
  return false;
}

/** Whether a host is known to serve none, so that `host/path` in text is something else. */
export function isNeverRegistry(host: string): boolean {
  return !isKnownRegistry(host) && NEVER.test(host);
}

// https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
const SERVICE = /\.svc(?:\.cluster\.local)?\.?(?::\d+)?$/i;

/** Whether a host is a service of the cluster itself: what it serves is put there from inside, and nobody else can ask it. */
export function isInCluster(host: string): boolean {
  return SERVICE.test(host);
}

// Registries on which every image has an owner before its name: one component alone is a base path.
const OWNED = new Set(['quay.io', 'ghcr.io', 'nvcr.io', 'docker.io']);

/** Whether `host/one-component` on this host is a base path rather than an image. */
export function needsOwner(host: string): boolean {
  return OWNED.has(host);
}
