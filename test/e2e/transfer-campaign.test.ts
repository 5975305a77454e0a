import { describe, expect, it } from 'vitest';
import { campaignText, runCampaign } from '../support/campaign.ts';
import { describeWith } from '../support/tools.ts';

const SEED = process.env.TEST_SEED ?? 'transfer';

/** Seeds that ever failed. */
const FAILED: readonly string[] = ['winter-116'];

describeWith(['registry', 'helm'], 'copies through trouble', () => {
  describe('of all kinds, killed now and then', () => {
    it(`end whole, and no run says more than is there (TEST_SEED=${SEED})`, { timeout: 600_000 }, async () => {
      const campaign = await runCampaign([...FAILED, ...Array.from({ length: 4 }, (_, n) => `${SEED}-${n}`)]);
      process.stdout.write(`${campaignText(campaign)}\n`);
      // else the small bounds are none
      if (campaign.scenarios.some(({ isSmall }) => isSmall)) expect(campaign.chunks).toBeGreaterThan(0);
      expect(campaign.scenarios.flatMap(({ seed, wrong }) => wrong.map((one) => `${seed}: ${one}`))).toEqual([]);
    });
  });
});
