import { describe, expect, it } from 'vitest';
import { prefixedReferences } from '../../../../src/domain/images/prefixed-references.ts';
import { splitReference } from '../../../../src/domain/images/split-reference.ts';
import { USE_RULES } from '../../../../src/domain/images/use-rules.ts';

describe('fields of one map', () => {
  it('names the fields it took, and only those', () => {
    const found = splitReference({ repository: 'quay.io/org', image: 'a', version: '1', name: 'x', digest: '' });
    expect(found).toMatchObject({ text: 'quay.io/org/a:1', fields: ['repository', 'image', 'version'] });
  });

  it.each([
    ['a repository alone', { repository: 'org/a' }],
    ['a tag alone', { tag: '1' }],
    ['a name without slash', { name: 'a', tag: '1' }],
    ['a registry that is no host', { registry: 'my registry', repository: 'org/a', tag: '1' }],
    ['a registry without dot, port or localhost', { registry: 'registry', repository: 'a', tag: '1' }],
    ['a tag that is none', { repository: 'org/a', tag: 'a b' }],
    ['a path in capitals', { repository: 'Org/A', tag: '1' }],
    ['a whole image', { image: 'org/a:1', tag: '2' }],
    ['values that are no text', { repository: ['org/a'], tag: { x: '1' } }],
  ])('make no reference: %s', (_, map) => {
    expect(splitReference(map)).toBeUndefined();
  });

  it('a single word needs an image field around it', () => {
    expect(splitReference({ repository: 'main', tag: '1' })).toBeUndefined();
    expect(splitReference({ repository: 'main', tag: '1' }, true)?.text).toBe('main:1');
    expect(splitReference({ repository: 'nginx' }, true)).toBeUndefined();
  });

  it.each([
    ['fields that say so', { imageRepo: 'tool', imageTag: '1' }, 'tool:1'],
    ['those of a program', { worker_image_repository: 'tool', worker_image_tag: '1' }, 'tool:1'],
    ['an official name', { repository: 'nginx', tag: '1' }, 'nginx:1'],
    ['an official name in a program', { repo: 'redis', tag: '7.2', pullPolicy: 'Always' }, 'redis:7.2'],
  ])('or %s', (_, map, text) => {
    expect(splitReference(map) ?? prefixedReferences(map)[0]).toMatchObject({ text, ...USE_RULES.byFields });
  });

  it.each([
    ['a word beside a tag', { repo: 'infra', tag: 'v2.0.0' }],
    ['a branch of backups', { repository: 'main', tag: 'nightly' }],
    ['a repository of sources', { owner: 'redis', repo: 'redis', tag: '7.2' }],
    ['one at an address', { repository: 'node', tag: 'v20', url: 'https://git.test/node.git' }],
    ['a part of another', { dockerHost: 'quay.io/org', imageRepo: 'alpine', imageTag: '3.20' }],
    ['a part of another, with a scheme', { base: 'oci://r.test:5000', imageRepo: 'alpine', imageTag: '3.20' }],
    ['a version', { repository: 'nginx', version: '1' }],
    ['a name', { name: 'nginx', tag: '1' }],
  ])('but not %s', (_, map) => {
    expect([splitReference(map), ...prefixedReferences(map)]).toEqual([undefined]);
  });

  it('an image beside the repository is its last part unless it is a whole reference', () => {
    expect(splitReference({ repository: 'org/a', image: 'org/b:1', tag: '2' })?.text).toBe('org/a:2');
  });
});

describe('a registry in one field and the path below it in another', () => {
  it.each([
    ['a host', { repository: 'r.acme.test', image: 'org/a', version: '1' }, 'r.acme.test/org/a:1'],
    ['a host without tag', { repository: 'r.acme.test', image: 'org/a' }, 'r.acme.test/org/a'],
    ['a host with a port', { repo: 'r:5000', image: 'org/a', tag: '1' }, 'r:5000/org/a:1'],
    ['localhost', { repository: 'localhost', image: 'org/a', tag: '1' }, 'localhost/org/a:1'],
    ['a host with a path', { repository: 'r.acme.test/m', image: 'org/a', version: '1' }, 'r.acme.test/m/org/a:1'],
    ['a whole name', { repository: 'r.acme.test', image: 'org/a:1' }, 'r.acme.test/org/a:1'],
    ['a registry before a whole name', { registry: 'r.acme.test', image: 'org/a:1' }, 'r.acme.test/org/a:1'],
    ['three fields', { registry: 'r.acme.test', repository: 'org', image: 'a', tag: '1' }, 'r.acme.test/org/a:1'],
  ])('make one reference: %s', (_, map, text) => {
    const found = splitReference(map);
    expect([found?.text, found?.fields]).toEqual([text, Object.keys(map)]);
  });

  it.each([
    ['an image with a host of its own', { repository: 'r.acme.test', image: 'quay.io/org/a:1' }],
    ['an address', { repository: 'https://r.acme.test', image: 'org/a:1' }],
    ['sources', { repository: 'github.com/org/b', image: 'org/a:1' }],
    ['a name that is said twice', { repository: 'r.acme.test/org/a', image: 'org/a' }],
    ['an owner', { repository: 'org', image: 'org/a:1' }],
  ])('make none: %s', (_, map) => {
    expect(splitReference(map)).toBeUndefined();
  });

  it.each([
    [{ A_REPOSITORY: 'r.acme.test', A_IMAGE: 'org/a', A_VERSION: '1' }, 'r.acme.test/org/a:1'],
    [{ '--a-image-tag': '1', '--a-image': 'org/a', '--a-repo': 'r:5000' }, 'r:5000/org/a:1'],
    [{ A_REGISTRY: 'r.acme.test', A_IMAGE: 'org/a:1' }, 'r.acme.test/org/a:1'],
    [{ A_REPOSITORY: 'r.acme.test', A_IMAGE: 'org/a:1' }, 'r.acme.test/org/a:1'],
    [{ A_REGISTRY: 'r.acme.test', A_IMAGE: 'quay.io/org/a:1' }, undefined],
    [{ A_REGISTRY: 'r.acme.test', A_IMAGE: 'org/a' }, undefined],
    [{ A_REGISTRY: 'r.acme.test', B_IMAGE: 'org/a:1' }, undefined],
  ])('also with a common beginning: %j', (map, text) => {
    expect(prefixedReferences(map)[0]?.text).toBe(text);
  });
});

describe('a prefix before a name', () => {
  it.each([
    ['an owner', { prefix: 'org', name: 'a', tag: '1.2' }, false, 'org/a:1.2'],
    ['an owner in an image', { prefix: 'org', name: 'a', tag: 'x', more: 'y' }, true, 'org/a:x'],
    ['an owner in an image, without tag', { prefix: 'org', name: 'a' }, true, 'org/a'],
    [
      'a registry',
      { prefix: 'r.acme.test/m', name: 'a', tag: 'v1', pullPolicy: 'Always' },
      false,
      'r.acme.test/m/a:v1',
    ],
    [
      'an owner behind a registry',
      { registry: 'r.acme.test', prefix: 'org', name: 'a', tag: 'latest' },
      false,
      'r.acme.test/org/a:latest',
    ],
    ['a path that ends in a slash', { prefix: 'org/m/', name: 'a', tag: '1.2' }, false, 'org/m/a:1.2'],
  ] as const)('is one reference: %s', (_, map, inImage, text) => {
    expect(splitReference(map, inImage)?.text).toBe(text);
  });

  it('is a candidate where nothing but its form speaks for it', () => {
    expect(splitReference({ prefix: 'org', name: 'a', tag: '1.2' })).toMatchObject(USE_RULES.byForm);
    expect(splitReference({ prefix: 'org', name: 'a', tag: '1.2' }, true)).toMatchObject({ certainty: 'certain' });
  });

  it.each([
    ['of something with more to say', { prefix: 'org', name: 'a', tag: '1.2', interval: '5s' }],
    ['before a tag that is no version', { prefix: 'kube', name: 'tail', tag: 'kube' }],
    ['of fields of a protocol', { prefix: 'org', name: 'a', tag: '1' }],
    ['without tag', { prefix: 'org', name: 'a' }],
    ['that ends in a dash', { prefix: 'org-', name: 'a', tag: '1.2' }],
    ['before a whole image', { prefix: 'org', name: 'quay.io/b/a', tag: '1.2' }],
  ])('is none %s', (_, map) => {
    expect(splitReference(map)?.text.startsWith('org')).not.toBe(true);
  });
});

describe('fields with a common beginning', () => {
  it.each([
    [{ 'trivy.repository': 'org/a', 'trivy.tag': '1' }, ['org/a:1']],
    [{ 'trivy.registry': 'quay.io', 'trivy.repository': 'org/a', 'trivy.tag': '1' }, ['quay.io/org/a:1']],
    [{ IMAGE_NAME: 'org/a', IMAGE_TAG: '1' }, ['org/a:1']],
    [{ IMAGE_REGISTRY: 'quay.io', IMAGE_REPOSITORY: 'a', IMAGE_TAG: '1' }, ['quay.io/a:1']],
    [{ AGENT_IMAGE: 'org/a', AGENT_IMAGE_VERSION: '1' }, ['org/a:1']],
    [{ AGENT_IMAGE: 'org/a', AGENT_VERSION: '1' }, ['org/a:1']],
    [{ '--a-image-repository': 'org/a', '--a-image-tag': '1' }, ['org/a:1']],
    [{ agentImage: 'org/a', agentDigest: `sha256:${'ab'.repeat(32)}` }, [`org/a@sha256:${'ab'.repeat(32)}`]],
    [{ aRepository: 'org/a', aTag: '1', bRepository: 'org/b', bTag: '2' }, ['org/a:1', 'org/b:2']],
  ])('%j', (map, texts) => {
    expect(prefixedReferences(map).map(({ text }) => text)).toEqual(texts);
  });

  it.each([
    [{ aRepository: 'org/a', bTag: '1' }],
    [{ aRepository: 'org/a:1', aTag: '2' }],
    [{ aRepository: 'a', aTag: '1' }],
    [{ aRepository: 'org/a', aTag: '' }],
    [{ repository: 'org/a', version: '1' }],
    [{ IMAGE: 'org/a', VERSION: '1' }],
    [{ gitRepository: 'org/a', gitTag: '1' }],
    [{ chartRepo: 'org/a', chartVersion: '1' }],
    [{ aRepository: 'https://x.example/a', aVersion: '1' }],
  ])('make no reference: %j', (map) => {
    expect(prefixedReferences(map)).toEqual([]);
  });

  it('name the fields they took', () => {
    expect(prefixedReferences({ xRepository: 'org/a', y: 'z', xTag: '1' })[0]?.fields).toEqual(['xRepository', 'xTag']);
  });
});
