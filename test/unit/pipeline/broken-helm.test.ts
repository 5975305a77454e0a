import { describe, expect, it } from 'vitest';
import { toPins } from '../../../src/pipeline/report-pins.ts';
import type { RenderResult } from '../../../src/ports/helm.ts';
import { type Mishap, podTemplate, type Relocated, relocated } from './mini-helm.ts';
import { APP, hidden, proven, SPOILING, WORKER } from './proved.ts';
import { addonOf, anyDigest } from './runs.ts';

const KILLED: RenderResult = { kind: 'failed', reason: 'helm was killed by SIGKILL', lasting: false, isBroken: true };

/** Kills the calls that fit, up to a number of them. */
function killing(fits: (archive: string) => boolean, most: number): Mishap {
  let killed = 0;
  return ({ archive }) => {
    if (killed >= most || !fits(archive)) return undefined;
    killed += 1;
    return KILLED;
  };
}

const isProof = (archive: string): boolean => archive.includes('relocated/');

const TAGGED = {
  'values.yaml': 'tag: "1"\n',
  'templates/app.yaml': podTemplate('app', 'quay.io/team/app:{{ .Values.tag }}'),
};

const digests = new Map([['quay.io/team/app:1', anyDigest('app')]]);

function pinned(mishap: Mishap, options = {}): Promise<Relocated> {
  return proven(TAGGED, [addonOf('a')], { pinDigests: true, ...options }, { digests, mishap });
}

function pinsOf({ chart, releases: [release] }: Relocated): ReturnType<typeof toPins> | undefined {
  return release === undefined ? undefined : toPins(chart, release);
}

describe('a helm that is killed from elsewhere', () => {
  it('is started once more, so that nothing is lost', async () => {
    const all = await pinned(killing(isProof, 1));
    expect(all.releases[0]?.verdict).toMatchObject({ proven: true });
    expect(pinsOf(all)).toMatchObject({ pinned: [{ image: 'quay.io/team/app:1', by: ['tag'] }], notPinned: [] });
    expect((await proven(WORKER, undefined, {}, { mishap: killing(() => true, 1) })).releases[0]?.notes).toEqual([]);
  });

  it('in a proof, twice, is no reason to leave digests out', async () => {
    const all = await pinned(killing(isProof, 2), { pushUnproven: true });
    expect(all.releases[0]?.verdict).toMatchObject({ proven: false, isCutShort: true });
    expect(pinsOf(all)).toMatchObject({ pinned: [{ image: 'quay.io/team/app:1' }], notPinned: [] });
    await expect(pinned(killing(isProof, 2))).rejects.toMatchObject({
      code: 'NOT_PROVEN',
      message: expect.stringContaining('helm was killed by SIGKILL'),
      hint: expect.stringContaining('run again'),
    });
  });

  it('in a proof, twice, is no reason to leave hidden images behind', async () => {
    const all = await proven(WORKER, undefined, { pushUnproven: true }, { mishap: killing(isProof, 2) });
    expect(all.chart.relocated?.reach).toBe('declared');
    // a proof that fails for the chart's sake is one
    expect((await proven(SPOILING)).chart.relocated?.reach).not.toBe('declared');
    expect(hidden(all)).toHaveLength(1);
  });

  it('while digests are tried, twice, leaves them out and says why', async () => {
    const isProbe: Mishap = ({ valuesFiles }) =>
      valuesFiles.some((file) => file.includes('/pins/')) ? KILLED : undefined;
    const all = await pinned(isProbe);
    expect(all.releases[0]?.verdict).toMatchObject({ proven: true });
    expect(pinsOf(all)).toEqual({
      pinned: [],
      notPinned: [{ image: 'quay.io/team/app:1', reason: 'it could not be tried: helm was killed by SIGKILL' }],
    });
  });

  it('ends the release when nothing else was rendered', async () => {
    await expect(
      relocated([addonOf('a')], { ...APP, 'values.yaml': 'app: a/b:1\n' }, {}, { mishap: () => KILLED }),
    ).rejects.toMatchObject({
      code: 'RENDER_FAILED',
    });
  });
});

describe('a digest that stands beside the references', () => {
  it('under values that nobody asked for is taken back, too', async () => {
    const label = podTemplate(
      'more',
      'quay.io/team/app:{{ .Values.tag }}',
      '.Values.more.enabled',
      'data: { v: "{{ .Values.tag }}" }\n',
    );
    const files = { ...TAGGED, 'values.yaml': 'tag: "1"\nmore: { enabled: false }\n', 'templates/more.yaml': label };
    const all = await proven(files, [addonOf('a')], { pinDigests: true }, { digests });
    expect(pinsOf(all)).toEqual({
      pinned: [],
      notPinned: [{ image: 'quay.io/team/app:1', reason: 'with its digest, more.enabled=true would not be proven' }],
    });
    expect(all.releases[0]?.profiles[0]?.verdict).toMatchObject({ proven: true });
  });
});

describe('a digest whose release or chart failed', () => {
  it('is not counted', async () => {
    const all = await pinned(() => undefined);
    expect(pinsOf(all)?.pinned).toHaveLength(1);
    all.chart.failure = Object.assign(new Error('x')) as never;
    expect(pinsOf(all)).toEqual({ pinned: [], notPinned: [] });
  });
});
