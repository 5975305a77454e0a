import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Outcome, startWorld, type World } from '../support/e2e-world.ts';
import { REFUSED_CASES, type RefusedCase } from '../support/refused-cases.ts';
import { describeWith } from '../support/tools.ts';
import { readDocument } from '../unit/docs/documents.ts';

const MINUTES = 60_000;
const NAMED = REFUSED_CASES.map((one) => [one.name, one] as const);

describeWith(['helm', 'crane', 'registry'], 'refused cases', () => {
  let world: World;
  let outcome: Outcome;

  const told = (text: string | null): string => (text ?? '').replaceAll(`${world.proxy.host}/refused`, 'target');

  beforeAll(async () => {
    world = await startWorld();
    for (const { name, parts } of REFUSED_CASES) await world.publish(name, parts);
    const entries = REFUSED_CASES.map(({ name }) => ({ chart: name, version: '1.0.0' }));
    outcome = await world.mirror('refused', entries, ['--scan-only']);
  }, 4 * MINUTES);

  afterAll(async () => world?.stop());

  it('end the run with exit code 1', () => {
    expect(outcome.code, outcome.stderr).toBe(1);
  });

  describe.each(NAMED)('%s', (name, one: RefusedCase) => {
    it('is not proven, for this reason and no other', () => {
      const { proof, status, error } = outcome.row(name);
      expect(error?.code).toBe('NOT_PROVEN');
      expect([status, proof.state]).toEqual(['not-proven', 'not-proven']);
      expect(proof.unexplained.map(({ text }) => told(text))).toEqual(one.unexplained);
      expect(proof.residue.map(({ found }) => told(found))).toEqual(one.residue ?? []);
    });
  });

  it('are in the table of the documents', () => {
    const shown = (texts: readonly string[]): string => texts.map((text) => `\`${text}\``).join(', ');
    const rows = REFUSED_CASES.map(
      ({ name, what, unexplained, residue = [] }) => `| ${name} | ${what} | ${shown([...unexplained, ...residue])} |`,
    );
    expect(readDocument('docs/hard-cases.md').text).toContain(rows.join('\n'));
  });
});
