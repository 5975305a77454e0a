import { describe, expect, it } from 'vitest';
import { sweep } from '../../../../src/domain/proof/sweep.ts';
import { TARGET } from './judged.ts';

const PLANNED = [
  'acme/app:v1',
  'acme:v1',
  'library/app:v1',
  'library/acme:v1',
  'acme/bare',
  'acme/slim:v1-slim',
  'acme/pinned@sha256:0',
];

/** What is unexplained in a document, where `PLANNED` is planned. */
function unexplained(text: string): readonly string[] {
  const planned = PLANNED.map((name) => `${TARGET}/${name}`);
  const output = `---\n# Source: web/templates/a.yaml\n${text.replaceAll('TARGET', TARGET)}\n`;
  const hits = sweep(output, { target: TARGET, sourceTexts: [], sourceHosts: [], planned });
  return hits.flatMap((hit) => (hit.explained === undefined ? [hit.text.replace(TARGET, 'TARGET')] : []));
}

describe('what fields of a map make together', () => {
  it.each([
    ['a namespace', 'image:\n  registry: TARGET\n  namespace: org\n  name: app\n  tag: v1', 'TARGET/org/app'],
    ['an owner in braces', 'image: {registry: TARGET, owner: org, repository: app, tag: v1}', 'TARGET/org/app'],
    ['a path behind a host', 'image:\n  host: TARGET\n  path: org\n  image: app\n  tag: v1', 'TARGET/org/app'],
    ['a name behind an owner', 'image:\n  repository: TARGET/acme\n  name: manager\n  tag: v1', 'TARGET/acme/manager'],
    [
      'a name behind an official one',
      'image:\n  repository: TARGET/library/acme\n  name: app\n  tag: v1',
      'TARGET/library/acme/app',
    ],
    ['another name', 'a: 1\nregistry: TARGET\nrepository: acme/other\ntag: v1', 'TARGET/acme/other'],
    ['a tag that was lost', 'image:\n  repository: TARGET/acme/bare\n  tag: v1', 'TARGET/acme/bare:v1'],
    ['a tag behind a registry', 'registry: TARGET\nrepository: acme/bare\ntag: v1', 'TARGET/acme/bare:v1'],
    ['what kubeadm adds for DNS', 'dns:\n  imageRepository: TARGET/acme\n  imageTag: v1', 'TARGET/acme/coredns'],
    [
      'what kubeadm adds for etcd',
      'etcd:\n  local:\n    imageRepository: TARGET/acme\n    imageTag: v1',
      'TARGET/acme/etcd',
    ],
  ])('is suspicious where nobody planned it: %s', (_, text, joined) => {
    expect(unexplained(text)).toEqual([`${joined} (in several fields)`]);
  });

  it.each([
    ['that is planned', 'image:\n  registry: TARGET\n  namespace: acme\n  name: app\n  tag: v1'],
    ['with a name of its own', 'name: web\nregistry: TARGET\nrepository: acme/app\ntag: v1'],
    ['of a name with an owner', '- name: manager\n  repository: TARGET/acme/app\n  tag: v1'],
    ['of a container with an official name', '- name: manager\n  repository: TARGET/library/app\n  tag: v1'],
    ['of an object', 'registry: TARGET\nnamespace: org\nname: web\nreplicas: 1\nversion: v1'],
    ['without a tag', 'registry: TARGET\nnamespace: org\nname: web'],
    ['with an empty tag', 'image:\n  repository: TARGET/acme/bare\n  tag: ""'],
    ['to whose tag something is added', 'image:\n  repository: TARGET/acme/slim\n  tag: v1'],
    ['that is pulled by digest', 'image:\n  repository: TARGET/acme/pinned\n  tag: v1'],
    ['elsewhere than in kubeadm', 'local:\n  imageRepository: TARGET/acme\n  imageTag: v1'],
  ])('is harmless %s', (_, text) => {
    expect(unexplained(text)).toEqual([]);
  });
});
