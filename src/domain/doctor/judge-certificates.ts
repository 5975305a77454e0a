import { counted } from '../report/counted.ts';
import { type Finding, fine } from './finding.ts';

/** One certificate of a file, and when it is valid. */
interface Validity {
  readonly subject: string;
  readonly from: Date;
  readonly to: Date;
}

/** A file with certificates. `replaces`: authorities in place of those of the system; `client`: what we show a host. */
export interface CertificateFile {
  /** The flag, variable or setting that names it. */
  readonly what: string;
  readonly file: string;
  readonly purpose: 'replaces' | 'trust' | 'client';
  readonly certificates: readonly Validity[];
}

const WORDS = { replaces: 'in place of those of the system', trust: 'beside those of the system', client: 'for us' };

function judge({ what, file, purpose, certificates }: CertificateFile, now: Date): Finding {
  const unusable = certificates.filter(({ from, to }) => to <= now || from > now);
  const [first] = unusable;
  if (first === undefined)
    return fine(
      'certificates',
      what,
      `${counted(certificates.length, 'certificate', 'certificates')} of ${file}, ${WORDS[purpose]}`,
    );
  const state = first.to <= now ? `expired on ${first.to.toISOString().slice(0, 10)}` : 'is not valid yet';
  const more = unusable.length === 1 ? '' : `, and ${unusable.length - 1} more`;
  return {
    ...{ area: 'certificates', subject: what },
    judgement: unusable.length === certificates.length ? 'wrong' : 'doubt',
    what: `${first.subject} of ${file} ${state}${more}`,
    remedy: first.to <= now ? `replace it in ${file}` : 'check the clock of this machine, and the certificate',
  };
}

/** Which certificates are used, and whether those that files hold are valid now. */
export function judgeCertificates(files: readonly CertificateFile[], now: Date): readonly Finding[] {
  const own = files.map((file) => judge(file, now));
  if (files.some(({ purpose }) => purpose !== 'client')) return own;
  return [fine('certificates', 'authorities', 'those of Node and of the system'), ...own];
}
