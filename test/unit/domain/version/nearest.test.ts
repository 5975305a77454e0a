import { describe, expect, it } from 'vitest';
import { type Selection, selectFromIndex, selectFromTags } from '../../../../src/domain/version/selection.ts';

const VERSIONS = ['0.9.0', '1.0.0', '1.1.0', '1.2.0', '1.2.1', '1.2.2', '1.3.0', '2.0.0', '2.1.0', '3.0.0'];

function asked(versions: readonly string[], text: string): Selection {
  return selectFromIndex(versions, { kind: 'version', text });
}

describe('naming the nearest versions', () => {
  it('prefers the same major and minor number, then neighbours, and lists the newest first', () => {
    expect(asked(VERSIONS, '1.2.9')).toEqual({ kind: 'none', nearest: ['2.0.0', '1.3.0', '1.2.2', '1.2.1', '1.2.0'] });
    expect(asked(VERSIONS, '1.2.9-rc.1')).toEqual(asked(VERSIONS, '1.2.9'));
  });

  it('keeps the same minor number even when a neighbour is nearer', () => {
    const versions = ['2.0.0', '1.3.0', '1.2.0', '1.2.1', '1.2.2', '1.2.3', '1.2.4', '1.2.5'];
    expect(asked(versions, '1.2.9')).toEqual({ kind: 'none', nearest: ['1.2.5', '1.2.4', '1.2.3', '1.2.2', '1.2.1'] });
  });

  it('takes the newer of two neighbours that are equally far', () => {
    const versions = ['1.5.0', '1.4.0', '1.3.0', '1.2.0', '1.1.0', '1.0.0'];
    expect(asked(versions, '1.2.5')).toEqual({ kind: 'none', nearest: ['1.5.0', '1.4.0', '1.3.0', '1.2.0', '1.1.0'] });
  });

  it('names the newest when far more than everything was asked for, the oldest when less', () => {
    expect(asked(VERSIONS, '^9')).toEqual({ kind: 'none', nearest: ['3.0.0', '2.1.0', '2.0.0', '1.3.0', '1.2.2'] });
    expect(asked(VERSIONS, '<0.5')).toEqual({ kind: 'none', nearest: ['1.2.1', '1.2.0', '1.1.0', '1.0.0', '0.9.0'] });
  });

  it('puts stable versions before pre-releases, except those of the same minor number or when one was asked for', () => {
    const versions = ['1.2.0-rc.1', '1.3.0-rc.1', '1.3.0-rc.2', '1.4.0', '1.1.0', '1.0.0', '0.9.0'];
    expect(asked(versions, '1.2.0')).toEqual({
      kind: 'none',
      nearest: ['1.4.0', '1.2.0-rc.1', '1.1.0', '1.0.0', '0.9.0'],
    });
    expect(asked(versions, '1.2.0-rc.2')).toEqual({
      kind: 'none',
      nearest: ['1.4.0', '1.3.0-rc.2', '1.3.0-rc.1', '1.2.0-rc.1', '1.1.0'],
    });
  });

  it('names a version once, and the newest when every version was asked for', () => {
    const versions = ['1.0.0-a', '1.0.0-a', '2.0.0-a', '3.0.0-a', '4.0.0-a', '5.0.0-a', '6.0.0-a'];
    expect(asked(versions, '*')).toEqual({
      kind: 'none',
      nearest: ['6.0.0-a', '5.0.0-a', '4.0.0-a', '3.0.0-a', '2.0.0-a'],
    });
    expect(asked(['1.0.0', '1.0.0'], '2.0.0')).toEqual({ kind: 'none', nearest: ['1.0.0'] });
  });

  it('prefers stable ones without a target too, and still lists the newest first', () => {
    const tags = ['v1.0.0', 'v1.1.0', '2.0.0-a', '2.0.0-b', '2.0.0-c', '2.0.0-d'];
    expect(selectFromTags(tags, { kind: 'newest', asked: '--latest' })).toEqual({
      kind: 'none',
      nearest: ['2.0.0-d', '2.0.0-c', '2.0.0-b', 'v1.1.0', 'v1.0.0'],
    });
  });
});
