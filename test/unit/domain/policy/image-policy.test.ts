import { describe, expect, it } from 'vitest';
import {
  type ImagePolicy,
  signatureDuty,
  sizeViolation,
  violationOf,
} from '../../../../src/domain/policy/image-policy.ts';
import { parseReference, type Reference } from '../../../../src/domain/reference.ts';

const NOTHING: ImagePolicy = { allowedRegistries: null, refused: [], requireSignatures: null, largestImage: null };

function reference(text: string): Reference {
  const found = parseReference(text);
  if (found === undefined) throw new Error(`${text} is no reference`);
  return found;
}

describe('a policy', () => {
  it('that says nothing allows everything', () => {
    expect(violationOf(reference('nginx'), NOTHING)).toBeUndefined();
    expect(sizeViolation(reference('nginx'), 1e12, NOTHING)).toBeUndefined();
  });

  it.each([
    ['quay.io/a/b:1', undefined],
    ['nginx:1', 'policy.allowedRegistries: docker.io/library/nginx:1 comes from docker.io, which is not allowed'],
    [
      'evil-quay.io/a/b:1',
      'policy.allowedRegistries: evil-quay.io/a/b:1 comes from evil-quay.io, which is not allowed',
    ],
    ['1.dkr.ecr.eu-central-1.amazonaws.com/a:1', undefined],
  ])('allows registries by name or pattern: %s', (text, expected) => {
    const policy = { ...NOTHING, allowedRegistries: ['quay.io', '*.dkr.ecr.eu-central-1.amazonaws.com'] };
    const found = violationOf(reference(text), policy);
    expect(found === undefined ? undefined : `${found.rule}: ${found.what}`).toBe(expected);
  });

  it('refuses references, also by tag beside a digest, and repeats the reason', () => {
    const refused = [
      { match: '*:latest', reason: null },
      { match: 'docker.io/bitnami/*', reason: 'moved to another place' },
    ];
    const policy = { ...NOTHING, refused };
    const digest = `sha256:${'0'.repeat(64)}`;
    expect(violationOf(reference(`quay.io/a/b:latest@${digest}`), policy)).toEqual({
      rule: 'policy.refused "*:latest"',
      what: 'quay.io/a/b:latest is refused',
    });
    expect(violationOf(reference('bitnami/redis:7'), policy)?.what).toBe(
      'docker.io/bitnami/redis:7 is refused: moved to another place',
    );
    expect(violationOf(reference(`quay.io/a/b@${digest}`), policy)).toBeUndefined();
  });

  it.each([
    ['*:latest', 'redis', true],
    ['docker.io/library/redis:*', 'redis', true],
    ['docker.io/library/redis', 'redis', true],
    ['docker.io/library/redis*', 'redis', true],
    ['docker.io/library/redis', 'redis:latest', false],
    ['docker.io/library/redis:7*', 'redis', false],
    ['*:latest', `redis@sha256:${'0'.repeat(64)}`, false],
  ])('compares %s with %s also as latest where that is what is fetched', (match, text, expected) => {
    const policy = { ...NOTHING, refused: [{ match, reason: null }], requireSignatures: [match] };
    const source = reference(text);
    const { rule } = signatureDuty(source, policy) ?? {};
    expect([violationOf(source, policy)?.rule, rule]).toEqual(
      expected
        ? [`policy.refused ${JSON.stringify(match)}`, `policy.requireSignatures ${JSON.stringify(match)}`]
        : [undefined, undefined],
    );
  });

  it('bounds the size', () => {
    const policy = { ...NOTHING, largestImage: 1000 };
    expect(sizeViolation(reference('nginx:1'), 1000, policy)).toBeUndefined();
    expect(sizeViolation(reference('nginx:1'), 1001, policy)).toEqual({
      rule: 'policy.largestImage',
      what: 'docker.io/library/nginx:1 has 1.0 kB, more than 1.0 kB',
    });
  });

  it('wants signatures of those it names, or of all where it names none', () => {
    const policy = { ...NOTHING, requireSignatures: ['registry.k8s.io/*'] };
    const rule = 'policy.requireSignatures "registry.k8s.io/*"';
    expect(signatureDuty(reference('registry.k8s.io/pause:3'), policy)).toEqual({ rule });
    expect(signatureDuty(reference('nginx'), policy)).toBeUndefined();
    expect([signatureDuty(reference('nginx'), NOTHING), signatureDuty(reference('nginx'), undefined)]).toEqual([
      { rule: null },
      { rule: null },
    ]);
  });
});
