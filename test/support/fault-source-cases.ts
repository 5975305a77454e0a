import { buildImage, type Piece } from '../../src/demo/synthetic-image.ts';
import { withWrongDigest } from './chart-repository.ts';
import { chartYaml, type HostileKind, hostileChart, packChart } from './charts.ts';
import type { CountingProxy } from './counting-proxy.ts';
import { makeChart } from './e2e-charts.ts';
import { type Entry, STABLE } from './e2e-world.ts';
import type { Failing } from './fault-checks.ts';
import { chartOf, type FaultWorld } from './fault-world.ts';

/** The reference of the image that the chart of this name uses. */
export function imageOf(name: string): string {
  return `${name}.example.test/team/${name}:1`;
}

/** An image that nothing is wrong with, used by several charts. */
export const GOOD = imageOf('good');

const OCI_CHARTS = 'oci://oci.example.test/charts';
const THROTTLED_CHARTS = 'https://charts.example.test/throttled';

const HOSTILE: readonly HostileKind[] = [
  'symbolic-link',
  'hard-link',
  'parent-directory',
  'absolute-name',
  'two-entries-of-one-name',
  'two-top-directories',
  'bomb',
];

const SOURCE = { status: 'failed', origin: 'source' } as const;
const ABSENT: Failing = {
  ...{ status: 'refused', code: 'IMAGE_SOURCE_ABSENT', origin: 'source' },
  ...{ message: /gone\.example\.test\/team\/gone:1 is not at its source/, hint: /check the tag/ },
};
const REFUSED = { ...SOURCE, code: 'CHART_ARCHIVE_REFUSED', hint: /publisher|repack/ };
const WRONG = { ...SOURCE, code: 'REGISTRY_ANSWER_INVALID', hint: /proxy or gateway/ };
const LIMITED = { ...SOURCE, code: 'RATE_LIMITED' };

/** The charts that something at a source makes impossible, and how each must be reported. */
export const FAILING_SOURCES: Readonly<Record<string, Failing>> = {
  limited: { ...LIMITED, message: /429.*team\/limited:1/, hint: /run again later/ },
  distant: { ...LIMITED, message: /429.*3600 s.*team\/distant:1/, hint: /run again after \d{4}-\d\d-\d\dT/ },
  private: {
    ...SOURCE,
    status: 'refused',
    code: 'IMAGE_SOURCE_DENIED',
    message: /team\/private:1.*403/,
    hint: /log in/,
  },
  liar: { ...WRONG, message: /team\/liar.*promised sha256:.* and sent bytes of sha256:/ },
  changer: { ...WRONG, message: /team\/changer/ },
  corrupt: { ...SOURCE, code: 'IMAGE_COPY_FAILED', message: /team\/corrupt/, hint: /^(?!.*crane runs)/ },
  gone: ABSENT,
  two: ABSENT,
  narrow: {
    ...{ status: 'refused', code: 'IMAGE_PLATFORM_MISSING', origin: 'source' },
    ...{ message: /team\/narrow:1 has no linux\/arm64/, hint: /platform/ },
  },
  versioned: {
    ...{ ...SOURCE, code: 'VERSION_NOT_FOUND', hint: /one of these versions/ },
    message: /versioned has no version 1\.1\.5 \((?=.*\b1\.1\.0)(?=.*\b1\.2\.0)(?!.*9\.0)/,
  },
  tagged: {
    ...{ ...SOURCE, code: 'VERSION_NOT_FOUND', hint: /one of these versions/ },
    message: /oci:\/\/oci\.example\.test\/charts\/tagged has no version 2\.0\.0.*nearest: 1\.0\.0/,
  },
  sealed: { ...WRONG, message: /charts\/sealed.*another digest/ },
  forged: {
    ...{ ...SOURCE, code: 'CHART_DIGEST_MISMATCH', hint: /do not use/ },
    message: /forged 1\.0\.0 has digest sha256:.*, its index says sha256:0000/,
  },
  'symbolic-link': { ...REFUSED, message: /templates\/link\.yaml is a symlink/ },
  'hard-link': { ...REFUSED, message: /templates\/link\.yaml is a link/ },
  'parent-directory': { ...REFUSED, message: /escaped\.yaml leaves the archive/ },
  'absolute-name': { ...REFUSED, message: /\/tmp\/escaped\.yaml has an absolute name/ },
  'two-entries-of-one-name': { ...REFUSED, message: /two entries of the name/ },
  'two-top-directories': { ...REFUSED, message: /two top directories/ },
  bomb: { ...REFUSED, message: /unpacks to more than/ },
  outer: { ...REFUSED, message: /charts\/inner\.tgz.*is a symlink/ },
};

/** The charts of the same run that must come through. */
export const PASSING_SOURCES = ['good', 'late', 'throttled', 'shaky', 'cut'] as const;

/** Entries for both kinds of charts. */
export function sourceEntries(): readonly Entry[] {
  const special: Readonly<Record<string, Partial<Entry>>> = {
    late: { repository: THROTTLED_CHARTS },
    narrow: { platforms: ['linux/arm64'] },
    versioned: { version: '1.1.5' },
    tagged: { repository: OCI_CHARTS, version: '2.0.0' },
    sealed: { repository: OCI_CHARTS },
  };
  return [...PASSING_SOURCES, ...Object.keys(FAILING_SOURCES)].map((chart) => ({ chart, ...special[chart] }));
}

async function addHostileCharts({ sources }: FaultWorld): Promise<void> {
  for (const kind of HOSTILE) {
    await sources.addChart(STABLE, { name: kind, version: '1.0.0', archive: await hostileChart(kind, kind) });
  }
  const inner = await hostileChart('symbolic-link', 'inner');
  const files = { 'Chart.yaml': chartYaml('outer', '1.0.0'), 'charts/inner.tgz': inner };
  await sources.addChart(STABLE, { name: 'outer', version: '1.0.0', archive: await packChart('outer', files) });
  await sources.addChart(STABLE, withWrongDigest(await makeChart('forged', chartOf(GOOD))));
}

/** Charts in a registry; the bytes of one are not those that its manifest promises. */
async function addRegistryCharts(world: FaultWorld): Promise<void> {
  await world.publish('tagged', chartOf(GOOD), OCI_CHARTS);
  await world.publish('sealed', chartOf(GOOD), OCI_CHARTS);
  const proxy = await world.proxySource('oci.example.test');
  proxy.addFault({ method: 'GET', path: /charts\/sealed\/blobs/, status: 200, body: 'x'.repeat(1000) });
}

async function addPlainCharts(world: FaultWorld): Promise<void> {
  await world.addImage(GOOD);
  await world.publish('good', chartOf(GOOD));
  await world.publish('late', chartOf(GOOD), THROTTLED_CHARTS);
  const index = '/charts.example.test/throttled/index.yaml';
  world.sources.repository.answer(index, { status: 429, headers: { 'retry-after': '1' }, times: 1 });
  await world.addImage(imageOf('narrow'), { platforms: ['linux/amd64'] });
  await world.publish('narrow', chartOf(imageOf('narrow')));
  // the repository is there, the tag is not
  await world.addImage(imageOf('gone').replace(/:1$/, ':2'));
  await world.publish('gone', chartOf(imageOf('gone')));
  await world.publish('two', chartOf(imageOf('half'), imageOf('gone'), GOOD));
  for (const version of ['1.0.0', '1.1.0', '1.2.0', '1.3.0', '7.0.0', '8.0.0', '9.0.0']) {
    await world.publish('versioned', { ...chartOf(GOOD), version });
  }
}

/** A layer of an image that no other image has: it cannot be mounted from another repository. */
export function ownLayer(reference: string): Piece {
  const shared = new Set(buildImage('another image').blobs.map(({ digest }) => digest));
  const layer = buildImage(reference).blobs.find(
    ({ mediaType, digest }) => /layer/.test(mediaType) && !shared.has(digest),
  );
  if (layer === undefined) throw new Error(`${reference} has no layer of its own`);
  return layer;
}

/** Answers 429 twice, then serves; the array is filled with the times at which requests came. */
function throttle(proxy: CountingProxy, method: string, path: RegExp): readonly number[] {
  const times: number[] = [];
  const refusal = { status: 429, headers: { 'retry-after': '1' } };
  for (const answer of [refusal, refusal, ...Array.from({ length: 10 }, () => ({}))]) {
    void proxy.addFault({ method, path, times: 1, ...answer }).firstHit.then(() => times.push(Date.now()));
  }
  return times;
}

/** What the sources saw. */
export interface SourceFaults {
  readonly throttledHost: string;
  /** When HEAD of the throttled manifest and GET of its layers came, in milliseconds. */
  readonly throttledHeads: readonly number[];
  readonly throttledLayers: readonly number[];
  /** How often a source answered 5xx, and how often it cut a layer. */
  shaken(): number;
  cut(): number;
  /** The source of an image that is not to be copied, since its chart cannot be done. */
  readonly half: CountingProxy;
}

/** Publishes all charts and images and sets the faults up. */
export async function addFailingSources(world: FaultWorld): Promise<SourceFaults> {
  async function proxied(name: string): Promise<CountingProxy> {
    await world.addImage(imageOf(name));
    await world.publish(name, chartOf(imageOf(name)));
    return world.proxySource(`${name}.example.test`);
  }
  const throttled = await proxied('throttled');
  (await proxied('limited')).addFault({ path: /manifests/, status: 429 });
  (await proxied('distant')).addFault({ path: /manifests/, status: 429, headers: { 'retry-after': '3600' } });
  (await proxied('private')).addFault({ path: /manifests/, status: 403 });
  const shaky = await proxied('shaky');
  const shakes = [
    shaky.addFault({ method: 'HEAD', path: /manifests/, times: 2, status: 500 }),
    shaky.addFault({ method: 'GET', path: /manifests/, times: 1, status: 503 }),
    shaky.addFault({ method: 'GET', path: /blobs/, times: 2, status: 502 }),
  ];
  const cut = (await proxied('cut')).addFault({ method: 'GET', path: /blobs/, times: 2, cutAfterBytes: 300 });
  const other = buildImage('something else', { platforms: [] }).root;
  const lie = { status: 200, body: other.bytes.toString(), headers: { 'content-type': other.mediaType } };
  (await proxied('liar')).addFault({ method: 'GET', path: /manifests/, ...lie });
  const named = { ...lie.headers, 'docker-content-digest': other.digest };
  (await proxied('changer')).addFault({ method: 'GET', path: /manifests/, ...lie, headers: named });
  const layer = ownLayer(imageOf('corrupt'));
  const garbage = { status: 200, body: 'x'.repeat(layer.bytes.length) };
  (await proxied('corrupt')).addFault({ method: 'GET', path: new RegExp(layer.digest), ...garbage });
  const half = await proxied('half');
  await addPlainCharts(world);
  await addRegistryCharts(world);
  await addHostileCharts(world);
  return {
    throttledHost: throttled.host,
    throttledHeads: throttle(throttled, 'HEAD', /manifests\/1$/),
    throttledLayers: throttle(throttled, 'GET', /\/blobs\//),
    shaken: () => shakes.reduce((sum, fault) => sum + fault.hits(), 0),
    cut: cut.hits,
    half,
  };
}
