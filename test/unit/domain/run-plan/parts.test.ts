import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/domain/manifest.ts';
import { joinReports } from '../../../../src/domain/run-plan/join-reports.ts';
import { releaseDigest } from '../../../../src/domain/run-plan/release-digest.ts';
import { readsLeft, requestsFor, shortage } from '../../../../src/domain/run-plan/requests.ts';
import { digestOfPlan, sealed } from '../../../../src/domain/run-plan/seal.ts';
import { planOptions, withPlanOptions } from '../../../../src/pipeline/run-plan/plan-options.ts';
import type { MirrorOptions } from '../../../../src/pipeline/run-settings.ts';
import { makeKey, policyOf } from '../../../support/made-signatures.ts';
import { MIRROR_OPTIONS } from '../../../support/mirror-options.ts';
import { imageRow, sampleReport } from '../../docs/sample-report.ts';
import { addonOf } from '../../pipeline/runs.ts';
import { plannedImage, planOf } from './plans.ts';

describe('the digest of a plan', () => {
  it('is that of what it says, whatever the order of its keys', () => {
    const plan = planOf({ images: [plannedImage('a')] });
    expect(digestOfPlan(plan)).toBe(plan.digest);
    const { version, ...rest } = plan;
    expect(digestOfPlan({ ...rest, version })).toBe(plan.digest);
    expect(digestOfPlan({ ...plan, complete: false })).not.toBe(plan.digest);
    expect(sealed(planOf({ images: [plannedImage('b')] })).digest).not.toBe(plan.digest);
  });
});

describe('the digest of a release', () => {
  const own = addonOf('a', { layers: [{ origin: 'inline', name: 'x', text: 'a: 1\n' }] });

  it('does not depend on where it is written', () => {
    const moved = { ...own, places: [], layers: own.layers.map((layer) => ({ ...layer, name: 'elsewhere' })) };
    expect(releaseDigest(moved)).toBe(releaseDigest(own));
    const local = (path: string) => releaseDigest({ ...own, source: { kind: 'local', path, chart: 'web' } });
    expect(local('/a/web')).toBe(local('/b/web'));
  });

  it('depends on everything else that is said of it', () => {
    const others = [
      { version: { kind: 'newest', asked: '--latest' } },
      { layers: [{ origin: 'inline', name: 'x', text: 'a: 2\n' }] },
      { namespace: 'other' },
      { kubeVersion: '1.30.0' },
      { platforms: [{ os: 'linux', architecture: 'amd64', variant: undefined }] },
    ] as const;
    const digests = others.map((parts) => releaseDigest({ ...own, ...parts }));
    expect(new Set([releaseDigest(own), ...digests]).size).toBe(others.length + 1);
  });
});

describe('the options of a plan', () => {
  it('make a run with the same options, whatever its own are', () => {
    const chosen: MirrorOptions = {
      ...MIRROR_OPTIONS,
      ...{
        includeDependencies: false,
        pinDigests: true,
        switches: false,
        images: 'all',
        artifacts: 'none',
        signatures: policyOf([makeKey()]),
        chartVersionSuffix: '+m.2',
      },
      naming: { registry: 'r.example.com/a', prefix: 'p', imagePath: 'host' },
      platform: { os: 'linux', architecture: 'arm64', variant: undefined },
      pullSecret: { name: 'pull', inChart: true },
      existing: { ...MIRROR_OPTIONS.existing, skipExisting: false, verifyDigest: false, overwrite: true },
      repositories: { rules: [], applySettings: true },
    };
    expect(withPlanOptions(MIRROR_OPTIONS, planOptions(chosen))).toEqual(chosen);
    expect(withPlanOptions(chosen, planOptions(MIRROR_OPTIONS))).toEqual(MIRROR_OPTIONS);
  });
});

describe('the requests of a plan', () => {
  const quota = { limit: 100, remaining: 2, seconds: 21_600 };
  const facts = { quotaOf: () => quota, otherReads: new Map([['quay.io', 1]]), unsure: new Set<string>() };

  it('count each manifest once, images that were not read as one, and other reads', () => {
    const same = plannedImage('b', {}, { contents: plannedImage('a').contents });
    const unread = plannedImage('c', {}, { contents: null, bytes: null });
    const there = plannedImage('d', {}, { decision: 'present' });
    const [row] = requestsFor([plannedImage('a'), same, unread, there], facts);
    expect(row).toEqual({ registry: 'quay.io', manifests: 3, exact: false, kept: 2, quota });
  });

  it('are no more than the least where artifacts could not be looked for', () => {
    const unsure = new Set(['quay.io', 'ghcr.io']);
    const rows = requestsFor([plannedImage('a')], { ...facts, unsure });
    expect(rows.map(({ registry, manifests, exact }) => [registry, manifests, exact])).toEqual([
      ['ghcr.io', 0, false],
      ['quay.io', 2, false],
    ]);
  });

  it.each([
    [{ manifests: 2, kept: 0 }, 'none'],
    [{ manifests: 3, kept: 1 }, 'without-kept'],
    [{ manifests: 3, kept: 0 }, 'short'],
  ] as const)('are held against the quota: %j %s', (counts, word) => {
    const row = { registry: 'docker.io', exact: true, quota, ...counts };
    expect(shortage(row)).toBe(word);
    expect(readsLeft(row)).toBe(counts.manifests - counts.kept);
    expect(shortage({ ...row, quota: null })).toBe('none');
  });
});

describe('the reports of shards', () => {
  const REPORT = sampleReport([], []);
  const sample = imageRow('present');
  const digest = digestOf('a');
  const there = { ...sample, status: 'present', digest, bytes: null, error: null, reason: null } as const;
  const whole = { ...REPORT, images: [there], totals: { ...REPORT.totals, images: { present: 1 }, bytesCopied: 0 } };

  it('tell what was copied, of what is there', () => {
    const copied = {
      ...whole,
      images: [{ ...there, status: 'copied' as const, bytes: 7 }],
      totals: { ...whole.totals, bytesCopied: 5 },
    };
    const joined = joinReports(whole, [copied]);
    expect(joined.images).toEqual([{ ...there, status: 'copied', bytes: 7 }]);
    expect(joined.totals).toMatchObject({ images: { copied: 1 }, bytesCopied: 5 });
  });

  it('are not believed where something else is there', () => {
    const other = { ...whole, images: [{ ...there, status: 'copied' as const, digest: digestOf('b') }] };
    expect(joinReports(whole, [other]).images).toEqual([there]);
    const missing = { ...whole, images: [{ ...there, status: 'unfinished' as const }] };
    expect(joinReports(missing, [{ ...whole, images: [{ ...there, status: 'copied' as const }] }]).images).toEqual(
      missing.images,
    );
  });
});
