import { counted } from '../report/counted.ts';
import { type Finding, fine } from './finding.ts';

/** By how much this machine's clock is ahead of that of a host. */
export interface HostClock {
  readonly host: string;
  readonly aheadMs: number;
}

/** So much may be the time that an answer takes, and the second to which Date headers are rounded. */
const NOTICED_MS = 30_000;
/** So much is refused: AWS takes signatures of five minutes (docs.aws.amazon.com/IAM, "Signature Version 4", clock skew). */
const REFUSED_MS = 5 * 60_000;

function isOff({ aheadMs }: HostClock): boolean {
  return Math.abs(aheadMs) > NOTICED_MS;
}

function offWords(aheadMs: number): string {
  return `${Math.round(Math.abs(aheadMs) / 1000)} s ${aheadMs > 0 ? 'ahead' : 'behind'}`;
}

function ownClock(clocks: readonly HostClock[]): Finding {
  const least = clocks.reduce((best, one) => (Math.abs(one.aheadMs) < Math.abs(best.aheadMs) ? one : best));
  const hosts = clocks.map(({ host }) => host).join(', ');
  return {
    area: 'clock',
    subject: 'this machine',
    judgement: Math.abs(least.aheadMs) > REFUSED_MS ? 'wrong' : 'doubt',
    what: `its clock is ${offWords(least.aheadMs)}, by the Date of ${hosts}`,
    remedy: 'set the clock, for example with NTP: tokens, signatures and certificates are valid for a time',
  };
}

/**
 * Whose clock is off. Where hosts disagree and one of them agrees with this machine, the others are told of: their tokens
 * may fail. Where none agrees, it is this machine's clock.
 */
export function judgeClocks(clocks: readonly HostClock[]): readonly Finding[] {
  if (clocks.length === 0) return [];
  const off = clocks.filter(isOff);
  if (off.length === clocks.length) return [ownClock(clocks)];
  const agreeing = clocks.length - off.length;
  return [
    fine('clock', 'this machine', `its clock agrees with ${counted(agreeing, 'host', 'hosts')}`),
    ...off.map(
      ({ host, aheadMs }): Finding => ({
        ...{ area: 'clock', subject: host, judgement: 'doubt' },
        what: `its clock is ${offWords(-aheadMs)} of this machine's, with which others agree`,
        remedy: `ask who runs ${host} to set its clock: logins there may fail`,
      }),
    ),
  ];
}
