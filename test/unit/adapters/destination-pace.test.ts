import { describe, expect, it } from 'vitest';
import { createDestinationPace } from '../../../src/adapters/destination-pace.ts';
import type { Clock } from '../../../src/adapters/http-retry.ts';
import type { NetworkSettings } from '../../../src/domain/network.ts';

const PRIVATE = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
const SETTINGS: NetworkSettings = {
  hosts: new Map(),
  plainHttpHosts: [],
  plainHttpLoopback: false,
  caFile: undefined,
  mirrors: [],
};
const UPLOAD = new URL('https://example.com/upload');

/** A clock that stands still, and remembers what it was asked to sleep. */
function standing(): { readonly clock: Clock; readonly slept: number[] } {
  const slept: number[] = [];
  const clock: Clock = {
    now: () => 0,
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
    },
    random: () => 0,
  };
  return { clock, slept };
}

async function turns(count: number, ...[registry, method, target]: Parameters<Pace>): Promise<readonly number[]> {
  const { clock, slept } = standing();
  const pace = createDestinationPace(SETTINGS, clock);
  const { signal } = new AbortController();
  for (let turn = 0; turn < count; turn += 1) await pace.turn(registry, method, target, signal);
  return slept;
}

type Pace = (registry: string, method: 'GET' | 'PUT' | 'POST' | 'PATCH', target: string | URL) => void;

describe('writes to Amazon ECR', () => {
  it('are eight manifests a second, evenly spread', async () => {
    expect(await turns(4, PRIVATE, 'PUT', 'manifests/1')).toEqual([125, 250, 375]);
    expect(await turns(3, 'public.ecr.aws', 'PUT', 'manifests/1')).toEqual([125, 250]);
  });

  it('are eighty uploads a second in a private registry, and eight in the public one', async () => {
    expect(await turns(3, PRIVATE, 'POST', 'blobs/uploads/')).toEqual([12.5, 25]);
    expect(await turns(3, PRIVATE, 'PUT', UPLOAD)).toEqual([12.5, 25]);
    expect(await turns(3, 'public.ecr.aws', 'POST', 'blobs/uploads/')).toEqual([125, 250]);
  });

  it('are counted by kind and registry', async () => {
    const { clock, slept } = standing();
    const pace = createDestinationPace(SETTINGS, clock);
    const { signal } = new AbortController();
    await pace.turn(PRIVATE, 'PUT', 'manifests/1', signal);
    await pace.turn(PRIVATE, 'PUT', UPLOAD, signal);
    await pace.turn(PRIVATE.replace('eu-central', 'us-east'), 'PUT', 'manifests/1', signal);
    expect(slept).toEqual([]);
  });

  it('are not held back when they are not counted', async () => {
    expect(await turns(20, PRIVATE, 'GET', 'manifests/1')).toEqual([]);
    expect(await turns(20, PRIVATE, 'PATCH', UPLOAD)).toEqual([]);
    expect(await turns(20, 'registry.example.com', 'PUT', 'manifests/1')).toEqual([]);
  });
});
