import { describe, expect, it } from 'vitest';
import { allowedRegistry } from '../../../../src/domain/check/allowed.ts';
import { type ManifestText, readTexts } from '../../../../src/domain/check/manifest-texts.ts';
import { mentionsIn } from '../../../../src/domain/check/mentions.ts';
import { findImages } from '../../../../src/domain/images/find.ts';
import { base64 } from '../images/rendered.ts';

/** `template:line text` for every mention. */
function mentions(texts: string | readonly ManifestText[], ...allowed: readonly string[]): readonly string[] {
  const all = typeof texts === 'string' ? [{ file: 'a.yaml', text: texts }] : texts;
  const { documents } = readTexts(all);
  const registries = (allowed.length === 0 ? ['r.example/platform'] : allowed).map(allowedRegistry);
  const hosts = registries.map(({ host }) => host);
  const { uses } = findImages(documents, hosts);
  return mentionsIn({ texts: all, documents, uses, allowed: registries }).map(
    ({ template, line, text }) => `${template}:${line} ${text}`,
  );
}

function pod(image: string, more = ''): string {
  return `apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  containers:\n    - name: a\n      image: ${image}\n${more}`;
}

function configMap(value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n  a: ${JSON.stringify(value)}\n`;
}

function secret(value: string): string {
  return `apiVersion: v1\nkind: Secret\nmetadata: { name: a }\nstringData:\n  a: ${JSON.stringify(value)}\n`;
}

// what no finder takes for a reference: the host is followed by something else
const ODD = 'mirror=quay.io;x';

describe('mentions', () => {
  it('are hosts of registries at places where no reference was found, with template and line', () => {
    const label = pod('r.example/platform/a:1').replace('{ name: a }', '{ name: a, labels: { from: quay.io } }');
    expect(mentions(label)).toEqual(['a.yaml:3 quay.io']);
    const text = `---\n# Source: web/templates/a.yaml\n${pod('r.example/platform/a:1')}---\n# Source: web/templates/b.yaml\n${label}`;
    expect(mentions([{ file: '', text }])).toEqual(['web/templates/b.yaml:14 quay.io']);
  });

  it('are no references that were found, be they inside or outside, whole or split', () => {
    expect(mentions(pod('quay.io/org/a:1'))).toEqual([]);
    expect(mentions(pod('r.example/platform/a:1'))).toEqual([]);
    const split = `apiVersion: e.dev/v1\nkind: W\nmetadata: { name: a }\nspec:\n  image:\n    registry: quay.io\n    repository: org/a\n    tag: "1"\n`;
    expect(mentions(split)).toEqual([]);
  });

  it('are not hidden by a reference that begins alike', () => {
    const label = pod('quay.io/org/a:1').replace('{ name: a }', '{ name: a, labels: { from: quay.io } }');
    expect(mentions(label)).toEqual(['a.yaml:3 quay.io']);
  });

  it('are none of an allowed registry, of which there may be several', () => {
    const labels = '{ name: a, labels: { a: quay.io, b: ghcr.io, c: gcr.io } }';
    const text = pod('quay.io/org/a:1').replace('{ name: a }', labels);
    expect(mentions(text, 'quay.io/org')).toEqual(['a.yaml:3 ghcr.io', 'a.yaml:3 gcr.io']);
    expect(mentions(text, 'r.example', 'ghcr.io', 'quay.io')).toEqual(['a.yaml:3 gcr.io']);
  });

  it('are none in comments and in addresses of web pages', () => {
    expect(mentions(`# from quay.io\n${configMap('see https://quay.io/repository/a')}`)).toEqual([]);
  });

  it('never show more than the host of a secret', () => {
    const text = `${secret('oci://bob:hunter2@quay.io/org/hunter3?token=hunter4')}---\n${secret('a/admin:hunter5')}`;
    const encoded = `apiVersion: v1\nkind: Secret\nmetadata: { name: a }\ndata:\n  a: ${base64('oci://bob:hunter6@quay.io/hunter7?x=hunter8')}\n`;
    const json = JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, stringData: { a: ODD } });
    const found = mentions(`${text}---\n${encoded}---\n${json}\n`);
    expect(found.length).toBeGreaterThan(2);
    expect(found.join('\n')).not.toMatch(/hunter|bob|admin|mirror/);
    expect(found).toContain('a.yaml:5 quay.io');
    expect(found).toContain('a.yaml:11 a reference in secret data');
    expect(found).toContain('a.yaml:17 quay.io (in base64)');
  });

  it('show no query of an address, be it in a secret or not', () => {
    expect(mentions(configMap('oci://bob:pass@quay.io/org?token=hunter2')).join()).not.toMatch(/hunter2|bob|pass/);
  });
});
