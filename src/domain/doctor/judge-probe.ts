import { type Area, type Finding, fine } from './finding.ts';
import type { Login, Probe } from './probe.ts';

type Answered = Extract<Probe, { kind: 'answered' }>;

/** Whom an answer is from. */
export interface ProbedHost {
  readonly area: Extract<Area, 'source' | 'target'>;
  readonly name: string;
  /** What the host is asked through, where a mirror stands before it. */
  readonly through: string | undefined;
}

/** A host in the words of findings. */
export function subjectOf({ name, through }: ProbedHost): string {
  return through === undefined || through === name ? name : `${name} (through ${through})`;
}

function loginWords({ user, origin }: Login): string {
  return user === null ? `the identity token from ${origin}` : `the login of ${user} from ${origin}`;
}

function minute(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function loginRemedy({ name, through }: ProbedHost): string {
  return `log in with docker login ${through ?? name}, or another way of docs/credentials.md`;
}

/** What is wrong with a refused login; undefined where the answer is no refusal. */
function refusal(host: ProbedHost, answer: Answered, now: Date): Pick<Finding, 'what' | 'remedy'> | undefined {
  const { status, login, asked, detail, searched } = answer;
  const isAnonymous = host.area === 'target' && answer.wantsLogin && login === undefined && status < 400;
  if (status !== 401 && status !== 403 && !isAnonymous) return undefined;
  if (login === undefined) {
    const what = `${asked} wants a login, and none was found in ${searched}`;
    return { what, remedy: loginRemedy(host) };
  }
  if (login.expires !== undefined && login.expires <= now) {
    const what = `${loginWords(login)} expired at ${minute(login.expires)}; ${asked} answered ${status}`;
    return { what, remedy: loginRemedy(host) };
  }
  const remedy = `it may be wrong or expired, or lack the right: ${loginRemedy(host)}`;
  return { what: `${loginWords(login)} is refused for ${asked} (${detail === '' ? status : detail})`, remedy };
}

function reached({ milliseconds, login, wantsLogin }: Answered): string {
  const time = `reached in ${Math.round(milliseconds)} ms`;
  if (login === undefined) return wantsLogin ? `${time} without a login` : `${time}, it asked for no login`;
  const until = login.expires === undefined ? '' : ` until ${minute(login.expires)}`;
  return `${time}, ${loginWords(login)} is taken${until}`;
}

function answered(host: ProbedHost, answer: Answered, now: Date): Finding {
  const { area } = host;
  const { status, asked, detail } = answer;
  const subject = subjectOf(host);
  const refused = refusal(host, answer, now);
  if (refused !== undefined) return { area, subject, judgement: 'wrong', ...refused };
  if (status >= 500) {
    const remedy = `try again later, or ask who runs ${host.through ?? host.name}`;
    return { area, subject, judgement: 'wrong', what: `${asked} answered ${status}`, remedy };
  }
  // what a catalog names as a range, and an older report, need not be there
  if (status < 400 || (status === 404 && area === 'source' && answer.isRegistry))
    return fine(area, subject, reached(answer));
  const what = `${asked} answered ${detail === '' ? status : detail}`;
  return {
    area,
    subject,
    judgement: 'doubt',
    what,
    remedy: 'it may be something else than a registry: check the host',
  };
}

function staleLogin(host: ProbedHost, { stale }: Answered): readonly Finding[] {
  if (stale === undefined) return [];
  const what = `${loginWords(stale)} has expired, and was passed over`;
  const remedy = `remove it with docker logout ${host.name}, or log in again`;
  return [{ area: host.area, subject: subjectOf(host), judgement: 'doubt', what, remedy }];
}

/** What an answer of a registry says: whether it is reached, with whose login, and whether that is taken. */
export function judgeProbe(host: ProbedHost, probe: Probe, now: Date): readonly Finding[] {
  if (probe.kind === 'answered') return [answered(host, probe, now), ...staleLogin(host, probe)];
  const what = `${probe.message} (${probe.code})`;
  return [{ area: host.area, subject: subjectOf(host), judgement: 'wrong', what, remedy: probe.hint }];
}

/** The same for the index of a chart repository, which has to be there. */
export function judgeRepository(host: ProbedHost, probe: Probe, now: Date): readonly Finding[] {
  if (probe.kind === 'failed' || probe.status < 400 || probe.status > 499) return judgeProbe(host, probe, now);
  // S3 and others answer 403 for what is not there
  if (probe.status === 401 || (probe.status === 403 && probe.login !== undefined)) return judgeProbe(host, probe, now);
  // some servers know GET alone: RFC 9110, section 15.5.6
  if (probe.status === 405) return judgeProbe(host, { ...probe, status: 200 }, now);
  const what = `${probe.asked} answered ${probe.status}`;
  const remedy = 'check the address of the repository in the catalog';
  return [{ area: host.area, subject: subjectOf(host), judgement: 'wrong', what, remedy }];
}
