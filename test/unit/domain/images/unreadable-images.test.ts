import { describe, expect, it } from 'vitest';
import { readRendered } from '../../../../src/domain/images/rendered-documents.ts';
import { unreadableImages } from '../../../../src/domain/images/unreadable-images.ts';

function bad(image: string, metadata = 'name: web'): readonly string[] {
  const spec = `spec: { template: { spec: { containers: [{ name: main, image: ${image} }] } } }`;
  const rendered = `---\n# Source: a/templates/d.yaml\napiVersion: apps/v1\nkind: Deployment\nmetadata: { ${metadata} }\n${spec}\n`;
  return unreadableImages(readRendered(rendered)).map(({ place, text }) => `${place} ${text}`);
}

describe('the image of a container is unreadable', () => {
  it.each([':1.0', '" "', 'true', '"false"', '"a b"'])('where it is %s', (image) => {
    expect(bad(image)).toEqual([`Deployment/web container main ${image.replaceAll('"', '')}`]);
  });

  it.each(['busybox', '"true:1"', 'quay.io/org/a:1'])('but not where it is %s', (image) => {
    expect(bad(image)).toEqual([]);
  });
});

describe('a blank that OpenShift fills with the image of a stream', () => {
  const SPOT = 'spec.template.spec.containers[0].image';

  function triggers(fieldPath: string, more = {}): string {
    const from = { kind: 'ImageStreamTag', name: 'web:1' };
    return `name: web, annotations: { image.openshift.io/triggers: '${JSON.stringify([{ from, fieldPath, ...more }])}' }`;
  }

  it.each([SPOT, 'spec.template.spec.containers[?(@.name=="main")].image'])('is no unreadable image: %s', (path) => {
    expect(bad('" "', triggers(path))).toEqual([]);
    expect(bad('"a b"', triggers(path))).toHaveLength(1);
  });

  it.each([
    SPOT.replace('0', '1'),
    SPOT.replace('containers', 'initContainers'),
    'spec.template.spec.containers[?(@.name=="other")].image',
    SPOT.replace('image', 'name'),
  ])('is one where another is filled: %s', (path) => {
    expect(bad('" "', triggers(path))).toHaveLength(1);
  });

  it('is one where nothing is filled today', () => {
    expect(bad('" "', triggers(SPOT, { paused: true }))).toHaveLength(1);
    expect(bad('" "', 'name: web, annotations: { image.openshift.io/triggers: "containers[0].image" }')).toHaveLength(
      1,
    );
  });

  it('is none in a list, by the object that it is in', () => {
    const item = (metadata: string): string =>
      `{ apiVersion: apps/v1, kind: Deployment, metadata: { ${metadata} }, spec: { template: { spec: { containers: [{ name: main, image: " " }] } } } }`;
    const list = (first: string, second: string, own = ''): number =>
      unreadableImages(
        readRendered(
          `---\n# Source: a/templates/d.yaml\napiVersion: v1\nkind: List\nmetadata: { ${own} }\nitems: [${item(first)}, ${item(second)}]\n`,
        ),
      ).length;
    expect(list(triggers(SPOT), triggers(SPOT))).toBe(0);
    expect(list(triggers(SPOT), 'name: other')).toBe(1);
    expect(list('name: a', 'name: b', triggers(SPOT))).toBe(2);
  });
});
