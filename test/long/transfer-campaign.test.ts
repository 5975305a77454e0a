import { expect, it } from 'vitest';
import { type Campaign, campaignText, runCampaign } from '../support/campaign.ts';
import { describeWith } from '../support/tools.ts';

const SEED = process.env.TEST_SEED ?? `long-${Date.now()}`;
const SCENARIOS = Number(process.env.TEST_SCENARIOS ?? 100);
const SIDE_BY_SIDE = 3;

function joined(parts: readonly Campaign[]): Campaign {
  const troubles = new Map<Parameters<Campaign['troubles']['get']>[0], number>();
  for (const part of parts)
    for (const [trouble, count] of part.troubles) troubles.set(trouble, (troubles.get(trouble) ?? 0) + count);
  return {
    scenarios: parts.flatMap(({ scenarios }) => scenarios),
    runs: parts.reduce((sum, { runs }) => sum + runs, 0),
    kills: parts.reduce((sum, { kills }) => sum + kills, 0),
    chunks: parts.reduce((sum, { chunks }) => sum + chunks, 0),
    fullDisks: parts.reduce((sum, { fullDisks }) => sum + fullDisks, 0),
    troubles,
  };
}

describeWith(['registry', 'helm'], 'a long campaign', () => {
  it(`ends every scenario whole (TEST_SEED=${SEED}, TEST_SCENARIOS=${SCENARIOS})`, { timeout: 3_600_000 }, async () => {
    const seeds = Array.from({ length: SCENARIOS }, (_, n) => `${SEED}-${n}`);
    const parts = Array.from({ length: SIDE_BY_SIDE }, (_, part) =>
      runCampaign(seeds.filter((_seed, index) => index % SIDE_BY_SIDE === part)),
    );
    const campaign = joined(await Promise.all(parts));
    process.stdout.write(`${campaignText(campaign)}\n`);
    expect(campaign.scenarios.flatMap(({ seed, wrong }) => wrong.map((one) => `${seed}: ${one}`))).toEqual([]);
  });
});
