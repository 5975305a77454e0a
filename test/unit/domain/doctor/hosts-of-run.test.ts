import { expect, it } from 'vitest';
import type { Addon } from '../../../../src/domain/addon.ts';
import { sourceHosts } from '../../../../src/domain/doctor/hosts-of-run.ts';
import { specialReport } from '../../../support/emit-reports.ts';

type Asked = Pick<Addon, 'source' | 'version'>;

const VERSION = { kind: 'version', text: '1.0.0+build' } as const;

it('are those of a report, and those of a catalog that it does not know', () => {
  const addons: readonly Asked[] = [
    { source: { kind: 'oci', registry: 'a.example', repository: 'charts/x', chart: 'x' }, version: VERSION },
    { source: { kind: 'oci', registry: 'b.example', repository: 'charts/y', chart: 'y' }, version: VERSION },
    {
      source: { kind: 'oci', registry: 'c.example', repository: 'charts/z', chart: 'z' },
      version: { kind: 'version', text: '^1.0' },
    },
    { source: { kind: 'http', repository: 'https://h.example/stable/?key=1', chart: 'w' }, version: VERSION },
    { source: { kind: 'http', repository: 'https://h.example/stable?key=1', chart: 'v' }, version: VERSION },
    { source: { kind: 'local', path: '/charts', chart: 'u' }, version: VERSION },
  ];
  const images = specialReport()
    .images.slice(0, 1)
    .map((row) => ({ ...row, source: 'a.example/team/app:1' }));
  const { registries, repositories } = sourceHosts(addons, { images });
  expect(Object.fromEntries(registries)).toEqual({
    'a.example': { repository: 'team/app', reference: '1' },
    'b.example': { repository: 'charts/y', reference: '1.0.0_build' },
    'c.example': { repository: 'charts/z', reference: 'latest' },
  });
  expect(repositories.map(String)).toEqual(['https://h.example/stable/index.yaml?key=1']);
});
