import type { ECR } from '@aws-sdk/client-ecr';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { contentsOf, type EcrContents } from '../support/ecr-contents.ts';
import { ecrClient } from '../support/ecr-control-api.ts';
import { CONTROL_CASES } from '../support/ecr-control-cases.ts';
import { type EcrLoopback, startEcrLoopback } from '../support/ecr-loopback.ts';

let world: EcrLoopback;
let contents: EcrContents;
let ecr: ECR;

beforeAll(async () => {
  world = await startEcrLoopback();
  contents = contentsOf(world.ecr);
  ecr = ecrClient(world.url, world.ecr.principal);
});
afterEach(() => {
  expect(world.ecr.defects()).toEqual([]);
});
afterAll(async () => {
  ecr.destroy();
  await world.stop();
});

describe('the API of the emulator, by the cases that moto is asked too', () => {
  for (const [index, { rule, source, observe, expected }] of CONTROL_CASES.entries()) {
    it(`${rule} (${source})`, async () => {
      const name = `cases/number-${index}`;
      const seen = await observe({
        ecr,
        name,
        layers(repository, { blobs }) {
          for (const { digest, bytes } of blobs) contents.repository(repository).blobs.set(digest, bytes);
        },
      });
      expect(seen).toEqual(expected(name));
    });
  }
});
