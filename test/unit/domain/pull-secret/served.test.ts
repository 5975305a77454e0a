import { describe, expect, it } from 'vitest';
import { judgePullSecret } from '../../../../src/domain/pull-secret/served.ts';
import { account, documents, pod } from './sites.ts';

function judged(...texts: readonly string[]): { served: readonly string[]; unserved: readonly string[] } {
  const { served, unserved } = judgePullSecret(documents(...texts), 'web', new Map(), 'mine');
  return { served: served.map(({ site, by }) => `${site.name}: ${by}`), unserved: unserved.map(({ name }) => name) };
}

describe('the proof of a pull secret', () => {
  it('counts a pod that names exactly this secret, also among others', () => {
    const one = pod('a', 'imagePullSecrets: [{name: other}, {name: mine}]');
    expect(judged(one, pod('b', 'imagePullSecrets: [{name: mine-too}]'))).toEqual({
      served: ['a: itself'],
      unserved: ['b'],
    });
  });

  it('counts a pod without a list whose service account names it', () => {
    const served = ['a: service account'];
    expect(judged(pod('a', 'serviceAccountName: x'), account('x', 'mine'))).toEqual({ served, unserved: [] });
    expect(judged(pod('a'), account('default', 'mine'))).toEqual({ served, unserved: [] });
    expect(judged(pod('a', 'imagePullSecrets: []'), account('default', 'mine'))).toEqual({ served, unserved: [] });
  });

  it('does not count the service account for a pod with a list of its own: Kubernetes ignores it', () => {
    expect(judged(pod('a', 'imagePullSecrets: [{name: other}]'), account('default', 'mine')).unserved).toEqual(['a']);
    expect(judged(pod('a', 'imagePullSecrets: [{name: }]'), account('default', 'mine')).unserved).toEqual(['a']);
  });

  it('does not count a service account of another namespace', () => {
    const elsewhere = account('x', 'mine').replace('{name: x}', '{name: x, namespace: other}');
    expect(judged(pod('a', 'serviceAccountName: x'), elsewhere).unserved).toEqual(['a']);
  });
});
