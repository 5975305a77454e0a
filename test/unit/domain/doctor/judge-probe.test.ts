import { describe, expect, it } from 'vitest';
import { judgeProbe, judgeRepository, type ProbedHost } from '../../../../src/domain/doctor/judge-probe.ts';
import type { Probe } from '../../../../src/domain/doctor/probe.ts';

type Answered = Extract<Probe, { kind: 'answered' }>;

const NOW = new Date('2026-11-22T12:00:00Z');
const TARGET: ProbedHost = { area: 'target', name: 'registry.example.com', through: undefined };
const SOURCE: ProbedHost = { area: 'source', name: 'docker.io', through: 'cache.example.com' };
const LOGIN = { user: 'robot', origin: 'config.json', expires: undefined };
const ANSWER: Answered = {
  ...{ kind: 'answered', status: 200, asked: 'team/app', detail: '', isRegistry: true, wantsLogin: true },
  ...{ login: LOGIN, stale: undefined, searched: 'config.json', aheadMs: 0, milliseconds: 12.4 },
};
const NOBODY = { login: undefined };
const OPEN = { login: undefined, wantsLogin: false };
const EXPIRED = { ...LOGIN, expires: new Date('2026-11-22T11:30:00Z') };
const FAILED: Probe = { kind: 'failed', code: 'REGISTRY_UNREACHABLE', message: 'no route', hint: 'look' };

/** What is said of a host: judgement and text; remedies where they are due, and only there. */
function told(judge: typeof judgeProbe, host: ProbedHost, probe: Probe): readonly string[] {
  return judge(host, probe, NOW).map(({ area, subject, judgement, what, remedy }) => {
    expect(area).toBe(host.area);
    expect(subject).toBe(host === SOURCE ? 'docker.io (through cache.example.com)' : 'registry.example.com');
    expect(remedy === null).toBe(judgement === 'fine');
    return `${judgement}: ${what}`;
  });
}

describe('an answer of a registry', () => {
  it.each<[string, ProbedHost, Probe, string]>([
    ['is fine with a login', TARGET, ANSWER, 'fine: reached in 12 ms, the login of robot from config.json is taken'],
    [
      'is fine with an identity token that ends later',
      TARGET,
      { ...ANSWER, login: { user: null, origin: 'config.json', expires: new Date('2026-11-22T15:00:00Z') } },
      'fine: reached in 12 ms, the identity token from config.json is taken until 2026-11-22 15:00 UTC',
    ],
    ['is fine without one', TARGET, { ...ANSWER, ...OPEN }, 'fine: reached in 12 ms, it asked for no login'],
    [
      'is fine from a source that lets everybody read',
      SOURCE,
      { ...ANSWER, ...NOBODY },
      'fine: reached in 12 ms without a login',
    ],
    [
      'is fine where a source lacks just that',
      SOURCE,
      { ...ANSWER, ...OPEN, status: 404 },
      'fine: reached in 12 ms, it asked for no login',
    ],
    [
      'is wrong where a target would take a login and has none',
      TARGET,
      { ...ANSWER, ...NOBODY },
      'wrong: team/app wants a login, and none was found in config.json',
    ],
    [
      'is wrong where a source wants a login and has none',
      SOURCE,
      { ...ANSWER, ...NOBODY, status: 401 },
      'wrong: team/app wants a login, and none was found in config.json',
    ],
    [
      'is wrong where the login is not taken',
      SOURCE,
      { ...ANSWER, status: 403, detail: '403 DENIED' },
      'wrong: the login of robot from config.json is refused for team/app (403 DENIED)',
    ],
    [
      'is wrong where it has ended, and tells when',
      TARGET,
      { ...ANSWER, status: 401, login: EXPIRED },
      'wrong: the login of robot from config.json expired at 2026-11-22 11:30 UTC; team/app answered 401',
    ],
    ['is wrong from a host that is not well', TARGET, { ...ANSWER, status: 503 }, 'wrong: team/app answered 503'],
    [
      'is doubtful from another server',
      SOURCE,
      { ...ANSWER, status: 404, isRegistry: false },
      'doubt: team/app answered 404',
    ],
    [
      'is doubtful from a target that knows no /v2/',
      TARGET,
      { ...ANSWER, status: 404 },
      'doubt: team/app answered 404',
    ],
    ['is wrong where there is none', TARGET, FAILED, 'wrong: no route (REGISTRY_UNREACHABLE)'],
  ])('%s', (_, host, probe, expected) => {
    expect(told(judgeProbe, host, probe)).toEqual([expected]);
  });

  it('tells of a login that was passed over', () => {
    const stale = { ...LOGIN, origin: 'old.json' };
    expect(told(judgeProbe, TARGET, { ...ANSWER, stale })).toEqual([
      'fine: reached in 12 ms, the login of robot from config.json is taken',
      'doubt: the login of robot from old.json has expired, and was passed over',
    ]);
  });
});

describe('an answer of a chart repository', () => {
  it.each<[string, Probe, string]>([
    ['is fine', { ...ANSWER, ...OPEN }, 'fine: reached in 12 ms, it asked for no login'],
    [
      'is fine from a server that knows no heads',
      { ...ANSWER, ...OPEN, status: 405 },
      'fine: reached in 12 ms, it asked for no login',
    ],
    ['is wrong where there is no index', { ...ANSWER, ...OPEN, status: 404 }, 'wrong: team/app answered 404'],
    ['is wrong where an absent one is forbidden', { ...ANSWER, ...OPEN, status: 403 }, 'wrong: team/app answered 403'],
    [
      'is wrong where a login is wanted',
      { ...ANSWER, ...NOBODY, status: 401 },
      'wrong: team/app wants a login, and none was found in config.json',
    ],
    ['is wrong where there is none', FAILED, 'wrong: no route (REGISTRY_UNREACHABLE)'],
  ])('%s', (_, probe, expected) => {
    expect(told(judgeRepository, SOURCE, probe)).toEqual([expected]);
  });
});
