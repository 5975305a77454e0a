import { describe, expect, it } from 'vitest';
import { type ChartSource, formatChartSource, parseChartSource } from '../../../../src/domain/addon.ts';
import { chartViolation } from '../../../../src/domain/policy/chart-policy.ts';

const http = (repository: string): ChartSource => ({ kind: 'http', repository, chart: 'web' });
const oci = (registry: string, path: string): ChartSource => {
  return { kind: 'oci', registry, repository: `${path}web`, chart: 'web' };
};

function isAllowed(source: ChartSource, allowedChartSources: readonly string[] | null): boolean {
  return chartViolation(source, 'the chart web', { allowedChartSources }) === undefined;
}

describe('where charts may come from', () => {
  it('is anywhere where nothing is said, and nowhere but this machine where nothing is allowed', () => {
    const local: ChartSource = { kind: 'local', path: '/charts/web', chart: 'web' };
    expect([http('https://a.example'), oci('a.example', ''), local].map((one) => isAllowed(one, null))).toEqual([
      ...[true, true, true],
    ]);
    expect([http('https://a.example'), oci('a.example', ''), local].map((one) => isAllowed(one, []))).toEqual([
      ...[false, false, true],
    ]);
  });

  it.each<[string, ChartSource, string, boolean]>([
    ['a repository', http('https://a.example/stable'), 'https://a.example/stable', true],
    ['a repository with a slash', http('https://a.example/stable/'), 'https://a.example/stable/', true],
    ['all below a host', http('https://a.example/stable'), 'https://a.example', true],
    ['one chart', http('https://a.example/stable'), 'https://a.example/stable/web', true],
    ['another chart', http('https://a.example/stable'), 'https://a.example/stable/api', false],
    ['a name that only begins so', http('https://a.example/stables'), 'https://a.example/stable', false],
    ['a host that only begins so', http('https://a.example.org/x'), 'https://a.example', false],
    ['the host of a user', http('https://a.example@b.example/x'), 'https://a.example*', false],
    ['a path that leads out', http('https://a.example/stable/../other'), 'https://a.example/stable', false],
    ['another scheme', http('http://a.example/stable'), 'https://a.example/stable', false],
    ['upper case and the port of the scheme', http('https://A.example:443/x'), 'HTTPS://a.Example:443/x', true],
    ['another port', http('https://a.example:8443/x'), 'https://a.example/x', false],
    ['a registry', oci('a.example', 'team/'), 'oci://a.example', true],
    ['a path of a registry', oci('a.example', 'team/charts/'), 'oci://a.example/team', true],
    ['a path that only begins so', oci('a.example', 'teams/'), 'oci://a.example/team', false],
    ['a path of a registry that leads out', oci('a.example', 'team/%2e%2e/'), 'oci://a.example/team', false],
    ['a chart at the root of a registry', oci('a.example', ''), 'oci://a.example/web', true],
    ['another name of Docker Hub', oci('docker.io', 'team/'), 'oci://registry-1.docker.io/team', true],
    ['a repository at the host of a registry', http('https://a.example/team'), 'oci://a.example/team', false],
    ['stars', oci('1.dkr.ecr.eu-central-1.amazonaws.com', 'x/'), 'oci://*.amazonaws.com', true],
    ['everything', http('https://a.example'), '*', true],
  ])('%s', (_name, source, pattern, expected) => {
    expect(isAllowed(source, ['https://none.example', pattern])).toBe(expected);
  });

  it('counts for what came in a file, as far as that says where from', () => {
    const inFile = (origin: ChartSource | undefined): ChartSource => ({
      ...{ kind: 'local', path: 'a.tar!web.tgz', chart: 'web' },
      origin,
    });
    const sources = [http('https://a.example/stable'), http('https://b.example'), oci('a.example', 'x/')];
    const read = sources.map((source) => parseChartSource(formatChartSource(source), 'web'));
    expect(read).toEqual(sources);
    const allowed = ['https://a.example', 'oci://a.example'];
    expect([...read, parseChartSource('./web', 'web')].map((one) => isAllowed(inFile(one), allowed))).toEqual([
      ...[true, false, true, true],
    ]);
  });

  it('is told with the rule, and without passwords', () => {
    const refusal = (source: ChartSource) => chartViolation(source, 'the chart web', { allowedChartSources: [] });
    expect(refusal(http('https://user:secret@a.example/stable'))).toEqual({
      rule: 'policy.allowedChartSources',
      what: 'the chart web comes from https://a.example/stable, which is not allowed',
    });
    expect(refusal(oci('a.example', 'team/'))?.what).toBe(
      'the chart web comes from oci://a.example/team, which is not allowed',
    );
  });
});
