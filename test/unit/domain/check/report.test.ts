import { describe, expect, it } from 'vitest';
import { checkReport } from '../../../../src/domain/check/report.ts';
import type { CheckResult, JudgedReference, ReferenceVerdict } from '../../../../src/domain/check/result.ts';
import type { ImageUse } from '../../../../src/domain/images/image-use.ts';
import type { Platform } from '../../../../src/domain/platform.ts';
import { type Digest, parseReference } from '../../../../src/domain/reference.ts';
import { MirrorError } from '../../../../src/errors.ts';

const DIGEST = `sha256:${'a'.repeat(64)}` as Digest;
const OK: ReferenceVerdict = { kind: 'ok', digest: DIGEST, platforms: [] };

function platform(architecture: string): Platform {
  return { os: 'linux', architecture, variant: undefined };
}

function judged(text: string, verdict: ReferenceVerdict, use: Partial<ImageUse> = {}): JudgedReference {
  const reference = parseReference(text);
  if (reference === undefined) throw new Error(`${text} is no reference`);
  const place = { template: 't', kind: 'Pod', name: 'a', path: 'spec.containers[0].image' };
  const uses: readonly ImageUse[] = [
    { text, reference, role: 'image', certainty: 'certain', why: undefined, place: 'container', ...place, ...use },
  ];
  return { reference, role: use.role === 'base' ? 'base' : 'image', uses, verdict };
}

function reportOf(parts: Partial<CheckResult>, strict = false) {
  return checkReport(
    {
      subject: { kind: 'manifests', source: 'rendered' },
      allowed: [{ host: 'r.example', path: 'platform' }],
      ...{ platforms: [], references: [], unreadable: [], mentioned: [], failures: [], notes: [], ...parts },
    },
    strict,
  );
}

const DOWN = new MirrorError('r.example cannot be reached', { code: 'REGISTRY_UNREACHABLE', origin: 'destination' });
const MENTION = { template: 't', line: 3, text: 'quay.io' };

describe('the verdict', () => {
  const fine = [judged('r.example/platform/a:1', OK)];

  it.each([
    ['everything is there', { references: fine }, 'fine', 0],
    ['nothing is named', {}, 'fine', 0],
    ['a reference is outside', { references: [...fine, judged('a:1', { kind: 'outside' })] }, 'not-fine', 1],
    ['an image is absent', { references: [judged('a:1', { kind: 'absent' })] }, 'not-fine', 1],
    ['an image is denied', { references: [judged('a:1', { kind: 'denied', detail: '403' })] }, 'not-fine', 1],
    ['no image was asked for', { references: [judged('a:1', { kind: 'unknown' })] }, 'undecided', 1],
    ['a registry failed', { references: fine, failures: [DOWN] }, 'undecided', 1],
    [
      'a registry failed and an image is outside',
      { references: [judged('a:1', { kind: 'outside' })], failures: [DOWN] },
      ...(['not-fine', 1] as const),
    ],
    [
      'an image is no reference',
      { unreadable: [{ template: 't', place: 'Pod/a container b', text: ':1' }] },
      'not-fine',
      1,
    ],
    ['other registries are mentioned', { references: fine, mentioned: [MENTION] }, 'fine', 0],
  ] as const)('when %s', (_, parts, verdict, exitCode) => {
    expect(reportOf(parts)).toMatchObject({ verdict, exitCode });
  });

  it('is strict about mentions and about no image when asked to be', () => {
    expect(reportOf({ references: fine }, true)).toMatchObject({ verdict: 'fine', exitCode: 0 });
    expect(reportOf({ references: fine, mentioned: [MENTION] }, true)).toMatchObject({
      verdict: 'not-fine',
      exitCode: 1,
    });
    expect(reportOf({}, true)).toMatchObject({ verdict: 'not-fine', exitCode: 1 });
    const base = judged('r.example/platform', { ...OK, digest: undefined }, { role: 'base' });
    expect(reportOf({ references: [base] }, true)).toMatchObject({ verdict: 'not-fine', exitCode: 1 });
  });
});

describe('an image', () => {
  it('says what is missing, with everything that was found out', () => {
    const verdict: ReferenceVerdict = {
      kind: 'platform-missing',
      digest: DIGEST,
      missing: [platform('arm64')],
      platforms: [platform('amd64'), platform('amd64')],
    };
    const { images } = reportOf({ references: [judged('r.example/platform/a:1', verdict)] });
    expect(images).toEqual([
      {
        reference: 'r.example/platform/a:1',
        role: 'image',
        verdict: 'platform-missing',
        detail: 'no linux/arm64 (has linux/amd64)',
        digest: DIGEST,
        platforms: ['linux/amd64'],
        missingPlatforms: ['linux/arm64'],
        places: [{ template: 't', kind: 'Pod', name: 'a', path: 'spec.containers[0].image' }],
      },
    ]);
  });

  it('that is no reference stands once, with all containers', () => {
    const bad = (name: string, text: string) => ({ template: 't', place: `Pod/${name} container main`, text });
    const { images } = reportOf({ unreadable: [bad('a', ':1'), bad('', ' '), bad('b', ':1')] });
    expect(images.map(({ reference, detail }) => [reference, detail])).toEqual([
      [':1', 'it is no reference'],
      [' ', 'the image is empty'],
    ]);
    expect(images[0]?.places).toEqual([
      { template: 't', kind: 'Pod', name: 'a', path: 'container main' },
      { template: 't', kind: 'Pod', name: 'b', path: 'container main' },
    ]);
    expect(images[1]?.places).toEqual([{ template: 't', kind: 'Pod', name: '', path: 'container main' }]);
  });

  it('that may be none says so, unless a place is sure or nothing is missing', () => {
    const doubtful = { certainty: 'candidate', why: 'inside a longer text' } as const;
    const details = [
      judged('a:1', { kind: 'absent' }, doubtful),
      judged('b:1', OK, doubtful),
      judged('c:1', { kind: 'absent' }, { certainty: 'certain', why: 'a rule' }),
    ];
    expect(reportOf({ references: details }).images.map(({ detail }) => detail)).toEqual([
      'the registry does not have it (perhaps no image: inside a longer text)',
      'the registry does not have it',
      null,
    ]);
  });

  it('comes before others by how bad it is; of one kind in the order of the documents', () => {
    const references = [
      judged('ok:1', OK),
      judged('unknown:1', { kind: 'unknown' }),
      judged('denied:1', { kind: 'denied', detail: 'x' }),
      judged('absent:1', { kind: 'absent' }),
      judged('outside:1', { kind: 'outside' }),
      judged('outside:0', { kind: 'outside' }),
    ];
    const report = reportOf({ references, unreadable: [{ template: 't', place: 'Pod/a container b', text: ':1' }] });
    expect(report.images.map(({ reference }) => reference.replace('docker.io/library/', ''))).toEqual([
      ...[':1', 'outside:1', 'outside:0', 'absent:1', 'denied:1', 'unknown:1', 'ok:1'],
    ]);
    expect(report.totals).toEqual({ unreadable: 1, outside: 2, absent: 1, denied: 1, unknown: 1, ok: 1 });
  });
});

describe('the report', () => {
  it('names what was checked, against what', () => {
    const subject = { kind: 'chart', source: './web', version: '1.2.3', digest: DIGEST } as const;
    expect(reportOf({ subject, platforms: [platform('amd64')], failures: [DOWN], notes: ['a note'] })).toMatchObject({
      ...{ version: 1, subject, registries: ['r.example/platform'], platforms: ['linux/amd64'], strict: false },
      errors: [
        {
          ...{ code: 'REGISTRY_UNREACHABLE', origin: 'destination' },
          ...{ message: 'r.example cannot be reached', hint: null },
        },
      ],
      notes: ['a note'],
    });
    expect(reportOf({}).subject).toEqual({ kind: 'manifests', source: 'rendered', version: null, digest: null });
  });
});
