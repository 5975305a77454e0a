import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { mirrorFlags } from './e2e-machine.ts';
import { splitFull } from './e2e-registry.ts';
import type { EcrCall } from './ecr-gate.ts';
import { type EcrOutcome, type EcrRuns, startEcrRuns } from './ecr-run-world.ts';
import type { LoopbackSources } from './loopback-sources.ts';
import { ROOT, serveSharedCharts, sharedChartsReason } from './shared-charts.ts';
import { describeUnless, skipReason } from './tools.ts';
import { valuesInputReason } from './values-inputs.ts';

const INPUTS = join(ROOT, '..', 'shared', 'inputs');
const CATALOG = join(INPUTS, 'public-addons.catalog.yaml');
const MINUTES = 60_000;

const LIFECYCLE = {
  rules: [
    {
      rulePriority: 1,
      description: 'nothing without a tag for more than two weeks',
      selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14 },
      action: { type: 'expire' },
    },
  ],
};
/** Charts and images are on both sides: by their first letter, and images by the depth of their paths. */
const CONFIG = {
  repositories: [
    { match: 'mirror/k*', tagMutability: 'immutable', tagMutabilityExceptions: ['latest'] },
    { match: 'mirror/*/*', tagMutability: 'immutable', lifecyclePolicy: LIFECYCLE },
    { match: 'mirror/*', tags: { team: 'platform' }, tagMutability: 'mutable', scanOnPush: true },
  ],
};

/** What the configuration wants of a repository, said another way. */
function wantedMutability(name: string): { readonly kind: string; readonly filters: readonly string[] } {
  const path = name.slice('mirror/'.length);
  if (path.startsWith('k')) return { kind: 'IMMUTABLE_WITH_EXCLUSION', filters: ['latest'] };
  return { kind: path.includes('/') ? 'IMMUTABLE' : 'MUTABLE', filters: [] };
}

function countsOf(calls: readonly EcrCall[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { plane, action, outcome } of calls) {
    const key = `${plane} ${action}${outcome === 'ok' ? '' : ` (${outcome})`}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => a.localeCompare(b)));
}

/** The releases of the catalog, every `step`-th of them. */
function releasesOf(step: number): readonly string[] {
  const parsed: unknown = parse(readFileSync(CATALOG, 'utf8'));
  const addons = typeof parsed === 'object' && parsed !== null && 'addons' in parsed ? parsed.addons : undefined;
  if (!Array.isArray(addons)) throw new Error(`${CATALOG} has no addons`);
  const names = addons.map((addon: Readonly<Record<string, unknown>>) => String(addon.release ?? addon.chart));
  return names.filter((_, index) => index % step === 0);
}

/**
 * The tests of a cold and a second run of the shared charts into a private registry of ECR: of every `step`-th of them. All
 * 40 take minutes, and are for the long tests.
 */
export function testChartsInEcr(step: number): void {
  const reason = skipReason(['helm', 'crane', 'openssl']) ?? sharedChartsReason() ?? valuesInputReason();
  describeUnless(reason, `every ${step}. of the 40 shared charts in a private registry of ECR`, () => {
    const releases = reason === undefined ? releasesOf(step) : [];
    let sources: LoopbackSources;
    let world: EcrRuns;
    let cold: EcrOutcome;
    let coldCalls: readonly EcrCall[];
    let argv: readonly string[];

    async function run(): Promise<EcrOutcome> {
      world.ecr.log.reset();
      await world.machine.write('charts/airgap-charts.yaml', JSON.stringify(CONFIG));
      return world.conclude('charts', await world.run(argv, { cwd: 'charts' }));
    }

    beforeAll(async () => {
      [sources, world] = await Promise.all([serveSharedCharts(), startEcrRuns()]);
      // the quotas that an account has when nobody has raised them
      world.ecr.throttle({ kind: 'rates' });
      argv = [
        'mirror',
        '--no-switches',
        ...['--catalog', CATALOG, '--only-addon', releases.join(',')],
        ...['--chart-overrides', join(INPUTS, 'public-addons.chart-overrides.yaml')],
        ...['--target-registry', `${world.names.registry}/mirror`, ...mirrorFlags(sources.mirrors())],
      ];
      cold = await run();
      coldCalls = world.ecr.log.calls();
    }, 8 * MINUTES);

    afterAll(async () => {
      await Promise.all([sources?.stop(), world?.stop()]);
    });

    it('are mirrored as to any registry, and no quota stands in the way', () => {
      const pushed = cold.report.charts.filter(({ status }) => status === 'pushed');
      expect(pushed.length, cold.stderr).toBeGreaterThanOrEqual(0.9 * releases.length);
      expect(cold.report.charts).toHaveLength(releases.length);
      expect(cold.code).toBe(pushed.length === releases.length ? 0 : 1);
      expect(cold.report.images.filter(({ error }) => error !== null)).toEqual([]);
      for (const { destination, digest } of cold.report.images) {
        const { path, name } = splitFull(destination);
        expect(world.contents.image(path, name).digest, destination).toBe(digest);
      }
    });

    it('have all their repositories created once, with their settings', () => {
      const rows = cold.report.ecr?.repositories ?? [];
      expect(rows.filter(({ status }) => status !== 'created')).toEqual([]);
      expect(rows.map(({ name }) => name)).toEqual(world.contents.names());
      const creations = coldCalls.filter(({ action }) => action === 'CreateRepository');
      expect(creations).toHaveLength(rows.length);
      for (const { name } of rows) {
        const { mutability, scanOnPush, resourceTags, lifecyclePolicy } = world.contents.repository(name);
        expect(mutability, name).toEqual(wantedMutability(name));
        expect([scanOnPush, Object.fromEntries(resourceTags)]).toEqual([
          true,
          { 'chart-syncer': 'true', team: 'platform' },
        ]);
        expect(lifecyclePolicy === undefined, name).toBe(!name.slice('mirror/'.length).includes('/'));
      }
    });

    it(
      'take no write call in a second run, on mutable and immutable repositories, and calls by repository',
      async () => {
        const warm = await run();
        const calls = world.ecr.log.calls();
        const repositories = warm.report.ecr?.repositories ?? [];
        const [all, charts] = [repositories.length, warm.report.charts.length];
        process.stdout.write(
          `${charts} charts, ${warm.report.images.length} images, ${all} repositories\n` +
            `cold: ${JSON.stringify(countsOf(coldCalls))}\nwarm: ${JSON.stringify(countsOf(calls))}\n`,
        );
        expect([warm.code, warm.report.totals.charts.present], warm.stderr).toEqual([
          cold.code,
          cold.report.totals.charts.pushed,
        ]);
        expect(warm.report.images.filter(({ status }) => status !== 'present')).toEqual([]);
        expect(world.ecr.log.writes()).toEqual([]);
        for (const kind of ['MUTABLE', 'IMMUTABLE', 'IMMUTABLE_WITH_EXCLUSION']) {
          const some = repositories.filter(({ name }) => world.contents.repository(name).mutability.kind === kind);
          expect(some.length, kind).toBeGreaterThan(1);
        }
        const policies = repositories.filter(({ settings }) => settings.lifecyclePolicy !== null);
        // a call for each repository and setting, and for each chart one about its list of images
        expect(countsOf(calls)).toEqual({
          'control BatchGetImage': all,
          'control DescribeRepositories': Math.ceil(all / 100),
          'control GetAccountSetting': 1,
          'control GetAuthorizationToken': 1,
          'control GetLifecyclePolicy': policies.length,
          'control ListTagsForResource': all,
          'data ListImageReferrers': charts,
        });
        const controls = calls.filter(({ plane }) => plane === 'control').map(({ action }) => action);
        expect(warm.report.ecr?.calls).toEqual(
          Object.fromEntries(controls.map((action) => [action, controls.filter((one) => one === action).length])),
        );
        expect(repositories.flatMap(({ differences }) => differences)).toEqual([]);
      },
      4 * MINUTES,
    );
  });
}
