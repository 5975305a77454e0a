import { describe, expect, it } from 'vitest';
import { belongsTo, chosenTags, isChosenType, isSigningTag } from '../../../../src/domain/artifacts/artifact-choice.ts';
import { digestOf } from '../../../../src/domain/manifest.ts';
import { RECORD_TYPE } from '../../../../src/domain/records/record-artifact.ts';

const DIGEST = digestOf('image');
const STEM = DIGEST.replace(':', '-');
const EMPTY = 'application/vnd.oci.empty.v1+json';

describe('tags that belong to a manifest', () => {
  it.each([`${STEM}`, `${STEM}.sig`, `${STEM}.att`, `${STEM}.sbom`, `${STEM}-cyclonedx`])('%s', (tag) => {
    expect(belongsTo(tag, DIGEST)).toBe(true);
    expect(belongsTo(tag, digestOf('another'))).toBe(false);
  });

  it.each(['latest', `${STEM}0.sig`, STEM.slice(0, -1), `x${STEM}.sig`])('not %s', (tag) => {
    expect(belongsTo(tag, DIGEST)).toBe(false);
  });

  it('are chosen by their name; lists of images of charts never', () => {
    const tags = [
      ...[`${STEM}.sig`, '1.0', `${STEM}.att`, STEM, `${STEM}.images.0123456789abcdef`],
      `${digestOf('another').replace(':', '-')}.sig`,
    ];
    expect(chosenTags(tags, DIGEST, 'all')).toEqual([STEM, `${STEM}.att`, `${STEM}.sig`]);
    expect(chosenTags(tags, DIGEST, 'signatures')).toEqual([STEM, `${STEM}.sig`]);
    expect(chosenTags(tags, DIGEST, 'none')).toEqual([]);
  });

  it('move when somebody signs again', () => {
    const all = ['.sig', '.att', '.sbom', ''].map((suffix) => isSigningTag(`${STEM}${suffix}`));
    expect(all).toEqual([true, true, false, false]);
  });
});

describe('what refers to a manifest', () => {
  it.each([
    'application/vnd.dev.cosign.artifact.sig.v1+json',
    'application/vnd.dev.sigstore.bundle.v0.3+json',
    'application/vnd.dev.sigstore.bundle+json;version=0.2',
    'application/vnd.cncf.notary.signature',
  ])('is a signature: %s', (type) => {
    expect(isChosenType(type, 'signatures')).toBe(true);
  });

  it.each(['application/spdx+json', 'application/vnd.in-toto+json', 'application/vnd.oci.image.config.v1+json'])(
    'is none: %s',
    (type) => {
      expect(isChosenType(type, 'signatures')).toBe(false);
      expect(isChosenType(type, 'all')).toBe(true);
    },
  );

  it.each([undefined, '', EMPTY])('does not tell by %s', (type) => {
    expect(isChosenType(type, 'signatures')).toBeUndefined();
    expect(isChosenType(type, 'all')).toBe(true);
  });

  it('is never a list of images of a chart, and nothing where nothing is wanted', () => {
    expect(isChosenType(RECORD_TYPE, 'all')).toBe(false);
    expect(isChosenType('a/b', 'none')).toBe(false);
  });
});
