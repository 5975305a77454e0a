import { describe, expect, it } from 'vitest';
import { USE_RULES } from '../../../../src/domain/images/use-rules.ts';
import { foundInConfigMap, foundInObject } from './found.ts';
import { base64, configMapData, configMapText, customResource, usesIn } from './rendered.ts';

const COMMANDS = 'org/tool:v1.2.0:\n  cmd: [tool]\nalpine:3.18:\n  cmd: [sh]\n';

describe('a key of a map', () => {
  it.each([
    ['below an image field', 'spec: {images: {"org/tool:1": {cmd: [tool]}}}', 'org/tool:1'],
    ['below an image field, of one word', 'spec: {images: {"alpine:3.18": {cmd: [sh]}}}', 'alpine:3.18'],
    ['with a registry', 'spec: {commands: {"registry.acme.test/org/tool:1": [run]}}', 'registry.acme.test/org/tool:1'],
    ['by its form', 'spec: {commands: {"org/tool:1.2": [run]}}', 'org/tool:1.2'],
    [
      'with a digest',
      `spec: {commands: {"quay.io/org/tool@sha256:${'a'.repeat(64)}": [run]}}`,
      `quay.io/org/tool@sha256:${'a'.repeat(64)}`,
    ],
  ])('is an image %s', (_, yaml, text) => {
    expect(foundInObject(yaml)).toMatchObject([{ text, ...USE_RULES.asKey }]);
  });

  it.each([
    ['without a tag', 'spec: {commands: {"quay.io/org/tool": [run]}}'],
    ['without a tag, of a host with a port', 'spec: {images: {"registry.acme.test:5000/org/tool": {cmd: [x]}}}'],
    ['of one word elsewhere', 'spec: {commands: {"alpine:3.18": [sh]}}'],
    ['that is a port', 'spec: {images: {"store:5000": x}}'],
    ['that is an API', 'spec: {kinds: {"example.dev/v1:Kind": x}}'],
    ['that is a service', 'spec: {tcp: {"default/svc:8080": x}}'],
    ['that has more than that', 'spec: {texts: {"run quay.io/org/tool:1": x}}'],
  ])('is none %s', (_, yaml) => {
    expect(foundInObject(yaml)).toEqual([]);
  });

  it('is what else it may be', () => {
    const found = foundInObject('spec: {rules: {"ghcr.io/falcosecurity/rules/falco-rules:4": x}}');
    expect(found).toMatchObject([{ role: 'artifact' }]);
  });

  it('is found in the text of a ConfigMap, whose own key may say that it is about images', () => {
    expect(foundInConfigMap({ images: COMMANDS }).map(({ text }) => text)).toEqual(['org/tool:v1.2.0', 'alpine:3.18']);
    const inner = foundInConfigMap({ 'a.json': JSON.stringify({ images: { 'org/tool:1': { cmd: ['x'] } } }) });
    expect(inner).toMatchObject([{ text: 'org/tool:1', ...USE_RULES.asKey }]);
  });

  it('is found in base64', () => {
    const texts = usesIn(configMapData({ spec: base64(`images:\n  ${COMMANDS.replace(/\n/g, '\n  ')}`) }));
    expect(texts.map(({ text }) => text)).toEqual(['org/tool:v1.2.0', 'alpine:3.18']);
  });

  it('has one place with the others of its map, and so has what its value names, wherever they are moved to', () => {
    const page = (a: string, b: string): string =>
      customResource(`images:\n  ${a}: {init: "ghcr.io/org/init:1"}\n  ${b}: {cmd: [x]}`);
    const places = (text: string): readonly string[] => usesIn(text, ['r.test']).map(({ path }) => path);
    const before = places(page('org/tool:1', 'quay.io/org/side:2'));
    expect(before).toEqual(['spec.images."(key)"', 'spec.images."(key)".init', 'spec.images."(key)"']);
    expect(places(page('r.test/org/tool:1', 'r.test/org/side:2'))).toEqual(before);
  });
});

describe('a list in a ConfigMap whose key says image', () => {
  it('is one of images', () => {
    const uses = usesIn(configMapText('- org/a:1\n- org/b:2\n').replace('settings.conf', 'images'));
    expect(uses.map(({ text }) => text)).toEqual(['org/a:1', 'org/b:2']);
  });
});
