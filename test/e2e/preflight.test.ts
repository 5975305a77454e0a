import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildImage } from '../../src/demo/synthetic-image.ts';
import { readText } from '../support/charts.ts';
import type { CountingProxy } from '../support/counting-proxy.ts';
import { type ChartParts, deployment } from '../support/e2e-charts.ts';
import { rawChart, rawDigest, rawManifest } from '../support/e2e-registry.ts';
import { type Outcome, STABLE } from '../support/e2e-world.ts';
import { allTags, expectFailing, type Failing, summaryOf } from '../support/fault-checks.ts';
import { chartOf, type FaultWorld, startFaultWorld } from '../support/fault-world.ts';
import { describeWith } from '../support/tools.ts';

const APP = 'a.example.test/team/app:1';
const ELSEWHERE = 'https://charts.example.test/elsewhere';
const BOTH = ['linux/amd64', 'linux/arm64'];
/** Images of charts that cannot be done: nothing but HEAD may be spent on them. */
const idle = (name: string): string => `idle.example.test/team/${name}:1`;
const digestOf = (name: string): string => buildImage(name).root.digest;
const amd64Of = (name: string): string | undefined =>
  buildImage(name).children.find(({ platform }) => platform === 'linux/amd64')?.digest;

const PINNED = `p.example.test/team/pinned@${digestOf('pinned')}`;
const PINNED_TOO = `p.example.test/team/pinned:1@${digestOf('pinned')}`;

/** A digest under a key of its own. */
const KEYED: ChartParts = {
  values: `image:\n  repository: p.example.test/team/keyed\n  tag: "1"\n  digest: ${digestOf('keyed')}\n`,
  templates: {
    'd.yaml': deployment(
      '- name: main\n  image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}@{{ .Values.image.digest }}"',
    ),
  },
};

const REFUSED = { status: 'refused', origin: 'destination' } as const;

/** What is refused, by release. */
const FAILING: Readonly<Record<string, Failing>> = {
  gone: {
    ...{ ...REFUSED, code: 'IMAGE_SOURCE_ABSENT', origin: 'source' },
    ...{ message: /idle\.example\.test\/team\/gone:1 is not at its source/, hint: /check the tag/ },
  },
  taken: {
    ...{ ...REFUSED, code: 'IMAGE_TAG_TAKEN', hint: /--overwrite-existing/ },
    message: /\/p\/team\/taken:1 holds sha256:/,
  },
  published: {
    ...{ ...REFUSED, code: 'CHART_TAG_TAKEN', hint: /--chart-version-suffix/ },
    message: /\/p\/published:1\.0\.0 already holds another/,
  },
  meeting: {
    ...{ ...REFUSED, code: 'DESTINATION_COLLISION', hint: /--image-path host/ },
    message: /(?=.*idle\.example\.test\/team\/met:1)(?=.*other\.example\.test\/team\/met:1).*different content/,
  },
  same: {
    ...{ ...REFUSED, code: 'DESTINATION_COLLISION', hint: /^(?!.*--image-path).*oci_namespace/ },
    message: /(?=.*stable\/same 1\.0\.0)(?=.*elsewhere\/same 1\.0\.0).*\/p\/same:1\.0\.0/,
  },
  narrow: {
    ...{ ...REFUSED, code: 'IMAGE_PLATFORM_MISSING', origin: 'source' },
    ...{ message: /p\.example\.test\/team\/narrow:1 has no linux\/arm64/, hint: /platforms/ },
  },
  'narrow-there': {
    ...{ ...REFUSED, code: 'IMAGE_PLATFORM_MISSING', origin: 'source' },
    ...{ message: /p\.example\.test\/team\/there:1 has no linux\/arm64/, hint: /platforms/ },
  },
  ailing: {
    ...{ ...REFUSED, status: 'failed', code: 'REGISTRY_UNREACHABLE', origin: 'source' },
    ...{ message: / failed for ill\.example\.test\/team\/b\d:1: 501/, hint: /run again/ },
  },
};

const ILL = Array.from({ length: 4 }, (_, index) => `ill.example.test/team/b${index}:1`);
const WELL = Array.from({ length: 8 }, (_, index) => `ill.example.test/team/g${index}:1`);

describeWith(['helm', 'crane', 'registry'], 'the preflight', () => {
  let world: FaultWorld;
  let idleSource: CountingProxy;
  let outcome: Outcome;
  let kept: string;

  const at = (repository: string, tag: string) => rawDigest(world.behind, `p/${repository}`, tag);

  async function addRefused(): Promise<void> {
    const together: Readonly<Record<string, readonly string[]>> = {
      gone: [idle('one'), idle('gone')],
      taken: [idle('two'), idle('taken')],
      published: [idle('three')],
      meeting: [idle('four'), idle('met')],
      'meeting-too': ['other.example.test/team/met:1'],
      same: [idle('five')],
    };
    for (const [name, images] of Object.entries(together)) {
      await world.addImages(...images.filter((image) => image !== idle('gone')));
      await world.publish(name, chartOf(...images));
    }
    await world.publish('same', chartOf(idle('five'), APP), ELSEWHERE);
    await world.occupy('p/team/taken', '1');
    await world.occupy('p/published', '1.0.0');
    idleSource = await world.proxySource('idle.example.test');
  }

  async function addPlatforms(): Promise<void> {
    const narrow = { platforms: ['linux/amd64'] };
    for (const name of ['narrow', 'there']) {
      const reference = `p.example.test/team/${name}:1`;
      await world.addImage(reference, narrow);
      await world.publish(name === 'there' ? 'narrow-there' : name, chartOf(reference));
    }
    await world.mirror({ path: 'p', entries: [{ chart: 'narrow-there' }] });
    await world.addImage(PINNED, { name: 'pinned' });
    await world.addImage('p.example.test/team/pinned:1', { name: 'pinned' });
    await world.publish('pinned', chartOf(PINNED));
    await world.publish('pinned-too', chartOf(PINNED_TOO));
    await world.addImage('p.example.test/team/keyed:1', { name: 'keyed' });
    await world.publish('keyed', KEYED);
    await world.addImages('p.example.test/team/wide:1', 'p.example.test/team/kept:1');
    await world.publish('wide', chartOf('p.example.test/team/wide:1'));
    await world.publish('kept', chartOf('p.example.test/team/kept:1'));
    kept = await world.occupy('p/team/kept', '1');
  }

  async function addIll(): Promise<void> {
    await world.addImages(...ILL, ...WELL);
    await world.publish('ailing', chartOf(...ILL));
    await world.publish('well', chartOf(...WELL));
    const source = await world.proxySource('ill.example.test');
    source.addFault({ method: 'HEAD', path: /team\/b\d\/manifests/, status: 501 });
  }

  beforeAll(async () => {
    world = await startFaultWorld();
    await world.addImages(APP);
    await addRefused();
    await addPlatforms();
    await addIll();
    for (const address of [STABLE, ELSEWHERE]) await world.publish('equal', chartOf(APP), address);
    const plain = ['gone', 'taken', 'published', 'meeting', 'meeting-too', 'same', 'ailing', 'well'];
    const entries = [
      ...plain.map((chart) => ({ chart })),
      { chart: 'same', release: 'same-too', repository: ELSEWHERE },
      { chart: 'equal', release: 'equal-here' },
      { chart: 'equal', release: 'equal-there', repository: ELSEWHERE },
      ...['narrow', 'narrow-there', 'kept'].map((chart) => ({ chart, platforms: BOTH })),
      { chart: 'pinned', platforms: ['linux/amd64'] },
      { chart: 'pinned-too' },
      { chart: 'keyed', platforms: ['linux/amd64'] },
      { chart: 'wide', release: 'wide-amd', platforms: ['linux/amd64'] },
      { chart: 'wide', release: 'wide-arm', platforms: ['linux/arm64'] },
    ];
    const moved = [{ match: 'p.example.test/team/kept:*', action: 'keep' }];
    idleSource.reset();
    outcome = await world.mirror({ path: 'p', entries, moved });
  });

  afterAll(async () => {
    await world?.stop();
  });

  describe('of charts that cannot be done', () => {
    it.each(Object.entries(FAILING))('refuses %s with the reason', (release, failing) => {
      expectFailing(outcome, release, failing);
    });

    it('refuses both of two that meet', () => {
      for (const release of ['meeting-too', 'same-too']) {
        expect([outcome.row(release).status, outcome.row(release).error?.code]).toEqual([
          ...['refused', 'DESTINATION_COLLISION'],
        ]);
      }
    });

    it('spends no quota on their images: each is asked for by HEAD, once at most', () => {
      const asked = idleSource.requests().filter(({ path }) => path.includes('/manifests/'));
      expect(asked.filter(({ method }) => method !== 'HEAD')).toEqual([]);
      const paths = asked.map(({ path }) => path);
      expect(new Set(paths).size).toBe(paths.length);
      expect(paths.length).toBeGreaterThan(4);
      expect(idleSource.requests().filter(({ path }) => path.includes('/blobs/'))).toEqual([]);
      for (const name of ['one', 'two', 'three', 'four', 'five'])
        expect(outcome.image(idle(name)).status, name).toBe('not-needed');
    });

    it('lets nothing of them get to the target', async () => {
      const there = (await allTags(world.behind)).filter((tag) => tag.startsWith('p/'));
      const pushed = ['equal', 'keyed', 'kept', 'narrow-there', 'pinned', 'pinned-too', 'well', 'wide'];
      const charts = there.filter((tag) => /^p\/[^/]+:1\.0\.0$/.test(tag) && tag !== 'p/published:1.0.0');
      expect(charts.toSorted()).toEqual(pushed.map((name) => `p/${name}:1.0.0`).toSorted());
      expect(there.filter((tag) => /team\/(?:one|two|three|four|five|met|narrow|b\d):/.test(tag))).toEqual([]);
    });
  });

  it('blames the answer of one image on no other image of that registry', () => {
    expect(outcome.row('well').status).toBe('pushed');
    expect(WELL.map((reference) => outcome.image(reference).status)).toEqual(WELL.map(() => 'copied'));
    for (const reference of ILL) {
      expect(outcome.image(reference).error?.message).toMatch(new RegExp(` failed for ${reference}: 501$`));
    }
  });

  it('takes one archive from two repositories for one chart, pushes it once, and says so', () => {
    const rows = ['equal-here', 'equal-there'].map((release) => outcome.row(release));
    expect(rows.map(({ status }) => status)).toEqual(['pushed', 'pushed']);
    expect(rows[1]?.notes.join('\n')).toMatch(
      /elsewhere\/equal 1\.0\.0 is the same archive as .*stable\/equal 1\.0\.0/,
    );
    const pushes = world.target
      .requests()
      .filter(({ method, path }) => method === 'PUT' && path === '/v2/p/equal/manifests/1.0.0');
    expect(pushes).toHaveLength(1);
  });

  describe('of platforms', () => {
    it('copies the whole image for two releases that want different ones', async () => {
      expect(outcome.row('wide-arm').status).toBe('pushed');
      const { digest, platforms } = outcome.image('p.example.test/team/wide:1');
      expect([digest, platforms.toSorted()]).toEqual([digestOf('p.example.test/team/wide:1'), BOTH]);
      expect(await at('team/wide', '1')).toBe(digest);
    });

    it('rewrites the digest of the chart that wants one, and of no other chart that names the same digest', async () => {
      const valuesOf = async (name: string) =>
        readText(await rawChart(world.behind, `p/${name}`, '1.0.0'), `${name}/values.yaml`);
      expect([outcome.row('pinned').proof.state, outcome.row('pinned-too').proof.state]).toEqual(['proven', 'proven']);
      expect(await valuesOf('pinned')).toContain(`/p/team/pinned@${amd64Of('pinned')}`);
      expect(await valuesOf('pinned-too')).toContain(`/p/team/pinned:1@${digestOf('pinned')}`);
      expect(await at('team/pinned', '1')).toBe(digestOf('pinned'));
      expect(await at('team/pinned', amd64Of('pinned') ?? '')).toBe(amd64Of('pinned'));
    });

    it('rewrites a digest that stands under a key of its own', async () => {
      const { status, proof, consumer } = outcome.row('keyed');
      expect([status, proof.state, consumer.state]).toEqual(['pushed', 'proven', 'proven']);
      const values = await readText(await rawChart(world.behind, 'p/keyed', '1.0.0'), 'keyed/values.yaml');
      expect(values?.replaceAll('"', '')).toBe(
        `image:\n  repository: ${world.target.host}/p/team/keyed\n  tag: 1\n  digest: ${amd64Of('keyed')}\n`,
      );
      const manifest = await rawManifest(world.behind, 'p/team/keyed', '1');
      expect([manifest?.digest, manifest?.mediaType]).toEqual([
        ...[amd64Of('keyed'), 'application/vnd.oci.image.manifest.v1+json'],
      ]);
    });

    it('looks at those of what the target keeps, and reports its digest', async () => {
      expect(outcome.row('kept').status, outcome.row('kept').error?.message).toBe('pushed');
      const image = outcome.image('p.example.test/team/kept:1');
      expect([image.status, image.digest, image.platforms.toSorted()]).toEqual(['kept', kept, BOTH]);
      expect(await at('team/kept', '1')).toBe(kept);
    });
  });

  it('says all of it in the summary, in the words of the report', () => {
    const summary = summaryOf(outcome.stderr);
    expect(outcome.code).toBe(1);
    for (const { status, chart } of outcome.report.charts.filter(({ error }) => error !== null))
      expect(summary).toMatch(new RegExp(`^${status.toUpperCase()} +${chart} 1\\.0\\.0`, 'm'));
  });
});
