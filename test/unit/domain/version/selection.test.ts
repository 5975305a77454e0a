import { describe, expect, it } from 'vitest';
import type { VersionRequest } from '../../../../src/domain/addon.ts';
import {
  isExactTag,
  type Selection,
  selectFromIndex,
  selectFromTags,
} from '../../../../src/domain/version/selection.ts';
import { tagToVersion, versionToTag } from '../../../../src/domain/version/tags.ts';
import helm from '../../../fixtures/versions/helm.json' with { type: 'json' };

const NEWEST: VersionRequest = { kind: 'newest', asked: '--latest' };
const MOST_THAT_HELM_SORTS_STABLY = 12;

function asked(text: string | null): VersionRequest {
  return text === null ? NEWEST : { kind: 'version', text };
}

function listOf(lists: Readonly<Record<string, readonly string[]>>, chart: string): readonly string[] {
  const list = lists[chart];
  if (list === undefined) throw new Error(`the table has no list for ${chart}`);
  return list;
}

function expectHelmsChoice(selection: Selection, chosen: string | null, listLength: number): void {
  const version = selection.kind === 'selected' ? selection.version : null;
  const equals = selection.kind === 'selected' ? selection.equals : [];
  if (chosen === null || equals.length === 0 || listLength <= MOST_THAT_HELM_SORTS_STABLY) {
    expect(version).toBe(chosen);
  } else {
    expect([version, ...equals]).toContain(chosen);
  }
}

describe('choosing from an index', () => {
  it.each(helm.indexRows)('agrees with helm: $chart $request', ({ chart, request, version }) => {
    const versions = listOf(helm.index, chart);
    expectHelmsChoice(selectFromIndex(versions, asked(request)), version, versions.length);
  });

  it('takes the very text before anything of the same precedence', () => {
    expect(selectFromIndex(['2.0.0+b', '2.0.0', '2.0.0+a'], asked('2.0.0+a'))).toEqual({
      kind: 'selected',
      version: '2.0.0+a',
      how: 'exact',
      equals: [],
    });
  });

  it('takes the first listed of equals and names the others', () => {
    expect(selectFromIndex(['1.0.0', 'v2.0.0', '2.0.0+b', '2.0.0', '2.0.0', '2.0.0-rc.1'], asked('^2'))).toEqual({
      kind: 'selected',
      version: 'v2.0.0',
      how: 'range',
      equals: ['2.0.0+b', '2.0.0'],
    });
  });

  it('tells a version that only matches as a range from an exact one', () => {
    expect(selectFromIndex(['1.0.0'], asked('v1.0.0'))).toMatchObject({ version: '1.0.0', how: 'range' });
    expect(selectFromIndex(['1.0.0'], asked('1.0.0'))).toMatchObject({ version: '1.0.0', how: 'exact' });
  });

  it('says how the newest was chosen, and does not count pre-releases as newest', () => {
    const versions = ['1.0.0', '1.10.0', '1.9.0', '2.0.0-rc.1'];
    expect(selectFromIndex(versions, NEWEST)).toMatchObject({ version: '1.10.0', how: 'newest' });
    expect(selectFromIndex(versions, { kind: 'newest', asked: 'no version given' })).toMatchObject({
      version: '1.10.0',
    });
  });

  it('finds nothing newest among pre-releases, and names them', () => {
    const versions = ['0.1.0-alpha.1', '0.1.0-alpha.2', '1.0.0-rc.1'];
    expect(selectFromIndex(versions, NEWEST)).toEqual({
      kind: 'none',
      nearest: ['1.0.0-rc.1', '0.1.0-alpha.2', '0.1.0-alpha.1'],
    });
  });

  it('finds nothing in an empty index', () => {
    expect(selectFromIndex([], NEWEST)).toEqual({ kind: 'none', nearest: [] });
    expect(selectFromIndex([], asked('1.0.0'))).toEqual({ kind: 'none', nearest: [] });
  });

  it('never chooses a version that helm cannot read, even when asked for by its text', () => {
    expect(selectFromIndex(['1.x', '1.2.3-01'], asked('1.x'))).toEqual({ kind: 'none', nearest: [] });
  });

  it('calls a text that is no version and no range invalid, and names it', () => {
    const reason = "'latest' is neither a version nor a version range that helm can read";
    expect(selectFromIndex(['1.0.0'], asked('latest'))).toEqual({ kind: 'invalid', reason });
    expect(selectFromTags(['1.0.0', 'latest'], asked('latest'))).toEqual({ kind: 'invalid', reason });
    expect(selectFromIndex(['1.0.0'], asked('lat\nest'))).toMatchObject({
      reason: reason.replace('latest', 'lat est'),
    });
    expect(selectFromIndex(['1.0.0'], asked(' '))).toEqual({
      kind: 'invalid',
      reason: 'the version asked for is empty',
    });
  });
});

describe('choosing from tags', () => {
  it.each(helm.tagsRows)('agrees with helm: $chart $request', ({ chart, request, version, tag, improper }) => {
    const tags = listOf(helm.tags, chart);
    const selection = selectFromTags(tags, asked(request));
    expectHelmsChoice(selection, version, tags.length);
    if (version !== null) expect(versionToTag(version)).toBe(tag);
    if (improper) expect(selection.kind).toBe('invalid');
  });

  it('takes a text that reads as a version for that tag or nothing', () => {
    expect(selectFromTags(['1.0.1'], asked('1.0'))).toEqual({ kind: 'none', nearest: ['1.0.1'] });
    expect(selectFromTags(['1.0.1', '1.0'], asked('1.0'))).toMatchObject({ version: '1.0', how: 'exact' });
  });

  it('names a tag that can be asked for exactly when the range cannot see it', () => {
    expect(selectFromTags(['v1.0.0'], asked('1.0.0'))).toEqual({ kind: 'none', nearest: ['v1.0.0'] });
    expect(selectFromTags(['v1.0.0', 'latest', 'sha256-ab.sig'], NEWEST)).toEqual({
      kind: 'none',
      nearest: ['v1.0.0'],
    });
  });

  it('spells versions with a plus and tags with an underscore', () => {
    expect(selectFromTags(['1.0.0', '2.0.0_build.5'], NEWEST)).toMatchObject({ version: '2.0.0+build.5' });
    expect(selectFromTags(['2.0.0_build.5'], asked('2.0.0+build.5'))).toMatchObject({ version: '2.0.0+build.5' });
    expect(versionToTag('2.0.0+build.5')).toBe('2.0.0_build.5');
    expect(tagToVersion('2.0.0_build.5')).toBe('2.0.0+build.5');
  });

  it.each(['1', '1.0', 'v1.0.0', '1.2.3', '01.2.3', '1.2.3-rc.1', '2.0.0+build.5'])('%s is an exact tag', (text) => {
    expect(isExactTag(text)).toBe(true);
  });

  it.each(['', '^1', '1.x', '*', 'latest', '=1.0.0', ' 1.0.0', '2.0.0_build.5', '1.0.0 - 2.0.0'])(
    '%s is no exact tag',
    (text) => {
      expect(isExactTag(text)).toBe(false);
    },
  );
});
