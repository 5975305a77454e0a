import { describe, expect, it } from 'vitest';
import { judgeClocks } from '../../../../src/domain/doctor/judge-clocks.ts';

const SECOND = 1000;
const told = (...ahead: readonly number[]): readonly string[] =>
  judgeClocks(ahead.map((seconds, index) => ({ host: `h${index}`, aheadMs: seconds * SECOND }))).map(
    ({ subject, judgement, what }) => `${judgement} ${subject}: ${what}`,
  );

describe('clocks', () => {
  it('are no finding where no host told the time', () => {
    expect(told()).toEqual([]);
  });

  it('agree within half a minute', () => {
    expect(told(30, -30)).toEqual(['fine this machine: its clock agrees with 2 hosts']);
  });

  it.each([
    [31, 'doubt this machine: its clock is 31 s ahead, by the Date of h0'],
    [-300, 'doubt this machine: its clock is 300 s behind, by the Date of h0'],
    [301, 'wrong this machine: its clock is 301 s ahead, by the Date of h0'],
  ])("that are %d s apart are this machine's, where no host agrees", (seconds, expected) => {
    expect(told(seconds)).toEqual([expected]);
  });

  it('are judged by the host that is nearest', () => {
    expect(told(4000, 200)).toEqual(['doubt this machine: its clock is 200 s ahead, by the Date of h0, h1']);
  });

  it("are the host's where another host agrees with this machine", () => {
    expect(told(1, 4000)).toEqual([
      'fine this machine: its clock agrees with 1 host',
      "doubt h1: its clock is 4000 s behind of this machine's, with which others agree",
    ]);
  });
});
