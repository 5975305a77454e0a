import { ECR } from '@aws-sdk/client-ecr';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningServer } from '../../src/demo/registry-process.ts';
import { CONTROL_CASES } from '../support/ecr-control-cases.ts';
import { motoReason, startMoto } from '../support/moto.ts';
import { describeUnless } from '../support/tools.ts';

// its registry tokens have always expired, and it has neither a data plane nor ECR Public: calls of the API only
describeUnless(await motoReason(), 'moto, asked what our emulator is asked', () => {
  let moto: RunningServer | undefined;
  let ecr: ECR;

  beforeAll(async () => {
    moto = await startMoto();
    const credentials = { accessKeyId: 'tests', secretAccessKey: 'tests' };
    ecr = new ECR({ region: 'eu-central-1', endpoint: moto.url, credentials, maxAttempts: 1 });
  });
  afterAll(async () => {
    ecr.destroy();
    await moto?.stop();
  });

  for (const [index, { rule, source, observe, expected, moto: other }] of CONTROL_CASES.entries()) {
    const known = other === undefined ? '' : `, but ${other.because}`;
    it(`says the same: ${rule} (${source})${known}`, async () => {
      const name = `cases/number-${index}`;
      const seen = await observe({ ecr, name, layers: () => undefined });
      expect(seen).toEqual((other?.expected ?? expected)(name));
    });
  }
});
