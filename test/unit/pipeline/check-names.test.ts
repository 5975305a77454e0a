import { expect, test } from 'vitest';
import { checkNames, otherNameHint } from '../../../src/pipeline/check-names.ts';
import { startRelease } from '../../../src/pipeline/release-item.ts';
import { addonOf, chartOf, runOf } from './runs.ts';

const OTHER_NAME = /write another one into its Chart\.yaml/;

test.each(['keda', 'cert-manager', 'a.b_c'])('a chart called %s can stand in a registry', (name) => {
  expect(otherNameHint(name)).toBeUndefined();
});

test.each(['echo component', 'Echo', 'echo/', ''])('a chart called "%s" needs another name first', (name) => {
  expect(otherNameHint(name)).toMatch(OTHER_NAME);
});

test.each([
  ['Echo', 'm/Echo', OTHER_NAME],
  ['echo', 'M/echo', /choose another --target-prefix/],
])('the chart %s at %s fails with what mends it', (name, repository, hint) => {
  const addon = addonOf('web', { source: { kind: 'http', repository: 'https://charts.example.com', chart: name } });
  const destination = { registry: 'r.test', repository, tag: undefined, digest: undefined };
  const chart = chartOf([startRelease(addon)], {}, { destination });
  const run = { ...runOf([addon]), charts: [chart] };
  checkNames(run);
  expect(chart.failure).toMatchObject({ code: 'DESTINATION_COLLISION', hint: expect.stringMatching(hint) });
});
