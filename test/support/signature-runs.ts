import type { Report, ReportedImage } from '../../src/domain/report/report.ts';
import type { ReportedSignature } from '../../src/domain/report/reported-signatures.ts';
import type { CountingProxy } from './counting-proxy.ts';
import type { CliResult, Machine } from './e2e-machine.ts';

/** How a copy ended that was to verify. */
export interface VerifiedCopy extends CliResult {
  readonly report: Report;
  /** The row of the image whose source has this text in it. */
  image(text: string): ReportedImage;
  signature(text: string): ReportedSignature;
}

/** Copies images with `--verify-signatures` and these flags. */
export type CopyVerified = (
  images: readonly string[],
  target: CountingProxy,
  path: string,
  ...flags: readonly string[]
) => Promise<VerifiedCopy>;

/** Runs of `copy` on a machine, each with files of its own. */
export function copyingOn(machine: () => Machine): CopyVerified {
  let runs = 0;
  return async (images, target, path, ...flags) => {
    runs += 1;
    const list = await machine().write(`images-${runs}.txt`, `${images.join('\n')}\n`);
    const result = await machine().run([
      ...['copy', '--images', list, '--target-registry', `${target.host}/${path}`, '--plain-http'],
      ...['--output-dir', `out-${runs}`, '--verify-signatures', ...flags],
    ]);
    const report = await machine().report(`out-${runs}`);
    const image = (text: string): ReportedImage => {
      const found = report.images.find(({ source }) => source.includes(text));
      if (found === undefined) throw new Error(`no image ${text}: ${JSON.stringify(report.images)}`);
      return found;
    };
    const signature = (text: string): ReportedSignature => {
      const found = image(text).signature;
      if (found === null) throw new Error(`${text} was not looked at: ${result.stderr}`);
      return found;
    };
    return { ...result, report, image, signature };
  };
}
