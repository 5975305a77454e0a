import type { Reference } from '../reference.ts';

/** Repositories that hold something else than container images. `source` is where that is documented. */
export interface KnownArtifacts {
  readonly what: string;
  /** Tested against the repository without its registry, since these are mirrored to many registries. */
  readonly repository: RegExp;
  /** The tag that its programs ask for where none is written. */
  readonly impliedTag?: string;
  readonly source: string;
}

/** What nothing else tells: neither key nor scheme nor kind. */
export const KNOWN_ARTIFACTS: readonly KnownArtifacts[] = [
  {
    what: 'vulnerability database of trivy',
    repository: /(?:^|\/)trivy-db$/,
    impliedTag: '2',
    // to a repository without a tag, it adds the version of the schema
    source: 'https://github.com/aquasecurity/trivy/blob/main/pkg/flag/db_flags.go',
  },
  {
    what: 'index of java packages for trivy',
    repository: /(?:^|\/)trivy-java-db$/,
    impliedTag: '1',
    source: 'https://github.com/aquasecurity/trivy/blob/main/pkg/flag/db_flags.go',
  },
  {
    what: 'misconfiguration checks of trivy',
    repository: /(?:^|\/)trivy-(?:checks|policies)$/,
    source: 'https://trivy.dev/latest/docs/scanner/misconfiguration/check/builtin/',
  },
  {
    what: 'rules and plugins of falco',
    repository: /(?:^|\/)falcosecurity\/(?:plugins|rules)\/./,
    source: 'https://github.com/falcosecurity/falcoctl#falcoctl-artifact',
  },
  {
    what: 'policies of kubewarden',
    repository: /(?:^|\/)kubewarden\/(?:policies|tests)\/./,
    source: 'https://docs.kubewarden.io/howtos/policy-servers/custom-cas',
  },
  {
    what: 'gadgets of inspektor gadget',
    repository: /(?:^|\/)inspektor-gadget\/gadget\/./,
    source: 'https://inspektor-gadget.io/docs/latest/reference/run',
  },
  {
    what: 'bundles of tekton tasks',
    repository: /(?:^|\/)tekton-releases\/catalog\/./,
    source: 'https://tekton.dev/docs/pipelines/bundle-resolver/',
  },
  {
    what: 'wasm extensions of istio',
    repository: /(?:^|\/)istio-ecosystem\/wasm-extensions\/./,
    source: 'https://istio.io/latest/docs/tasks/extensibility/wasm-module-distribution/',
  },
  {
    what: 'manifests of flux',
    repository: /(?:^|\/)fluxcd\/flux-manifests$/,
    source: 'https://fluxcd.io/flux/cheatsheets/oci-artifacts/',
  },
  {
    what: 'charts',
    repository: /(?:^|\/)(?:bitnamicharts|helm-charts|charts)\/./,
    source: 'https://helm.sh/docs/topics/registries/',
  },
];

/** The entry of the table that a reference belongs to. */
export function knownArtifact({ repository }: Pick<Reference, 'repository'>): KnownArtifacts | undefined {
  return KNOWN_ARTIFACTS.find((known) => known.repository.test(repository));
}

/**
 * What a program asks the registry for: of a known artifact without tag and digest, the tag that its programs add, or
 * `latest` like any other. The chart keeps its text; copied is what the source has of these.
 */
export function pulledReferences(reference: Reference): readonly Reference[] {
  if (reference.tag !== undefined || reference.digest !== undefined) return [reference];
  const tag = knownArtifact(reference)?.impliedTag;
  return tag === undefined ? [reference] : [{ ...reference, tag }, reference];
}

/** Whether two references are what one untagged artifact may be pulled under: the source needs only one of them. */
export function areAlternatives(a: Reference, b: Reference): boolean {
  const bare = { ...a, tag: undefined, digest: undefined };
  const tags = pulledReferences(bare).map(({ tag }) => tag);
  const isSame = a.registry === b.registry && a.repository === b.repository;
  return isSame && a.tag !== b.tag && tags.length > 1 && tags.includes(a.tag) && tags.includes(b.tag);
}

// compared without dots, dashes, underscores and capitals
const ARTIFACT_KEY =
  /(?:trivy|java)[a-z]*dbrepositor(?:y|ies)$|bundleociref$|bundlerepository$|wasm(?:plugin)?(?:url|image)$|^bundle$/;

/** Whether a key, flag or variable says that its value is an artifact: `trivy.dbRepository`, `--checks-bundle-repository`. */
export function isArtifactKey(key: string): boolean {
  const plain = key.replace(/[._-]/g, '').toLowerCase();
  return ARTIFACT_KEY.test(plain) || /^--db-repository$/.test(key);
}
