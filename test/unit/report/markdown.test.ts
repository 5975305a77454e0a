import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/domain/report/report.ts';
import { markdownText } from '../../../src/report/markdown.ts';
import { chartRow, imageRow, sampleReport } from '../docs/sample-report.ts';

const FAILED = { ...sampleReport(['pushed', 'failed'], ['copied', 'failed']), exitCode: 1 };
const SAMPLE = sampleReport([], ['present']);
const CLEAN: Report = {
  ...SAMPLE,
  charts: [{ ...chartRow('present'), pullSecret: null }],
  artifacts: { ...SAMPLE.artifacts, rows: [], notLookedFor: [] },
  exitCode: 0,
  plan: null,
  ecr: null,
  unmirrorable: [],
  changes: null,
};

describe('the page of a run', () => {
  it('begins with the verdict, and names what needs somebody before all charts', () => {
    const text = markdownText(FAILED);
    expect(text.split('\n')[0]).toBe('## airgap-charts: NOT ALL DONE (exit code 1)');
    expect(text.indexOf('### To look at')).toBeGreaterThan(0);
    expect(text.indexOf('### To look at')).toBeLessThan(text.indexOf('### Charts'));
    expect(text).toContain('**CHART\\_TAG\\_TAKEN**'.replaceAll('\\', ''));
    expect(text).toContain('| image | `quay.io/a/b:1` | failed | **RATE_LIMITED** later | wait |');
  });

  it('tells what has changed, and in one line where nothing has', () => {
    const changes = { ...(FAILED.changes ?? never()), newlyFailing: [], nothing: true };
    expect(markdownText(FAILED)).toContain('- **newly failing**: quay.io/a/b:1: not there → failed (RATE\\_LIMITED)');
    expect(
      markdownText({ ...CLEAN, charts: CLEAN.charts.map((row) => ({ ...row, hiddenImages: [] })), changes }),
    ).toContain(
      'nothing has changed since 2026-11-20 02:18 UTC: 1 chart and 1 image are at registry.example.com/platform.',
    );
  });

  it('takes nothing of what others wrote for Markdown, HTML or a mention', () => {
    const evil = 'a|b <img src=x> **bold** [x](http://evil) @everyone `code`\nnext';
    const row = { ...chartRow('failed'), error: { code: 'INTERNAL', origin: 'local', message: evil, hint: evil } };
    const text = markdownText({ ...CLEAN, exitCode: 1, charts: [row] });
    const line = text.split('\n').find((one) => one.includes('INTERNAL')) ?? '';
    expect(line).toContain(
      'a\\|b &lt;img src=x\\> \\*\\*bold\\*\\* \\[x\\](http://evil) @\u200beveryone \\`code\\` next',
    );
    expect(line.split(/(?<!\\)\|/)).toHaveLength(7);
  });

  it('stays one page for a thousand images and sixty charts that all failed', () => {
    const images = Array.from({ length: 1000 }, (_, index) => ({
      ...imageRow('failed'),
      source: `quay.io/${'long'.repeat(20)}/image-${index}:1`,
      error: { code: 'IMAGE_COPY_FAILED', origin: 'source', message: 'm'.repeat(2000), hint: 'h'.repeat(2000) },
    }));
    const charts = Array.from({ length: 60 }, () => chartRow('failed'));
    const text = markdownText({ ...FAILED, charts, images });
    expect(text.length).toBeLessThan(60_000);
    expect(text).toMatch(/… and \d+ more: all of it is in report.json/);
  });
});

function never(): never {
  throw new Error('the sample has changes');
}
