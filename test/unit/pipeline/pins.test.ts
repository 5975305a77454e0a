import { describe, expect, it } from 'vitest';
import type { ImageUse } from '../../../src/domain/images/image-use.ts';
import type { ChartItem } from '../../../src/pipeline/chart-item.ts';
import { type ChartPins, noPins, spotsIn } from '../../../src/pipeline/chart-pins.ts';
import { blamedPins, troubles } from '../../../src/pipeline/fewer-pins.ts';
import { digestSteps } from '../../../src/pipeline/look-up-digests.ts';
import { plannedFor } from '../../../src/pipeline/planned-texts.ts';
import { preflightImage } from '../../../src/pipeline/preflight.ts';
import type { ReleaseItem, Verdict } from '../../../src/pipeline/release-item.ts';
import { toPins } from '../../../src/pipeline/report-pins.ts';
import type { Run } from '../../../src/pipeline/run.ts';
import { use } from '../domain/trace/uses.ts';
import {
  addonOf,
  anyDigest,
  chartOf,
  extractionOf,
  imageOf,
  portsOf,
  relocatedAs,
  runOf,
  unreachable,
  verdictOf,
} from './runs.ts';

const A = use('quay.io/org/a:1', 'p');
const AGAIN = use('quay.io/org/a:1', 'q');
const B = use('quay.io/org/b:1', 'r');
const DIGEST = anyDigest('a');
const AT = 'registry.example.com/m/org';

function pinOf({ reference }: ImageUse, by = 'a.tag') {
  return { image: 'quay.io/org/a:1', reference: { ...reference, digest: DIGEST }, by };
}

interface Scene {
  readonly item: ChartItem;
  readonly release: ReleaseItem;
}

function scene(pinned: readonly ImageUse[], verdict: Partial<Verdict> = {}, pins: Partial<ChartPins> = {}): Scene {
  const run = runOf([addonOf('web')]);
  const [release] = run.releases;
  if (release === undefined) throw new Error('no release');
  release.extraction = extractionOf({ uses: [A, AGAIN, B] });
  release.verdict = { ...verdictOf(false), ...verdict };
  const item = chartOf([release]);
  item.relocated = { ...relocatedAs(item, 'x'), pinned: new Map(pinned.map((one) => [one, pinOf(one)])) };
  const spots = [{ spot: '["a","tag"]', key: 'a.tag', image: 'quay.io/org/a:1', digest: DIGEST }];
  item.pins = { ...noPins(undefined), named: new Map(pinned.map((one) => [one, pinOf(one)])), spots, ...pins };
  return { item, release };
}

describe('the report of pins', () => {
  it('lists an image as pinned only where all its places are', () => {
    const { item, release } = scene([A, AGAIN], {}, { reasons: new Map([[B, 'why']]) });
    expect(toPins(item, release)).toEqual({
      pinned: [{ image: 'quay.io/org/a:1', digest: DIGEST, by: ['a.tag'] }],
      notPinned: [{ image: 'quay.io/org/b:1', reason: 'why' }],
    });
    const partly = scene([A], {}, { reasons: new Map([[AGAIN, 'no value']]) });
    expect(toPins(partly.item, partly.release).notPinned[0]).toEqual({
      image: 'quay.io/org/a:1',
      reason: 'at 1 of its 2 places: no value',
    });
  });

  it('says why the others are not', () => {
    const { item, release } = scene([A, AGAIN]);
    release.extraction = extractionOf({
      uses: [
        { ...A, role: 'artifact' },
        use('quay.io/org/c', 's'),
        use(`quay.io/org/d@${DIGEST}`, 't'),
        { ...A, role: 'base' },
        B,
      ],
    });
    expect(toPins(item, release).notPinned.map(({ reason }) => reason)).toEqual([
      'it is an artifact: only images of containers are pinned',
      'it is named without a tag',
      'its digest could not be looked up',
    ]);
  });

  it('is empty without the flag', () => {
    const { item, release } = scene([A]);
    item.pins = undefined;
    expect(toPins(item, release)).toEqual({ pinned: [], notPinned: [] });
  });
});

describe('what a proof expects', () => {
  const run = runOf([addonOf('web')]);
  run.pinDigests.set('quay.io/org/a:1', DIGEST);

  it('is the digest at exactly the places that are pinned', () => {
    const { item } = scene([A]);
    const { wanted, pinned, isOptional } = plannedFor(item.relocated, [A, AGAIN, B], true, run);
    expect([A, AGAIN, B].map(wanted)).toEqual([`${AT}/a:1@${DIGEST}`, `${AT}/a:1`, `${AT}/b:1`]);
    expect([pinned, isOptional]).toEqual([[{ text: `${AT}/a:1@${DIGEST}`, plain: `${AT}/a:1` }], false]);
  });

  it('allows it elsewhere for the same image only', () => {
    const { item } = scene([A]);
    const { wanted, pinned } = plannedFor(item.relocated, [AGAIN, B], false, run);
    expect([AGAIN, B].map(wanted)).toEqual([`${AT}/a:1`, `${AT}/b:1`]);
    expect(pinned.map(({ text }) => text).sort()).toEqual([`${AT}/a:1@${DIGEST}`, `${AT}/a@${DIGEST}`]);
    expect(plannedFor(relocatedAs(item, 'x'), [AGAIN], false, run).pinned).toEqual([]);
  });
});

describe('pins that spoil a proof', () => {
  const residue = (expected: string | undefined, found: string | undefined): Partial<Verdict> => ({
    residue: [{ place: 'x', expected, found }],
  });

  it.each([
    ['that are not where they were expected', residue(`a:1@${DIGEST}`, 'a:1'), 1],
    ['that are where they were not expected', residue(undefined, `v: ${DIGEST.slice(0, 20)}`), 1],
    ['but not what differs for another reason', residue(`x/a:1@${DIGEST}`, `y/a:1@${DIGEST}`), 0],
    ['nor what names no digest', residue('a', 'b'), 0],
    ['nor those of a proof that holds', { proven: true, ...residue(undefined, DIGEST) }, 0],
  ])('are those %s', (_, verdict, count) => {
    const { item } = scene([A], verdict);
    const bans = blamedPins(item);
    expect(bans).toHaveLength(count);
    if (count > 0)
      expect(bans[0]).toMatchObject({
        spot: '["a","tag"]',
        reason: 'with its digest, release web would not be proven',
      });
  });

  it('are looked for where a proof fails, and elsewhere where nothing renders any more', () => {
    const { item, release } = scene([A], { proven: true });
    const other = {
      profile: { kind: 'ci', file: 'ci/x.yaml' },
      extraction: extractionOf(),
      fresh: [],
      refusedByNotes: undefined,
      consumerValues: undefined,
      ownOverlay: undefined,
      ownUses: [],
    } as const;
    const at = (verdict: Partial<Verdict>): number => {
      release.profiles = [{ ...other, verdict: { ...verdictOf(false), ...verdict } }];
      return troubles(item);
    };
    expect([at({}), at({ reason: 'does not render' })]).toEqual([0, 1]);
  });
});

/** Runs the step; what its items throw is in the state. */
async function lookUpDigests(run: Run): Promise<void> {
  for (const { items } of digestSteps(run))
    for (const { work } of items())
      await work({ update: () => undefined, moved: () => undefined }).catch(() => undefined);
}

describe('digests that are looked up', () => {
  function ask(answers: (side: string) => 'found' | 'absent', options = {}) {
    const asked: string[] = [];
    const ports = portsOf({
      head: ({ repository }, side) => {
        asked.push(`${side} ${repository}`);
        return answers(side) === 'absent'
          ? { kind: 'absent' }
          : { kind: 'found', digest: anyDigest(side), size: 1, mediaType: 'x' };
      },
    });
    const run = runOf([addonOf('web')], { pinDigests: true, ...options }, ports);
    const item = chartOf(run.releases);
    const image = imageOf('org/a', item);
    run.charts = [item];
    run.images = [image];
    return { run, item, image, asked };
  }

  it('are asked for once, and the preflight goes on with them', async () => {
    const { run, image, asked } = ask((side) => (side === 'source' ? 'found' : 'absent'));
    await lookUpDigests(run);
    expect(run.pinDigests.get('quay.io/org/a:1')).toBe(anyDigest('source'));
    await preflightImage(image, run);
    expect(asked).toEqual(['source org/a', 'destination m/org/a']);
    expect(image.state).toMatchObject({ kind: 'cleared', digest: anyDigest('source') });
  });

  it('are those of the target where its tag is kept', async () => {
    const moved = [{ match: '*', action: 'keep' }] as const;
    const existing = { skipExisting: true, verifyDigest: true, overwrite: false, moved };
    const { run } = ask(() => 'found', { existing });
    await lookUpDigests(run);
    expect(run.pinDigests.get('quay.io/org/a:1')).toBe(anyDigest('destination'));
  });

  it('fail the charts of an image that its source does not have', async () => {
    const { run, item, image } = ask(() => 'absent');
    await lookUpDigests(run);
    expect([image.failure?.code, item.failure?.code]).toEqual(['IMAGE_SOURCE_ABSENT', 'IMAGE_SOURCE_ABSENT']);
  });

  it('leave an image of a scan unconfirmed where its source cannot be reached', async () => {
    const ports = portsOf({
      head: (reference) => {
        throw unreachable(reference);
      },
    });
    const run = runOf([addonOf('web')], { pinDigests: true, scanOnly: true }, ports);
    const item = chartOf(run.releases);
    run.charts = [item];
    run.images = [imageOf('org/a', item)];
    await lookUpDigests(run);
    expect([run.images[0]?.state.kind, item.failure, run.pinDigests.size]).toEqual(['unconfirmed', undefined, 0]);
  });

  it('stop the run where the target has another one by the time of the preflight', async () => {
    const { run, item, image } = ask(() => 'found', {
      existing: { skipExisting: true, verifyDigest: false, overwrite: false, moved: [] },
    });
    await lookUpDigests(run);
    const digest = anyDigest('of before');
    run.pinDigests.set('quay.io/org/a:1', digest);
    item.relocated = { ...relocatedAs(item, 'x'), pinned: new Map([[A, pinOf(A)]]) };
    await expect(preflightImage(image, run)).rejects.toMatchObject({ code: 'IMAGE_DIGEST_DIFFERS' });
    expect(item.failure?.code).toBe('IMAGE_DIGEST_DIFFERS');
  });

  it('are nobody’s business without the flag', async () => {
    const { run, asked } = ask(() => 'found', { pinDigests: false });
    await lookUpDigests(run);
    expect([asked, run.pinDigests.size]).toEqual([[], 0]);
  });
});

describe('values that cannot be edited in place', () => {
  const spots = ['image.tag', 'sub.image.tag', '"a b".tag'].map((key) => {
    return { spot: key, key, image: `of ${key}`, digest: DIGEST };
  });
  const named = (message: string): readonly string[] =>
    spotsIn(message, { ...noPins(undefined), spots }).map(({ spot }) => spot);

  it.each([
    ['values.yaml: image.tag cannot be rewritten in place: why', ['image.tag']],
    ['charts/sub/values.yaml: image.tag cannot be rewritten in place: why', ['image.tag', 'sub.image.tag']],
    ['values.yaml: "a b".tag cannot be rewritten in place: why', ['"a b".tag']],
    ['web 1.0: two releases need different values of image.tag in values.yaml', ['image.tag']],
    ['another failure', []],
  ])('are told by the key and the file of the failure: %s', (message, found) => {
    expect(named(message)).toEqual(found);
  });
});
