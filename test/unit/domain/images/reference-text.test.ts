import { describe, expect, it } from 'vitest';
import {
  isImageKey,
  referencesInLooseText,
  referencesInText,
  referencesNamed,
  registryBase,
  wholeReference,
} from '../../../../src/domain/images/reference-text.ts';

const NONE = new Set<string>();
const DIGEST = `sha256:${'ab'.repeat(32)}`;

describe('a name that says image', () => {
  it.each([
    'image',
    'images',
    'Image',
    'agentImage',
    'agent_image',
    'agent-image',
    'agent.image',
    'imageName',
    'image_name',
    'imageRef',
    'dockerPull',
    'node.collector.imageRef',
    'IMAGE',
    'AGENT_IMAGE',
    'IMAGE_NAME',
    'RELATED_IMAGE_PULL_SERVICE',
    'CSI_RESIZER_IMAGE',
    'ELASTICSEARCH_IMAGE',
    'POLICY_IMAGES',
    '--agent-image',
    'elasticsearchImage',
    'serviceImage',
    'policyImage',
  ])('%s', (key) => {
    expect(isImageKey(key)).toBe(true);
  });

  it.each([
    '',
    'imagePullPolicy',
    'imagePullSecrets',
    'imageTag',
    'imageRegistry',
    'imagery',
    'IMAGE_TAG',
    'IMAGE_PULL_POLICY',
    'IMAGE_PULL_SECRET',
    'IMAGE_REGISTRY',
    'AGENT_IMAGE_TAG',
    'IMAGE_PROVIDER_HOST',
    'IMAGES_DIR',
    '--image-pull-policy',
    'continuous-image-puller',
    'repository',
    'tag',
  ])('not %j', (key) => {
    expect(isImageKey(key)).toBe(false);
  });
});

describe('a whole value', () => {
  it.each([
    ['org/a', 'org/a'],
    ['a:1', 'a:1'],
    ['a:2022', 'a:2022'],
    [' a:1 ', 'a:1'],
    ['docker://org/a:1', 'org/a:1'],
    ['oci://quay.io/org/a', 'quay.io/org/a'],
    [`a@${DIGEST}`, `a@${DIGEST}`],
    ['registry:5000/a', 'registry:5000/a'],
  ])('%j is %s', (value, text) => {
    expect(wholeReference(value)).toMatchObject({ text, offset: value.indexOf(text) });
  });

  it.each([
    'a',
    '',
    'https://quay.io/org/a',
    'a:8080',
    'a:80801',
    'Org/A:1',
    'org/a b/c',
    'org/a:1+2',
    'img/logo.svg',
    'projects/x/global/images/y',
    ':',
    '{{ .x }}',
  ])('%j is none', (value) => {
    expect(wholeReference(value)).toBeUndefined();
  });

  it.each([
    ['quay.io/org', 'base'],
    ['nvcr.io/nvidia', 'base'],
    ['quay.io/org/a', 'image'],
    ['quay.io/org:1', 'image'],
    ['registry.k8s.io/pause', 'image'],
    ['registry.example.net/a', 'image'],
  ])('%s is a %s', (value, role) => {
    expect(wholeReference(value)?.role).toBe(role);
  });
});

describe('references in text', () => {
  it.each([
    ['a quay.io/org/a b', ['quay.io/org/a']],
    ['(quay.io/org/a:1).', ['quay.io/org/a:1']],
    ['quay.io/org/a:1, ghcr.io/org/b:2;gcr.io/c/d', ['quay.io/org/a:1', 'ghcr.io/org/b:2', 'gcr.io/c/d']],
    ['x=quay.io/org/a:1', ['quay.io/org/a:1']],
    [`registry.example.net/a@${DIGEST}`, [`registry.example.net/a@${DIGEST}`]],
    ['registry.example.net:5000/a:1', ['registry.example.net:5000/a:1']],
    ['10.0.0.1:5000/a:1 localhost:5000/b:1', ['10.0.0.1:5000/a:1', 'localhost:5000/b:1']],
    ['123456789012.dkr.ecr.eu-west-1.amazonaws.com/a', ['123456789012.dkr.ecr.eu-west-1.amazonaws.com/a']],
    ['europe-docker.pkg.dev/p/r/a acme.azurecr.io/b', ['europe-docker.pkg.dev/p/r/a', 'acme.azurecr.io/b']],
    ['zq7z.probe.example/org/a', ['zq7z.probe.example/org/a']],
    ['a\\nquay.io/org/a:1\\n', ['quay.io/org/a:1']],
    ['\\u003cquay.io/org/a:1\\u003e', ['quay.io/org/a:1']],
    ['# quay.io/org/a', ['quay.io/org/a']],
    ['x\n # quay.io/org/a', []],
    ['https://quay.io/org/a', []],
    ['//quay.io/org/a', []],
    ['/quay.io/org/a', []],
    ['team@quay.io/org', []],
    ['org/a:1', []],
    ['registry.example.net/a', []],
    ['x=quay.io, docker.io;', ['quay.io', 'docker.io']],
    ['team@quay.io *.docker.io quay.io:443 registry.example.net x.io', []],
    ['github.com/org/a:1 sigs.k8s.io/x:1 raw.githubusercontent.com/a/b:1', []],
    ['a.web.svc:80/x:1 a.local/x:1', []],
    ['v1.2/x:1 1.2/x:1', []],
    ['example.dev/v1:Kind example.dev/v1alpha1:Kind', []],
    ['example.com/gpu:NoSchedule example.com/x:PreferNoSchedule- example.com/y:NoExecute', []],
    ['app.kubernetes.io/name:web node.k8s.io/x:y', []],
    ['quay.io/Org/a:1', []],
    ['x=docker://org/a:1 docker-image://a:1', ['org/a:1', 'a:1']],
    ['docker://org/a', ['org/a']],
    ['docker://a docker://host:2375 docker://host:443 docker://host:80 oci://org/a:1 docker-pullable://org/a:1', []],
  ])('%j', (text, texts) => {
    expect(referencesInText(text, NONE).map((one) => one.text)).toEqual(texts);
  });

  it('keeps exactly the characters at the place they stand', () => {
    const text = 'a\n oci://quay.io/org/a:1, "image": "org/b:2"\\n--x-image org/c:3 y_image = [ "org/d:4" ]';
    const found = referencesInLooseText(text, NONE);
    expect(found.map((one) => one.text)).toEqual(['quay.io/org/a:1', 'org/b:2', 'org/c:3', 'org/d:4']);
    for (const one of found) expect(text.slice(one.offset, one.offset + one.text.length)).toBe(one.text);
  });

  it('knows hosts that containers use', () => {
    expect(referencesInText('registry.example.net/a', new Set(['registry.example.net']))).toHaveLength(1);
  });

  it('finds a reference after image once', () => {
    expect(referencesInLooseText('image: quay.io/org/a:1', NONE)).toHaveLength(1);
  });

  it.each([
    ['a long word', `image: ${'a'.repeat(200_000)}`],
    ['a word of dashes', 'a-'.repeat(100_000)],
    ['a word of labels', 'a.'.repeat(100_000)],
    ['many images in one line', 'quay.io/org/a:1 '.repeat(20_000)],
    ['many commands', 'docker run '.repeat(20_000)],
    ['many fields in one line', '"image":"x",'.repeat(20_000)],
  ])('takes little time for %s', (_, text) => {
    const started = performance.now();
    referencesInLooseText(`{{ x }}\n${text}`, NONE);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

describe('a value with a name', () => {
  it.each([
    ['image', 'org/a:1', ['org/a:1']],
    ['images', 'org/a:1 org/b:2', ['org/a:1', 'org/b:2']],
    ['images', 'org/a org/b', []],
    ['images', 'quay.io/org/a,org/b', ['quay.io/org/a']],
    ['images', '4.2=org/a:1-4.2;x=a:1', ['org/a:1-4.2', 'a:1']],
    ['images', 'org/app-%s:1 %s/app:2 %[1]s:3 %(name)s:4 org/b:5', ['org/b:5']],
    ['other', 'org/a:1', []],
    ['registry', 'docker.io', ['docker.io']],
    ['registry', 'org/a', []],
  ])('%s: %j', (name, value, texts) => {
    const found = referencesNamed(name, value, NONE);
    expect(found.map((one) => one.text)).toEqual(texts);
    for (const one of found) expect(value.slice(one.offset, one.offset + one.text.length)).toBe(one.text);
  });
});

describe('a registry as base', () => {
  it.each([
    ['registry', 'docker.io', { registry: 'docker.io', repository: '' }],
    ['imageRegistry', 'quay.io/', { registry: 'quay.io', repository: '' }],
    ['hub', 'gcr.io/istio-release', { registry: 'gcr.io', repository: 'istio-release' }],
    ['dockerHub', 'index.docker.io', { registry: 'docker.io', repository: '' }],
    ['REGISTRY', 'ghcr.io/org', { registry: 'ghcr.io', repository: 'org' }],
  ])('%s: %s', (key, value, reference) => {
    expect(registryBase(key, value, NONE)).toMatchObject({ role: 'base', reference });
  });

  it.each([
    ['host', 'docker.io'],
    ['registry', 'registry.example.net'],
    ['registry', 'quay.io/Org'],
    ['registry', 'https://quay.io'],
    ['github', 'docker.io/x'],
  ])('not %s: %s', (key, value) => {
    expect(registryBase(key, value, NONE)).toBeUndefined();
  });

  it('may be a host that containers use', () => {
    expect(registryBase('registry', 'registry.example.net', new Set(['registry.example.net']))?.role).toBe('base');
  });
});
