import { describe, expect, it } from 'vitest';
import { reportPage } from '../../../src/report/html/page.ts';
import { chartRow, imageRow, sampleReport } from '../docs/sample-report.ts';

const BASE = sampleReport(['pushed'], ['copied']);
const IMAGE = { ...imageRow('copied'), bytes: 1000 };
const SHARED = { digest: `sha256:${'1'.repeat(64)}`, bytes: 500, images: ['quay.io/a/b:1', 'quay.io/a/c:1'] };
const LAYERS = { images: 2, bytes: 2000, uniqueBytes: 2000, shared: [] };

function page(parts: Partial<typeof BASE>): string {
  return reportPage({ ...BASE, charts: [chartRow('pushed')], images: [IMAGE], ...parts });
}

describe('the page of a run', () => {
  it('has no table of shared layers where none is shared', () => {
    expect(page({ layers: LAYERS })).not.toContain('Where shared layers save bytes');
    expect(page({ layers: { ...LAYERS, uniqueBytes: 1500, shared: [SHARED] } })).toContain(
      'Where shared layers save bytes',
    );
  });

  it('says that an image does not tell its platform', () => {
    expect(page({ images: [{ ...IMAGE, platforms: ['/'] }] })).toContain('>not told</td>');
    expect(page({ images: [{ ...IMAGE, platforms: ['linux/amd64'] }] })).not.toContain('not told</td>');
  });
});
