import { describe, expect, it } from 'vitest';
import { judgeProbe, type ProbedHost } from '../../../../src/domain/doctor/judge-probe.ts';
import type { Probe } from '../../../../src/domain/doctor/probe.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const TARGET: ProbedHost = { area: 'target', name: 'registry.example.com', through: undefined };
const SOURCE: ProbedHost = { area: 'source', name: 'docker.io', through: 'cache.example.com' };
const ANSWER: Extract<Probe, { kind: 'answered' }> = {
  kind: 'answered',
  status: 200,
  access: 'credentials from config.json were sent',
  hasLogin: true,
  date: NOW,
  milliseconds: 12.4,
};
const NO_LOGIN = { access: 'no credentials were sent', hasLogin: false };

describe('an answer', () => {
  it.each<[string, ProbedHost, Probe, string]>([
    [
      'is fine',
      TARGET,
      ANSWER,
      'fine target registry.example.com: reached in 12 ms; credentials from config.json were sent',
    ],
    [
      'is fine for a source without a login, and names the mirror',
      SOURCE,
      { ...ANSWER, ...NO_LOGIN, status: 401 },
      'fine source docker.io (through cache.example.com): reached in 12 ms; no credentials were sent',
    ],
    [
      'is wrong for a target that wants a login',
      TARGET,
      { ...ANSWER, ...NO_LOGIN, status: 401 },
      'wrong target registry.example.com: it wants a login: no credentials were sent',
    ],
    [
      'is wrong where the login is not taken',
      SOURCE,
      { ...ANSWER, status: 403 },
      'wrong source docker.io (through cache.example.com): answer 403: credentials from config.json were sent',
    ],
    [
      'is wrong where the token server refuses',
      TARGET,
      { kind: 'refused', status: 400, detail: 'no token', hasLogin: true },
      'wrong target registry.example.com: the login is refused (400): no token',
    ],
    [
      'is wrong from a host that is not well',
      TARGET,
      { ...ANSWER, status: 503 },
      'wrong target registry.example.com: answer 503',
    ],
    [
      'is doubtful from what may be no registry',
      SOURCE,
      { ...ANSWER, status: 418 },
      'doubt source docker.io (through cache.example.com): answer 418: credentials from config.json were sent',
    ],
    [
      'is wrong where there is none',
      TARGET,
      { kind: 'failed', code: 'REGISTRY_UNREACHABLE', message: 'no route', hint: 'look' },
      'wrong target registry.example.com: REGISTRY_UNREACHABLE: no route',
    ],
  ])('%s', (_, host, probe, expected) => {
    const [first, ...more] = judgeProbe(host, probe, NOW);
    expect(`${first?.judgement} ${first?.area} ${first?.subject}: ${first?.what}`).toBe(expected);
    expect(more).toEqual([]);
    if (first?.judgement !== 'fine') expect(first?.remedy).not.toBeNull();
  });

  it.each([
    [-121, 'behind'],
    [121, 'ahead of'],
  ])('tells of a clock that is %d s off', (seconds, words) => {
    const date = new Date(NOW.getTime() - seconds * 1000);
    const findings = judgeProbe(TARGET, { ...ANSWER, date }, NOW);
    expect(findings.map(({ area, judgement }) => [area, judgement])).toEqual([
      ['target', 'fine'],
      ['clock', 'wrong'],
    ]);
    expect(findings[1]?.what).toBe(`this machine's clock is 121 s ${words} that of the host`);
  });
});
