import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildChartArtifact } from '../../src/demo/chart-artifact.ts';
import { createRegistryClient } from '../../src/demo/registry-client.ts';
import type { RunningServer } from '../../src/demo/registry-process.ts';
import { type ChartFiles, readText } from '../support/charts.ts';
import { type ChartParts, chartFiles, makeChart, vendored } from '../support/e2e-charts.ts';
import { type ConsumerHelm, createConsumerHelm } from '../support/e2e-helm.ts';
import { rawChart, rawDigest } from '../support/e2e-registry.ts';
import { type Outcome, STABLE } from '../support/e2e-world.ts';
import { allTags, expectFailing, type Failing, summaryOf } from '../support/fault-checks.ts';
import { chartOf, type FaultWorld, startFaultWorld } from '../support/fault-world.ts';
import { HTPASSWD, startDistribution } from '../support/registries.ts';
import { basicAuthorization } from '../support/synthetic-images.ts';
import { describeWith } from '../support/tools.ts';

const APP = 'a.example.test/team/app:1';
const image = (version: string): string => `a.example.test/team/sub:${version}`;
const OCI_CHARTS = 'oci://oci.example.test/charts';

/** A chart with an image of its own and dependencies, each as YAML in flow style. */
function needing(dependencies: readonly string[], files: ChartFiles = {}, values = ''): ChartParts {
  const own = chartOf(APP);
  const yaml = ['dependencies:', ...dependencies.map((dependency) => `  - ${dependency}`)];
  return { ...own, yaml, files, values: `${own.values}${values}` };
}

function sub(range: string, more = '', repository = STABLE): string {
  return `{ name: sub, version: "${range}", repository: "${repository}"${more} }`;
}

/** A lock file as helm writes it. */
function lockOf(version: string): string {
  return [
    'dependencies:',
    '- name: sub',
    `  repository: ${STABLE}`,
    `  version: ${version}`,
    'digest: sha256:1f2a5cf11b1a1b9a7d0d0b3bf4e7aa1d1c0e4c8e4f2a1d9c0b3a2f1e0d9c8b7a',
    'generated: "2020-01-01T00:00:00Z"',
    '',
  ].join('\n');
}

const V1 = { 'Chart.yaml': 'apiVersion: v1\nname: locked-v1\nversion: 1.0.0\n' };

/** Charts of the chart repository whose dependencies can be had, and what each gets: path, version and state. */
const GOOD: Readonly<Record<string, { readonly parts: ChartParts; readonly gets: readonly string[] }>> = {
  locked: {
    parts: needing(
      [sub('^1.0.0', ', condition: sub.enabled')],
      { 'Chart.lock': lockOf('1.0.0') },
      'sub: { enabled: true }\n',
    ),
    gets: ['sub 1.0.0 fetched'],
  },
  'locked-v1': {
    parts: {
      ...chartOf(APP),
      files: {
        ...V1,
        'requirements.yaml': `dependencies:\n  - ${sub('>= 1')}\n`,
        'requirements.lock': lockOf('1.0.0'),
      },
    },
    gets: ['sub 1.0.0 fetched'],
  },
  // the lock file is out of step with Chart.yaml
  stale: { parts: needing([sub('~1.1.0')], { 'Chart.lock': lockOf('1.0.0') }), gets: ['sub 1.1.0 fetched'] },
  newest: { parts: needing([sub('1.x')]), gets: ['sub 1.1.0 fetched'] },
  twice: {
    parts: needing([sub('^1.0.0', ', alias: one'), sub('^2.0.0', ', alias: two')]),
    gets: ['one 1.1.0 fetched', 'two 2.0.0 fetched'],
  },
  half: {
    parts: needing(
      [sub('^1.0.0', ', alias: one'), sub('^2.0.0', ', alias: two')],
      vendored('sub', { ...chartOf(image('1.0')), version: '1.0.0' }),
    ),
    gets: ['one 1.0.0 vendored', 'two 2.0.0 fetched'],
  },
  deep: {
    parts: needing(['{ name: mid, version: 1.0.0 }'], vendored('mid', needing([sub('2.0.0')]))),
    gets: ['mid 1.0.0 vendored', 'mid/sub 2.0.0 fetched'],
  },
  chained: {
    parts: needing([`{ name: half, version: 1.0.0, repository: "${STABLE}/" }`]),
    gets: ['half 1.0.0 fetched', 'half/one 1.0.0 vendored', 'half/two 2.0.0 fetched'],
  },
  // helm asks for the dependencies of the root chart alone
  inner: {
    parts: needing(['{ name: mid, version: 1.0.0 }', '{ name: sub, version: 1.0.0 }'], {
      ...vendored('mid', needing(['{ name: sub, version: 1.x, repository: "file://../sub" }'])),
      ...vendored('sub', { ...chartOf(image('1.0')), version: '1.0.0' }),
    }),
    gets: ['mid 1.0.0 vendored', 'mid/sub 1.x missing', 'sub 1.0.0 vendored'],
  },
  registered: { parts: needing([sub('~1', '', OCI_CHARTS)]), gets: ['sub 1.0.1 fetched'] },
};

const UNRESOLVED = {
  status: 'failed',
  code: 'DEPENDENCY_UNRESOLVED',
  origin: 'source',
  hint: /holds its dependencies.*--exclude-dependencies/,
} as const;

/** Charts whose dependencies cannot be had. */
const BAD: Readonly<Record<string, { readonly dependency: string; readonly failing: Failing }>> = {
  stray: {
    dependency: '{ name: next, version: 1.0.0, repository: "file://../next" }',
    failing: { ...UNRESOLVED, message: /dependency next 1\.0\.0 of stray .*file:\/\/\.\.\/next cannot be reached/ },
  },
  misnamed: {
    dependency: `{ name: other, version: 1.0.0, repository: "${STABLE}" }`,
    failing: { ...UNRESOLVED, message: /dependency other 1\.0\.0 of misnamed .*holds the chart different/ },
  },
  nowhere: {
    dependency: '{ name: sub, version: 1.0.0 }',
    failing: { ...UNRESOLVED, message: /dependency sub 1\.0\.0 of nowhere .*names no repository/ },
  },
  nicknamed: {
    dependency: sub('1.0.0', '', '@stable'),
    failing: { ...UNRESOLVED, message: /repository alias @stable/ },
  },
  outbid: {
    dependency: sub('^3'),
    failing: {
      ...{ status: 'failed', code: 'VERSION_NOT_FOUND', origin: 'source' },
      ...{ message: /stable\/sub has no version \^3.*2\.0\.0/, hint: /one of these versions/ },
    },
  },
};

function facts(outcome: Outcome, release: string): readonly string[] {
  return outcome.row(release).dependencies.map(({ path, version, state }) => `${path} ${version} ${state}`);
}

describeWith(['helm', 'crane', 'registry'], 'dependencies', () => {
  let world: FaultWorld;
  let helm: ConsumerHelm;
  let closed: RunningServer;

  /** Puts the files of a chart into a directory of the machine. */
  async function place(directory: string, name: string, parts: ChartParts): Promise<void> {
    for (const [file, text] of Object.entries(chartFiles(name, parts)))
      await world.machine.write(join(directory, file), text);
  }

  /** A chart in a registry that asks for a login, which docker's configuration of the machine has. */
  async function addClosed(): Promise<void> {
    const { archive } = await makeChart('sub', { ...chartOf(image('1.0')), version: '1.0.0' });
    const client = createRegistryClient({
      base: closed.url,
      authorization: basicAuthorization(HTPASSWD.user, HTPASSWD.password),
    });
    await client.push('charts/sub', '1.0.0', buildChartArtifact('sub', '1.0.0', archive));
    client.close();
    const auth = Buffer.from(`${HTPASSWD.user}:${HTPASSWD.password}`).toString('base64');
    await world.machine.write('docker/config.json', JSON.stringify({ auths: { [closed.host]: { auth } } }));
    await world.publish('private', needing([sub('1.0.0', '', `oci://${closed.host}/charts`)]));
  }

  beforeAll(async () => {
    [world, helm, closed] = await Promise.all([
      startFaultWorld(),
      createConsumerHelm(),
      startDistribution({ htpasswd: HTPASSWD.line }),
    ]);
    await world.addImages(APP, image('1.0'), image('1.1'), image('2.0'));
    for (const version of ['1.0.0', '1.1.0', '2.0.0']) {
      await world.publish('sub', { ...chartOf(image(version.slice(0, 3))), version });
    }
    await world.publish('sub', { ...chartOf(image('1.1')), version: '1.0.1' }, OCI_CHARTS);
    const different = await makeChart('different', chartOf(APP));
    await world.sources.addChart(STABLE, { ...different, name: 'other' });
    for (const [name, { parts }] of Object.entries(GOOD)) await world.publish(name, parts);
    for (const [name, { dependency }] of Object.entries(BAD)) await world.publish(name, needing([dependency]));
    await addClosed();
    // neighbours on this machine: of the chart that is named, and of its neighbour
    await place('shelf/house', 'house', needing(['{ name: next, version: ^1, repository: "file://../next" }']));
    await place('shelf/next', 'next', needing(['{ name: sub, version: 1.0.0, repository: "file://../more/sub" }']));
    await place('shelf/more/sub', 'sub', { ...chartOf(image('1.0')), version: '1.0.0' });
    await place('shelf/late', 'late', needing(['{ name: next, version: ^2, repository: "file://../next" }']));
  });

  afterAll(async () => {
    await Promise.all([world?.stop(), helm?.remove(), closed?.stop()]);
  });

  describe('that an archive lacks', () => {
    let outcome: Outcome;

    beforeAll(async () => {
      const published = [...Object.keys(GOOD), 'private', ...Object.keys(BAD)].map((chart) => ({ chart }));
      const local = ['house', 'late'].map((chart) => ({ chart, repository: `../shelf/${chart}` }));
      const env = { DOCKER_CONFIG: join(world.machine.work, 'docker') };
      outcome = await world.mirror({ path: 'got', entries: [...published, ...local], env });
    });

    /** The images of a chart at the target, as a consumer's helm renders it. */
    async function rendered(name: string): Promise<readonly string[]> {
      const text = await helm.template('r', await helm.pull(`oci://${world.target.host}/got/${name}`, '1.0.0'));
      return [...text.matchAll(/image: "?([^"\s]+)"?$/gm)].map(([, found]) => found ?? '').sort();
    }

    it('are fetched, and the chart is proven with them and pushed', () => {
      expect(outcome.code, outcome.stderr).toBe(1);
      const rows = [...Object.keys(GOOD), 'private', 'house'].map((name) => outcome.row(name));
      expect(rows.map(({ chart, status, proof, consumer }) => [chart, status, proof.state, consumer.state])).toEqual(
        rows.map(({ chart }) => [chart, 'pushed', 'proven', 'proven']),
      );
    });

    it.each(Object.entries(GOOD))('of %s are those that helm would take, and are listed', (name, { gets }) => {
      expect(facts(outcome, name)).toEqual(gets);
    });

    it('of a subchart, at an address that cannot be asked, are told of, as helm installs the chart without them', async () => {
      expect(outcome.row('inner').notes).toEqual([
        'dependency mid/sub (sub 1.x of mid) is not in the archive and its repository file://../sub cannot be reached from outside its source tree; helm installs the chart without it',
      ]);
      const at = `${world.target.host}/got/team`;
      expect(await rendered('inner')).toEqual([`${at}/app:1`, `${at}/app:1`, `${at}/sub:1.0`]);
    });

    it('are listed and told with chart, alias, condition and repository', () => {
      expect(outcome.row('twice').dependencies[1]).toEqual({
        ...{ path: 'two', chart: 'sub', version: '2.0.0', repository: STABLE, alias: 'two', condition: null },
        state: 'fetched',
      });
      expect(outcome.row('locked').dependencies[0]?.condition).toBe('sub.enabled');
      expect(outcome.stderr).toContain('locked 1.0.0: dependencies sub 1.0.0 (fetched, if sub.enabled)');
      expect(outcome.stderr).toContain('twice 1.0.0: dependencies one 1.1.0 (sub, fetched), two 2.0.0 (sub, fetched)');
    });

    it('of two entries of one chart in two ranges each render their own version', async () => {
      const at = `${world.target.host}/got/team`;
      expect(await rendered('twice')).toEqual([`${at}/app:1`, `${at}/sub:1.1`, `${at}/sub:2.0`]);
      expect(await rendered('half')).toEqual([`${at}/app:1`, `${at}/sub:1.0`, `${at}/sub:2.0`]);
    });

    it('are taken from the neighbours of a local directory, and from theirs', async () => {
      expect(facts(outcome, 'house')).toEqual(['next 1.0.0 fetched', 'next/sub 1.0.0 fetched']);
      const at = `${world.target.host}/got/team`;
      expect(await rendered('house')).toEqual([`${at}/app:1`, `${at}/app:1`, `${at}/sub:1.0`]);
      expectFailing(outcome, 'late', {
        ...UNRESOLVED,
        message: /dependency next \^2 of late .*shelf\/next holds version 1\.0\.0/,
      });
    });

    it('come with the login that docker has for their registry, which goes nowhere', async () => {
      expect(facts(outcome, 'private')).toEqual(['sub 1.0.0 fetched']);
      expect(outcome.stderr + outcome.stdout + JSON.stringify(outcome.report)).not.toContain(HTPASSWD.password);
    });

    it.each(Object.entries(BAD))('of %s fail it alone, by name', (name, { failing }) => {
      expectFailing(outcome, name, failing);
    });
  });

  describe('that are left out', () => {
    const entries = [
      ...['locked', 'deep', 'half'].map((chart) => ({ chart })),
      { chart: 'house', repository: '../shelf/house', version: undefined },
      { chart: 'sub', version: '1.0.0' },
    ];
    const charts: Readonly<Record<string, string>> = { locked: 'sub', deep: 'mid/sub', half: 'two', house: 'next' };

    it('are listed and named, and neither the chart nor its consumer values are proven', async () => {
      const flags = ['--exclude-dependencies', '--scan-only'];
      const outcome = await world.mirror({ path: 'left', entries, flags });
      expect([outcome.code, outcome.row('sub').status]).toEqual([1, 'ready']);
      for (const [name, path] of Object.entries(charts)) {
        expectFailing(outcome, name, {
          ...{ status: 'not-proven', code: 'NOT_PROVEN', origin: 'source' },
          message: new RegExp(
            `^${name} 1\\.0\\.0 is not proven for release ${name}: dependencies were left out: ${path}$`,
          ),
          hint: /run without --exclude-dependencies/,
        });
        const { proof, consumer, dependencies } = outcome.row(name);
        const left = dependencies.filter(({ state }) => state === 'missing');
        expect([proof.state, consumer.state, left.map((one) => one.path)]).toEqual([
          'not-proven',
          'not-proven',
          [path],
        ]);
      }
      // what the archive holds is not left out with its namesake
      expect(facts(outcome, 'half')).toContain('one 1.0.0 vendored');
    });

    it('leave with --push-unproven a chart that helm renders without them, and values that say what they are', async () => {
      const flags = ['--exclude-dependencies', '--push-unproven'];
      const outcome = await world.mirror({ path: 'left', entries: entries.slice(0, 2), flags });
      expect([outcome.code, outcome.row('locked').status, outcome.row('deep').status]).toEqual([
        ...[1, 'pushed-unproven', 'pushed-unproven'],
      ]);
      expect(await allTags(world.behind)).toContain('left/locked:1.0.0');
      expect(await rawDigest(world.behind, 'left/team/sub', '1.0')).toBeUndefined();
      const archive = await rawChart(world.behind, 'left/locked', '1.0.0');
      expect(await readText(archive, 'locked/Chart.yaml')).not.toContain('name: sub');
      const file = join(helm.directory, 'left.tgz');
      await writeFile(file, archive);
      expect((await helm.template('r', file)).match(/image: .*/g)).toHaveLength(1);
      const values = await world.machine.read(join(outcome.directory, 'helm-charts/locked/values.yaml'));
      expect(values).toMatch(/^# NOT PROVEN for the original chart/m);
      expect(summaryOf(outcome.stderr)).toMatch(/^PUSHED-UNPROVEN +locked 1\.0\.0.*NOT PROVEN/m);
    });
  });
});
