import { expect, it } from 'vitest';
import type { Digest } from '../../../src/domain/reference.ts';
import { releasing } from '../../../src/pipeline/release-manifests.ts';
import { addonOf, anyDigest, chartOf, imageOf, portsOf, runOf } from './runs.ts';

it('lets go of a manifest when the last image that has it is done, and once', () => {
  const released: Digest[][] = [];
  const ports = { ...portsOf({}), releaseManifests: (digests: readonly Digest[]) => released.push([...digests]) };
  const run = runOf([addonOf('one')], {}, ports);
  const chart = chartOf(run.releases);
  const [own, shared] = [anyDigest('own'), anyDigest('shared')];
  const image = (name: string, digests: readonly Digest[]) =>
    imageOf(name, chart, {
      manifests: digests.map((digest) => ({ digest, size: 1 })),
      state: { kind: 'cleared', decision: { kind: 'copy', replaces: undefined }, digest: own, bytes: 1 },
    });
  const [first, second] = [image('first', [own, shared]), image('second', [shared])];
  run.charts = [chart];
  run.images = [first, second];
  const done = releasing(run);
  done(first);
  expect(released).toEqual([[own]]);
  done(first);
  done(second);
  expect(released).toEqual([[own], [shared]]);
});
