import { describe, expect, it } from 'vitest';
import { areAlternatives, pulledReferences } from '../../../../src/domain/images/artifacts.ts';
import { crdExamples } from '../../../../src/domain/images/crd-examples.ts';
import { isExampleFile } from '../../../../src/domain/images/examples.ts';
import { isCarried } from '../../../../src/domain/images/image-use.ts';
import { USE_RULES } from '../../../../src/domain/images/use-rules.ts';
import { formatReference, parseReference } from '../../../../src/domain/reference.ts';
import { foundInConfigMap, foundInObject, judged } from './found.ts';
import { configMapData, customResource, placesIn, podWith, textsIn, usesIn } from './rendered.ts';

function inObject(yaml: string): readonly string[] {
  return judged(foundInObject(yaml));
}

function inVariable(name: string, value: string): readonly string[] {
  return inObject(JSON.stringify({ env: [{ name, value }] }));
}

describe('a plain image', () => {
  it.each([
    ['of a container, without tag', 'spec: {containers: [{image: busybox}]}', 'busybox'],
    ['of a field that says image', 'spec: {image: "org/a:1"}', 'org/a:1'],
    ['of fields that make one', 'spec: {repository: quay.io/org/a, tag: "1"}', 'quay.io/org/a:1'],
    ['of a flag', 'args: ["--reloader=quay.io/org/a:1"]', 'quay.io/org/a:1'],
    ['of a list in a variable', 'env: [{name: ALL_IMAGES, value: "4=org/a:1"}]', 'org/a:1'],
  ])('%s needs no rule', (_, yaml, text) => {
    expect(foundInObject(yaml)).toMatchObject([{ text, role: 'image', certainty: 'certain', why: undefined }]);
  });
});

describe('a candidate', () => {
  it.each([
    ['a reference without tag outside of containers', 'spec: {image: quay.io/org/a}', 'quay.io/org/a', 'untagged'],
    ['a reference in a script', 'args: ["-c", "run quay.io/org/a:1 now"]', 'quay.io/org/a:1', 'inText'],
    ['an owner, a name and a version', 'spec: {runner: "org/a:1.2"}', 'org/a:1.2', 'byForm'],
  ] as const)('is %s', (_, yaml, text, rule) => {
    expect(foundInObject(yaml)).toMatchObject([{ text, ...USE_RULES[rule] }]);
  });

  it.each(['monitoring/prometheus:9090', 'default/web:http', 'a/b:1', 'example.dev/v1:1.2', 'org/a:1.2 x'])(
    'is not what looks like something else: %s',
    (value) => {
      expect(foundInObject(JSON.stringify({ spec: { backend: value } }))).toEqual([]);
    },
  );

  it('is an image in a template of a ConfigMap, which the istio injector fills in', () => {
    const text = 'spec:\n  {{- if .x }}\n  initContainers:\n  - image: busybox:1.28\n';
    expect(judged(foundInConfigMap({ config: text }))).toEqual(['image candidate: busybox:1.28']);
  });
});

describe('a registry inside of the cluster', () => {
  const page = (text: string): string =>
    podWith(`args: ["--worker-image=${text}"]`).replace('image: own:1', `image: ${text}`);

  it.each(['registry.builds.svc:5000/a/b:1', 'registry.builds.svc/a/b:1', 'registry.builds.svc.cluster.local:80/a/b'])(
    'is no source: %s',
    (text) => {
      const uses = usesIn(page(text));
      expect(uses.map((use) => [use.text, use.role, use.why])).toEqual([
        [text, 'example', USE_RULES.inCluster.why],
        [text, 'example', USE_RULES.inCluster.why],
      ]);
    },
  );

  it.each(['registry.builds.svc.example.dev/a/b:1', 'registry.buildsvc:5000/a/b:1'])('is not %s', (text) => {
    expect(usesIn(page(text)).map(({ role }) => role)).toEqual(['image', 'image']);
  });

  it('may be the target', () => {
    const uses = usesIn(page('registry.builds.svc:5000/a/b:1'), ['registry.builds.svc:5000']);
    expect(uses.map(({ role, certainty }) => [role, certainty])).toEqual([
      ['image', 'certain'],
      ['image', 'certain'],
    ]);
  });
});

describe('a host of which the same render names a chart', () => {
  const application = (repository: string): string =>
    customResource(
      `source:\n  repoURL: ${repository}\n  targetRevision: 1.2.3\n  helm:\n    valuesObject:\n      image:\n        registry: cr.team.test`,
    );

  it.each(['oci://cr.team.test/charts/app', 'cr.team.test/charts\n  chart: app'])(
    'is one of images: %s',
    (repository) => {
      const uses = usesIn(application(repository));
      expect(uses.map(({ text, role, why }) => [text, role, why])).toEqual([
        ['cr.team.test/charts/app:1.2.3', 'artifact', USE_RULES.chartField.why],
        ['cr.team.test', 'base', USE_RULES.registryKey.why],
      ]);
    },
  );

  it('is so in other documents, too', () => {
    const settings = configMapData({ registry: 'cr.team.test/team' });
    expect(textsIn(`${settings}\n---\n${application('oci://cr.team.test/charts/app')}`)).toContain('cr.team.test/team');
    expect(textsIn(settings)).toEqual([]);
  });

  it('is not one that a page or a repository without a registry names', () => {
    expect(textsIn(application('https://cr.team.test/charts\n  chart: app'))).toEqual([]);
  });
});

describe('an artifact', () => {
  it.each([
    ['the databases of trivy', 'SCANNER_TRIVY_DB_REPOSITORY', 'ghcr.io/aquasecurity/trivy-db'],
    ['a mirror of them', 'TRIVY_JAVA_DB_REPOSITORY', 'public.ecr.aws/aquasecurity/trivy-java-db'],
    ['one that only its key tells', 'TRIVY_DB_REPOSITORY', 'registry.gitlab.com/org/security/database:2'],
    ['a plugin of falco', 'PLUGIN', 'ghcr.io/falcosecurity/plugins/plugin/container:0.7.1'],
    ['rules of falco', 'RULES', 'ghcr.io/falcosecurity/rules/falco-rules:4'],
    ['a chart', 'CHART', 'registry-1.docker.io/bitnamicharts/redis:1.2.3'],
    ['a gadget', 'GADGET', 'ghcr.io/inspektor-gadget/gadget/trace_exec:v0.40.0'],
  ])('is %s', (_, name, text) => {
    // without a tag, it is not sure what its programs ask for
    expect(inVariable(name, text)).toEqual([`artifact ${text.includes(':') ? 'certain' : 'candidate'}: ${text}`]);
  });

  it.each([
    ['the checks of trivy-operator', { 'policies.bundle.oci.ref': 'mirror.gcr.io/aquasec/trivy-checks:1' }],
    ['another bundle of them', { 'policies.bundle.oci.ref': 'ghcr.io/org/checks:1' }],
  ])('is %s', (_, data) => {
    expect(foundInConfigMap(data)).toMatchObject([{ role: 'artifact' }]);
  });

  it.each([
    [
      'a module of Wasm in a WasmPlugin',
      'url: oci://registry.example.net/wasm/auth:1',
      'registry.example.net/wasm/auth:1',
    ],
    [
      'manifests in an OCIRepository',
      'url: oci://ghcr.io/org/manifests/app\nref: {tag: "6.1"}',
      'ghcr.io/org/manifests/app:6.1',
    ],
    [
      'a chart of Argo CD',
      'source: {repoURL: ghcr.io/org/charts, chart: app, targetRevision: 1.2.3}',
      'ghcr.io/org/charts/app:1.2.3',
    ],
    ['a chart of a Helm controller', 'chart: oci://quay.io/org/app\nversion: 1.2.3', 'quay.io/org/app:1.2.3'],
    [
      'a policy',
      'module: registry://ghcr.io/kubewarden/policies/pod-privileged:v1',
      'ghcr.io/kubewarden/policies/pod-privileged:v1',
    ],
    ['a bundle of tasks', 'params: [{name: bundle, value: "quay.io/org/tasks:1"}]', 'quay.io/org/tasks:1'],
  ])('is %s', (_, yaml, text) => {
    expect(inObject(yaml)).toEqual([`artifact certain: ${text}`]);
  });

  it('is a package of Crossplane, by group and field', () => {
    const provider = (group: string): string =>
      `apiVersion: ${group}/v1\nkind: Provider\nspec: {package: "xpkg.upbound.io/org/p:v1"}`;
    expect(inObject(provider('pkg.crossplane.io'))).toEqual(['artifact certain: xpkg.upbound.io/org/p:v1']);
    expect(inObject(provider('example.dev'))).toEqual(['image certain: xpkg.upbound.io/org/p:v1']);
  });

  it.each([
    [
      'a range of versions',
      'source: {repoURL: ghcr.io/org/charts, chart: app, targetRevision: 1.*}',
      'ghcr.io/org/charts/app',
    ],
    ['no version', 'chart: oci://ghcr.io/org/app', 'ghcr.io/org/app'],
  ])('is a candidate with %s', (_, yaml, text) => {
    expect(inObject(yaml)).toEqual([`artifact candidate: ${text}`]);
  });

  it.each([
    [
      'a chart of a repository that no registry serves',
      'source: {repoURL: "https://charts.example.net", chart: app, targetRevision: 1.2.3}',
    ],
    ['a repository of Git', 'source: {repoURL: "https://github.com/org/app.git", targetRevision: v1.2.3}'],
  ])('is not %s', (_, yaml) => {
    expect(inObject(yaml)).toEqual([]);
  });

  it.each([
    ['an image field with a scheme', 'spec: {image: "oci://quay.io/org/a:1"}'],
    ['a model in an image', 'storageUri: oci://quay.io/org/a:1'],
    ['the scheme of docker', 'spec: {runner: "docker://quay.io/org/a:1"}'],
  ])('is not %s', (_, yaml) => {
    expect(inObject(yaml)).toEqual(['image certain: quay.io/org/a:1']);
  });

  it.each([
    ['ghcr.io/aquasecurity/trivy-db', ['ghcr.io/aquasecurity/trivy-db:2', 'ghcr.io/aquasecurity/trivy-db']],
    [
      'ghcr.io/aquasecurity/trivy-java-db',
      ['ghcr.io/aquasecurity/trivy-java-db:1', 'ghcr.io/aquasecurity/trivy-java-db'],
    ],
    ['ghcr.io/aquasecurity/trivy-db:3', ['ghcr.io/aquasecurity/trivy-db:3']],
    ['quay.io/org/a', ['quay.io/org/a']],
  ])('is pulled under the tag that its programs add, or latest: %s', (text, pulled) => {
    const reference = parseReference(text);
    expect(reference && pulledReferences(reference).map(formatReference)).toEqual(pulled);
  });

  it('needs one of its alternatives only', () => {
    const [a, b, c] = ['a/trivy-db', 'a/trivy-db:2', 'a/trivy-db:3'].map((text) => parseReference(`ghcr.io/${text}`));
    if (a === undefined || b === undefined || c === undefined) throw new Error('references');
    expect([areAlternatives(a, b), areAlternatives(b, a), areAlternatives(a, c), areAlternatives(a, a)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('a base', () => {
  it.each([
    ['a registry', 'DEFAULT_REGISTRY', 'quay.io', 'registryKey'],
    ['a lone owner', 'ANYTHING', 'nvcr.io/nvidia', 'ownerAlone'],
    ['a place to which names are added', 'MDB_VOYAGEAI_REPO_URL', 'quay.io/mongodb/voyageai', 'baseKey'],
    ['a prefix', 'IMAGE_PREFIX', 'registry.k8s.io/sig-storage', 'baseKey'],
    ['a registry alone', 'ANYTHING', 'gcr.io', 'hostAlone'],
    ['an open end', 'ALLOWED', 'registry.k8s.io/ingress-nginx/', 'openEnd'],
    ['a wildcard', 'ALLOWED', 'registry.k8s.io/ingress-nginx/*', 'openEnd'],
    ['something to be filled in', 'OUTPOST', 'ghcr.io/goauthentik/%(type)s:%(version)s', 'completed'],
  ] as const)('is %s', (_, name, value, rule) => {
    const found = foundInObject(JSON.stringify({ env: [{ name, value }] }));
    expect(found).toMatchObject([USE_RULES[rule]]);
  });

  it('is a repository of charts, whose names follow', () => {
    const yaml =
      'apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nspec: {type: oci, url: "oci://ghcr.io/org/charts"}';
    expect(foundInObject(yaml)).toMatchObject([{ text: 'ghcr.io/org/charts', ...USE_RULES.chartRepository }]);
  });

  it('is a repository with a suffix, between which cass-operator puts the version', () => {
    const yaml = 'kind: ImageConfig\ndefaults: {cassandra: {repository: k8ssandra/cass-management-api, suffix: -ubi}}';
    expect(foundInObject(yaml)).toMatchObject([{ text: 'k8ssandra/cass-management-api', ...USE_RULES.completed }]);
  });

  it('is a repository alone in a map about an image, since its version stands elsewhere', () => {
    const yaml =
      'kind: Cluster\nspec: {version: 0.13.0, image: {imageSpec: {repository: org/store, pullPolicy: Always}}}';
    expect(foundInObject(yaml)).toMatchObject([{ text: 'org/store', ...USE_RULES.completed }]);
    expect(foundInObject('kind: Cluster\nspec: {source: {repository: org/store}}')).toEqual([]);
  });

  it.each(['useDigest: false', 'initImageTag: "1.2"', 'proxyRegistry: ""', 'pullPolicy: Always'])(
    'is a repository in a map about an image with %s beside it, which is about something else',
    (beside) => {
      const found = foundInObject(`kind: Cluster\nspec: {agentImageSpec: {repository: org/agent, ${beside}}}`);
      expect(found).toMatchObject([{ text: 'org/agent', ...USE_RULES.completed }]);
    },
  );

  it.each([
    ['a registry', 'spec: {sideImageSpec: {registry: quay.io, repository: org/side}}', 'quay.io/org/side'],
    ['a second name', 'spec: {imageConfig: {repository: quay.io/org, image: app}}', 'quay.io/org/app'],
    [
      'a digest',
      `spec: {otherImageSpec: {repository: quay.io/org/pinned, imageDigest: "sha256:${'a'.repeat(64)}"}}`,
      `quay.io/org/pinned@sha256:${'a'.repeat(64)}`,
    ],
  ])('is no repository with %s beside it', (_, yaml, text) => {
    expect(foundInObject(yaml)).toMatchObject([{ text, role: 'image' }]);
  });

  it('is what a program completes in a container of a custom resource', () => {
    const yaml = `kind: Function\nspec: {image: "quay.io/org/plugin:v1_\${VERSION}", args: [backup]}`;
    expect(foundInObject(yaml)).toMatchObject([{ text: 'quay.io/org/plugin:v1_', ...USE_RULES.completed }]);
  });
});

describe('an example', () => {
  it('is the image that an injector replaces', () => {
    const [use] = usesIn('apiVersion: v1\nkind: Pod\nspec: {containers: [{name: proxy, image: auto}]}');
    expect(use).toMatchObject({ text: 'auto', role: 'example' });
  });

  it.each(['_example', 'README.md', 'README', 'NOTES.txt'])('is what stands in %s', (key) => {
    expect(judged(foundInConfigMap({ [key]: '{"image": "quay.io/org/a:1"}' }))).toEqual([
      'example certain: quay.io/org/a:1',
    ]);
  });

  it.each(['example', 'templates.json.example', 'examples.yaml', 'readme-server.conf', 'settings', 'notes'])(
    'is not what stands in %s',
    (key) => {
      expect(isExampleFile(key)).toBe(false);
    },
  );

  it.each(['your-registry/your-image:tag', 'quay.io/your-org/app:1', 'my-registry/app:1', 'image:tag'])(
    'is %s',
    (text) => {
      expect(foundInObject(JSON.stringify({ spec: { image: text } }))).toMatchObject([
        { text, ...USE_RULES.placeholder },
      ]);
    },
  );

  it.each(['mysql/mysql-server:8', 'org/my-app:1', 'quay.io/org/yourls:1', 'my-registry.example.net/a:1'])(
    'is not %s',
    (text) => {
      expect(inObject(JSON.stringify({ spec: { image: text } }))).toEqual([`image certain: ${text}`]);
    },
  );

  it('is a service with its port under a key that says image', () => {
    expect(inVariable('IMAGE_STORE', 'minio:9000')).toEqual(['example candidate: minio:9000']);
    expect(inVariable('DB_IMAGE', 'mssql:2022')).toEqual(['image certain: mssql:2022']);
  });

  it('is the text of a custom resource definition, told with its line', () => {
    const text =
      'a: b\ndescription: |\n  such as quay.io/org/a:1\n  or registry.k8s.io/b\ndefault: quay.io/org/c:1\nmore: see quay.io/x\n';
    expect(crdExamples(text).map(({ found, path }) => `${path}: ${found.role} ${found.text}`)).toEqual([
      'line 3: example quay.io/org/a:1',
      'line 4: example registry.k8s.io/b',
      'line 6: example quay.io/x',
    ]);
    expect(crdExamples('description: acme.example.net/org/a:1, k8s.io/api/v1')).toEqual([]);
  });
});

describe('the roles', () => {
  it('say what is copied', () => {
    expect((['image', 'artifact', 'base', 'example'] as const).filter(isCarried)).toEqual(['image', 'artifact']);
  });

  it('do not change where a reference is found', () => {
    expect(
      placesIn(podWith('env: [{name: TRIVY_DB_REPOSITORY, value: ghcr.io/aquasecurity/trivy-db}]')).slice(1),
    ).toEqual(['env: ghcr.io/aquasecurity/trivy-db']);
  });
});
