import { describe, expect, it } from 'vitest';
import {
  fileAt,
  formatAddress,
  textAt,
  withFile,
  withPackedSubchart,
} from '../../../../src/domain/chart/archive-tree.ts';
import { archive } from './trees.ts';

const DEEP = archive({ 'values.yaml': 'deep: 1\n' });
const INNER = archive({ 'Chart.yaml': 'name: inner\n', 'values.yaml': 'inner: 1\n' }, { 'charts/deep.tgz': DEEP });
const TREE = archive({ 'Chart.yaml': 'name: a\n', 'values.yaml': '\ufeffa: 1\n' }, { 'charts/inner.tgz': INNER });

describe('addresses', () => {
  it('lead through packed subcharts', () => {
    expect(textAt(TREE, ['charts/inner.tgz', 'values.yaml'])).toBe('inner: 1\n');
    expect(textAt(TREE, ['charts/inner.tgz', 'charts/deep.tgz', 'values.yaml'])).toBe('deep: 1\n');
    expect(formatAddress(['charts/inner.tgz', 'charts/deep.tgz', 'values.yaml'])).toBe(
      'charts/inner.tgz!charts/deep.tgz!values.yaml',
    );
  });

  it('lead nowhere where a file or an archive is missing', () => {
    expect(fileAt(TREE, ['README.md'])).toBeUndefined();
    expect(textAt(TREE, ['charts/other.tgz', 'values.yaml'])).toBeUndefined();
  });
});

describe('texts', () => {
  it('come without their byte order mark', () => {
    expect(textAt(TREE, ['values.yaml'])).toBe('a: 1\n');
  });
});

describe('replacing a file', () => {
  it('changes nothing else, and not the tree it was made from', () => {
    const changed = withFile(TREE, ['charts/inner.tgz', 'charts/deep.tgz', 'values.yaml'], Buffer.from('deep: 2\n'));
    expect(textAt(changed, ['charts/inner.tgz', 'charts/deep.tgz', 'values.yaml'])).toBe('deep: 2\n');
    expect(textAt(TREE, ['charts/inner.tgz', 'charts/deep.tgz', 'values.yaml'])).toBe('deep: 1\n');
    expect(changed.files).toBe(TREE.files);
    expect(changed.packed.get('charts/inner.tgz')?.files).toBe(INNER.files);
  });

  it('keeps the place, time and mode of the file', () => {
    const changed = withFile(TREE, ['Chart.yaml'], Buffer.from('name: b\n'));
    expect([...changed.files.keys()]).toEqual([...TREE.files.keys()]);
    expect(changed.files.get('Chart.yaml')).toMatchObject({ path: 'Chart.yaml', mtime: 7, mode: 0o644 });
  });

  it('keeps a byte order mark, and adds none', () => {
    const changed = withFile(TREE, ['values.yaml'], Buffer.from('a: 2\n'));
    expect(changed.files.get('values.yaml')?.data).toEqual(Buffer.from('\ufeffa: 2\n'));
    const again = withFile(changed, ['values.yaml'], Buffer.from('\ufeffa: 3\n'));
    expect(again.files.get('values.yaml')?.data).toEqual(Buffer.from('\ufeffa: 3\n'));
    expect(withFile(TREE, ['Chart.yaml'], Buffer.from('x')).files.get('Chart.yaml')?.data).toEqual(Buffer.from('x'));
  });

  it('adds a file with the time of Chart.yaml', () => {
    const changed = withFile(TREE, ['new.yaml'], Buffer.from('x: 1\n'));
    expect(changed.files.get('new.yaml')).toMatchObject({ path: 'new.yaml', mtime: 7, mode: 0o644 });
  });

  it('refuses to write into an archive that is not there', () => {
    expect(() => withFile(TREE, ['charts/none.tgz', 'values.yaml'], Buffer.from(''))).toThrow('charts/none.tgz');
  });
});

describe('adding a packed subchart', () => {
  it('puts it at its path', () => {
    const changed = withPackedSubchart(TREE, 'charts/deep.tgz', DEEP);
    expect([...changed.packed.keys()]).toEqual(['charts/inner.tgz', 'charts/deep.tgz']);
    expect(TREE.packed.size).toBe(1);
  });
});
