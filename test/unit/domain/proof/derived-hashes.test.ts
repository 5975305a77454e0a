import { describe, expect, it } from 'vitest';
import { DERIVED_HASH } from '../../../../src/domain/proof/derived-hashes.ts';
import { otherChanges } from '../../../../src/domain/proof/other-changes.ts';

const [OLD, NEW] = ['926b7de3fe', '3c15369401'];

function document(text: string, template = 'web/templates/a.yaml'): string {
  return `---\n# Source: ${template}\n${text}\n`;
}

/** The residue as `expected -> found`, and what was explained. */
function compared(original: string, relocated: string) {
  const { residue, explained } = otherChanges({ once: original, again: original }, relocated, {
    ...{ before: ['quay.io/org/app:1'], planned: ['r.test/m/org/app:1'], parts: ['r.test'] },
  });
  return {
    explained,
    residue: residue.map(({ expected, found }) => `${expected ?? '-'} -> ${found ?? '-'}`),
  };
}

function renamed(text: string): string {
  return text.replaceAll(OLD, NEW);
}

const JOB = [
  'kind: Job',
  'metadata:',
  `  name: web-init-${OLD}`,
  '  labels:',
  `    job-name: "web-init-${OLD}"`,
  `    hash: ${OLD}`,
].join('\n');

describe('a hash that follows what moved', () => {
  it('may differ in a name, in labels and where the name is meant', () => {
    const text = document(JOB) + document(`args:\n  - --for=job/web-init-${OLD}`, 'web/templates/b.yaml');
    expect(compared(text, renamed(text))).toEqual({ residue: [], explained: { [DERIVED_HASH]: 4 } });
  });

  it('may differ beside another one', () => {
    const text = document(`${JOB}\n---\n${JOB.replaceAll(OLD, 'aaa111')}`);
    const relocated = renamed(text).replaceAll('aaa111', 'bbb222');
    expect(compared(text, relocated)).toEqual({ residue: [], explained: { [DERIVED_HASH]: 6 } });
  });

  it.each<[string, string, string]>([
    ['the name of nothing in the render', `secretName: creds-${OLD}`, `secretName: creds-${NEW}`],
    ['no name and no label', `token: ${OLD}`, `token: ${NEW}`],
    ['a number', 'metadata:\n  name: web-100065', 'metadata:\n  name: web-100066'],
    ['a word', 'metadata:\n  name: web-facade', 'metadata:\n  name: web-decade'],
    ['of another length', 'metadata:\n  name: web-a1b2c3', 'metadata:\n  name: web-a1b2c3d4'],
    ['shorter than a hash', 'metadata:\n  name: web-a1b2c', 'metadata:\n  name: web-a1b2d'],
    ['a part of a word', 'metadata:\n  name: webxa1b2c3', 'metadata:\n  name: webxa1b2c4'],
    ['not all that differs', `metadata:\n  name: web-${OLD}-a`, `metadata:\n  name: web-${NEW}-b`],
  ])('is not %s', (_, before, after) => {
    const [old, now] = [before, after].map((text) => text.split('\n').at(-1)?.trim());
    expect(compared(document(before), document(after))).toEqual({ residue: [`${old} -> ${now}`], explained: {} });
  });

  it('must not stay anywhere, since what is meant there is gone', () => {
    const use = document(`secretName: web-init-${OLD}`, 'web/templates/b.yaml');
    const { residue, explained } = compared(document(JOB) + use, document(renamed(JOB)) + use);
    expect([residue.length, explained]).toEqual([3, {}]);
  });

  it('must not stay in encoded text either', () => {
    const use = `data: ${Buffer.from(`wait for web-init-${OLD} to end`).toString('base64')}`;
    expect(compared(document(`${JOB}\n${use}`), document(`${renamed(JOB)}\n${use}`)).residue).toHaveLength(3);
  });

  it('must become the same one throughout', () => {
    const other = document(`metadata:\n  name: two-${OLD}`, 'web/templates/b.yaml');
    const relocated = document(renamed(JOB)) + other.replaceAll(OLD, 'ffff000011');
    expect(compared(document(JOB) + other, relocated).residue).toHaveLength(4);
  });

  it('must be one hash for one', () => {
    const other = (hash: string) => document(`metadata:\n  name: two-${hash}`, 'web/templates/b.yaml');
    expect(compared(document(JOB) + other('ffff000011'), document(renamed(JOB)) + other(NEW)).residue).toHaveLength(4);
  });
});
