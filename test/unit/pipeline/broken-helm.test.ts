import { describe, expect, it } from 'vitest';
import { MirrorError } from '../../../src/errors.ts';
import { toPins } from '../../../src/pipeline/report-pins.ts';
import type { RenderRequest } from '../../../src/ports/helm.ts';
import { type Mishap, podTemplate, type Relocated, relocated } from './mini-helm.ts';
import { proven, SPOILING, WORKER } from './proved.ts';
import { addonOf, anyDigest } from './runs.ts';

/** A helm that does not come to an end in the calls that fit. */
function killing(fits: (request: RenderRequest) => boolean): Mishap {
  return (request) => {
    if (fits(request)) throw new MirrorError('helm was killed', { code: 'TOOL_FAILED', origin: 'local' });
    return undefined;
  };
}

const isProof = ({ archive }: RenderRequest): boolean => archive.includes('relocated/');

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

describe('a helm that is killed again and again fails its chart, and decides nothing', () => {
  const failed = { code: 'TOOL_FAILED', message: 'helm was killed' };

  it('in a proof of the release: no digest is left out for it', async () => {
    await expect(pinned(killing(isProof), { pushUnproven: true })).rejects.toMatchObject(failed);
  });

  it('in a proof of another profile', async () => {
    const mishap = killing(({ archive, valuesFiles }) => archive.includes('relocated/') && valuesFiles.length > 0);
    await expect(proven(WORKER, undefined, {}, { mishap })).rejects.toMatchObject(failed);
  });

  it('in a proof that was to mend another: no hidden image is left behind for it', async () => {
    const rewritten = killing(({ archive }) => archive.includes('relocated/'));
    let proofs = 0;
    const mishap: Mishap = (request) => (isProof(request) && ++proofs > 2 ? rewritten(request) : undefined);
    expect((await proven(SPOILING)).chart.relocated?.reach).not.toBe('declared');
    await expect(proven(SPOILING, undefined, {}, { mishap })).rejects.toMatchObject(failed);
  });

  it.each([
    ['behind a switch', ({ valuesFiles }: RenderRequest) => valuesFiles.some((file) => file.includes('switches-'))],
    [
      'while values are traced',
      ({ valuesFiles }: RenderRequest) => valuesFiles.some((file) => file.includes('probes/')),
    ],
    [
      'while digests are tried',
      ({ valuesFiles }: RenderRequest) => valuesFiles.some((file) => file.includes('/pins/')),
    ],
    ['from the start', () => true],
  ])('%s', async (_, fits) => {
    const files = { ...WORKER, ...TAGGED, 'values.yaml': `${WORKER['values.yaml']}tag: "1"\n` };
    const addons = [addonOf('a')];
    const around = { digests, mishap: killing(fits) };
    await expect(relocated(addons, files, { pinDigests: true }, around)).rejects.toMatchObject(failed);
  });

  it('while keys for the pull secret are traced', async () => {
    const pullSecret = { name: 'regcred', inChart: true };
    const mishap = killing(({ valuesFiles }) => valuesFiles.some((file) => file.includes('pull-secret/')));
    const values = `${WORKER['values.yaml']}imagePullSecrets: []\n`;
    await expect(
      proven({ ...WORKER, 'values.yaml': values }, undefined, { pullSecret }, { mishap }),
    ).rejects.toMatchObject(failed);
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
