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

  it('but not where it is a blank that OpenShift fills with the image of a stream', () => {
    const trigger = `[{"from":{"kind":"ImageStreamTag","name":"web:1"},"fieldPath":"spec.template.spec.containers[0].image"}]`;
    const metadata = `name: web, annotations: { image.openshift.io/triggers: '${trigger}' }`;
    expect(bad('" "', metadata)).toEqual([]);
    expect(bad(':1.0', metadata)).toHaveLength(1);
  });
});
