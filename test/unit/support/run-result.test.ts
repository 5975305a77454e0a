import { describe, expect, it } from 'vitest';
import { judgeColdRun, judgeRepeatedRun, parseRunResult } from '../../../src/demo/run-result.ts';

function report(chart: string, image: string, bytesCopied: number, exitCode = 0): string {
  return JSON.stringify({
    exitCode,
    totals: { bytesCopied },
    charts: [{ release: 'shop', destination: 'oci://r/shop:1', status: chart }],
    images: [{ destination: 'r/a:1', status: image }],
  });
}

describe('the verdict on the runs of the demo', () => {
  it('accepts a first run that pushed and copied everything, and a second one that found everything', () => {
    expect(judgeColdRun(parseRunResult(report('pushed', 'copied', 10)), 1, 1)).toEqual([]);
    expect(judgeRepeatedRun(parseRunResult(report('present', 'present', 0)), 1, 1)).toEqual([]);
  });

  it('refuses a second run that copied or pushed anything', () => {
    expect(judgeRepeatedRun(parseRunResult(report('pushed', 'copied', 10)), 1, 1)).toEqual([
      'release shop is pushed, not present',
      'image r/a:1 is copied, not present',
      'it copied 10 bytes',
    ]);
  });

  it('refuses a first run that left something out or failed', () => {
    expect(judgeColdRun(parseRunResult(report('pushed', 'copied', 10, 1)), 2, 3)).toEqual([
      'it ended with exit code 1',
      'it reports 1 releases, not 2',
      'it reports 1 images, not 3',
    ]);
  });

  it.each(['[]', '{}', '{"exitCode":0,"totals":{"bytesCopied":0},"charts":{}}'])('takes %s for no report', (text) => {
    expect(() => parseRunResult(text)).toThrow('report.json');
  });
});
