import { describe, expect, it } from 'vitest';
import { checkedReferences, referenceName } from '../../../../src/domain/check/references.ts';
import type { ImageUse, UseRole } from '../../../../src/domain/images/image-use.ts';
import { parseReference, type Reference } from '../../../../src/domain/reference.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

function referenceTo(text: string): Reference {
  const reference = parseReference(text);
  if (reference === undefined) throw new Error(`${text} is no reference`);
  return reference;
}

function use(text: string, role: UseRole = 'image', reference = referenceTo(text)): ImageUse {
  return {
    text,
    reference,
    role,
    certainty: 'certain',
    why: undefined,
    place: 'container',
    template: 't',
    kind: 'Pod',
    name: 'x',
    path: text,
  };
}

describe('the references of a check', () => {
  it('stand once each, with all their places, in the order of the first', () => {
    const uses = [use('nginx:1'), use('r.example/b:1'), use('docker.io/library/nginx:1'), use('nginx:2')];
    expect(
      checkedReferences(uses).map(({ reference, uses: all }) => [
        referenceName(reference),
        all.map(({ text }) => text),
      ]),
    ).toEqual([
      ['docker.io/library/nginx:1', ['nginx:1', 'docker.io/library/nginx:1']],
      ['r.example/b:1', ['r.example/b:1']],
      ['docker.io/library/nginx:2', ['nginx:2']],
    ]);
  });

  it('keep tag and digest apart from either alone', () => {
    const uses = [use('r.example/a:1'), use(`r.example/a@${DIGEST}`), use(`r.example/a:1@${DIGEST}`)];
    expect(checkedReferences(uses)).toHaveLength(3);
  });

  it('are images, artifacts among them, and bases; nobody pulls an example', () => {
    const uses = [
      use('r.example/a:1', 'artifact'),
      use('r.example/b', 'base'),
      use('r.example/b', 'image'),
      use('r.example/c:1', 'example'),
    ];
    expect(checkedReferences(uses).map(({ role, reference }) => [role, reference.repository])).toEqual([
      ['image', 'a'],
      ['base', 'b'],
      ['image', 'b'],
    ]);
  });

  it('are named in full, a host alone by the host', () => {
    const host = { registry: 'quay.io', repository: '', tag: undefined, digest: undefined };
    expect(checkedReferences([use('quay.io', 'base', host)]).map(({ reference }) => referenceName(reference))).toEqual([
      'quay.io',
    ]);
  });
});
