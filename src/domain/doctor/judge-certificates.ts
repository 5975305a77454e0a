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

/** A file of authorities of which some count for nothing: that does harm only to hosts that have no other. */
function partlyUsable({ what, file, certificates }: CertificateFile, count: number, which: string): Finding {
  const meaning = 'hosts vouched for by these alone are refused, the other authorities work';
  return {
    ...{ area: 'certificates', subject: what, judgement: 'doubt' },
    what: `${count} of ${counted(certificates.length, 'authority', 'authorities')} of ${file} ${count === 1 ? 'counts' : 'count'} for nothing: ${which}; ${meaning}`,
    remedy: `nothing, while no host is WRONG here for its certificate; else bring ${file} up to date (of the system: update ca-certificates)`,
  };
}

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
  const isPart = unusable.length < certificates.length && purpose !== 'client';
  if (isPart)
    return partlyUsable({ what, file, purpose, certificates }, unusable.length, `${first.subject} ${state}${more}`);
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
