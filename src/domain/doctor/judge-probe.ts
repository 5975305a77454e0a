import { type Area, type Finding, fine } from './finding.ts';
import type { Probe } from './probe.ts';

/** The clock of a host may differ by so much, in milliseconds, before signatures and tokens begin to fail. AWS allows five minutes. */
const MOST_SKEW_MS = 2 * 60_000;

/** Where a login is needed, and where one is only better. */
export interface ProbedHost {
  readonly area: Extract<Area, 'source' | 'target'>;
  readonly name: string;
  /** What the host is asked through, where a mirror stands before it. */
  readonly through: string | undefined;
}

function subjectOf({ name, through }: ProbedHost): string {
  return through === undefined || through === name ? name : `${name} (through ${through})`;
}

function clockFinding(host: ProbedHost, date: Date | undefined, now: Date): readonly Finding[] {
  if (date === undefined) return [];
  const skew = now.getTime() - date.getTime();
  if (Math.abs(skew) <= MOST_SKEW_MS) return [];
  const seconds = Math.round(Math.abs(skew) / 1000);
  return [
    {
      area: 'clock',
      subject: subjectOf(host),
      judgement: 'wrong',
      what: `this machine's clock is ${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} that of the host`,
      remedy: 'set the clock, for example with NTP: tokens and certificates are valid for a time',
    },
  ];
}

function loginRemedy({ area, name }: ProbedHost): string {
  return area === 'target'
    ? `log in with docker login ${name}, or another way of docs/credentials.md`
    : `docker login ${name}`;
}

/** What an answer says of a host: reached, by whom, and whether the clocks agree. */
export function judgeProbe(host: ProbedHost, probe: Probe, now: Date): readonly Finding[] {
  const { area } = host;
  const subject = subjectOf(host);
  switch (probe.kind) {
    case 'failed':
      return [{ area, subject, judgement: 'wrong', what: `${probe.code}: ${probe.message}`, remedy: probe.hint }];
    case 'refused':
      return [
        {
          ...{ area, subject, judgement: 'wrong' },
          what: `the login is refused (${probe.status}): ${probe.detail}`,
          remedy: `it may have expired: ${loginRemedy(host)}`,
        },
      ];
    case 'answered':
      return [answered(host, subject, probe), ...clockFinding(host, probe.date, now)];
  }
}

function answered(
  host: ProbedHost,
  subject: string,
  { status, access, hasLogin, milliseconds }: Extract<Probe, { kind: 'answered' }>,
): Finding {
  const { area } = host;
  const time = `${Math.round(milliseconds)} ms`;
  const isRefused = status === 401 || status === 403;
  if (isRefused && hasLogin)
    return {
      area,
      subject,
      judgement: 'wrong',
      what: `answer ${status}: ${access}`,
      remedy: `it may have expired, or lack the right: ${loginRemedy(host)}`,
    };
  if (isRefused && area === 'target')
    return { area, subject, judgement: 'wrong', what: `it wants a login: ${access}`, remedy: loginRemedy(host) };
  if (status >= 500)
    return { area, subject, judgement: 'wrong', what: `answer ${status}`, remedy: 'it is not well: ask who runs it' };
  if (status >= 400 && !isRefused && status !== 404)
    return {
      area,
      subject,
      judgement: 'doubt',
      what: `answer ${status}: ${access}`,
      remedy: 'is this a registry? check host and path',
    };
  return fine(area, subject, `reached in ${time}; ${access}`);
}
