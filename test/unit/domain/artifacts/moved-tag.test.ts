import { describe, expect, it } from 'vitest';
import { decideMovedTag, type MovedTag } from '../../../../src/domain/artifacts/moved-tag.ts';
import { digestOf } from '../../../../src/domain/manifest.ts';

const TYPE = 'application/vnd.oci.image.manifest.v1+json';
const TAG = `sha256-${'0'.repeat(64)}.sig`;

function signed(...layers: readonly string[]): MovedTag['source'] {
  const descriptor = (text: string) => ({ mediaType: 'a/b', digest: digestOf(text), size: text.length });
  const bytes = Buffer.from(
    JSON.stringify({ schemaVersion: 2, config: descriptor('{}'), layers: layers.map(descriptor) }),
  );
  return { digest: digestOf(bytes), mediaType: TYPE, bytes };
}

function decided(source: MovedTag['source'], target: MovedTag['target'], more: Partial<MovedTag> = {}): string {
  return decideMovedTag({ tag: TAG, source, target, isLocked: false, overwrite: false, ...more }).kind;
}

describe('a tag that moved', () => {
  it('follows its source, which was signed again', () => {
    expect(decided(signed('a', 'b'), signed('a'))).toBe('replace');
    expect(decided(signed('b', 'a'), signed('a', 'b'))).toBe('replace');
  });

  it.each([
    ['was signed at the target, too', signed('a'), signed('a', 'ours')],
    ['was signed on both sides', signed('a', 'theirs'), signed('a', 'ours')],
    ['holds something else', signed('a'), { ...signed(), bytes: Buffer.from('{"schemaVersion":2,"manifests":[]}') }],
    ['holds what cannot be read', signed('a'), { ...signed(), bytes: Buffer.from('') }],
  ])('stays when it %s, whatever the flags', (_, source, target) => {
    expect(decided(source, target)).toBe('keep');
    expect(decided(source, target, { overwrite: true })).toBe('keep');
    expect(decided(source, target, { overwrite: true, tag: TAG.replace('.sig', '.att') })).toBe('keep');
    expect(decided(source, target, { overwrite: true, tag: TAG.replace('.sig', '.sbom') })).toBe('replace');
  });

  it('stays where it is immutable', () => {
    expect(decided(signed('a', 'b'), signed('a'), { isLocked: true, overwrite: true })).toBe('keep');
  });
});
