import { describe, expect, test } from 'vitest';
import { ecrRegistry, isPrivateEcr } from '../../../../src/domain/ecr/registry.ts';
import { hostWith } from '../../../support/http-network.ts';

const NOTHING = { hosts: new Map() };
const NAME = '123456789012.dkr.ecr.us-west-2.amazonaws.com';

describe('names of private registries', () => {
  test.each([
    ['123456789012.dkr.ecr.us-west-2.amazonaws.com', 'us-west-2', false, false],
    ['123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1', true, false],
    ['123456789012.dkr.ecr.us-gov-east-1.amazonaws.com', 'us-gov-east-1', false, false],
    ['123456789012.dkr-ecr.us-west-2.on.aws', 'us-west-2', false, true],
    ['123456789012.dkr-ecr-fips.us-west-2.on.aws', 'us-west-2', true, true],
    ['123456789012.dkr-ecr.us-gov-east-1.on.aws', 'us-gov-east-1', false, true],
    ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', 'cn-north-1', false, false],
    ['123456789012.dkr-ecr.cn-northwest-1.on.amazonwebservices.com.cn', 'cn-northwest-1', false, true],
    ['123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1', false, false],
    ['123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov', 'us-iso-east-1', false, false],
    ['123456789012.dkr.ecr.us-isob-east-1.sc2s.sgov.gov', 'us-isob-east-1', false, false],
    ['123456789012.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk', 'eu-isoe-west-1', false, false],
    ['123456789012.dkr.ecr.us-isof-south-1.csp.hci.ic.gov', 'us-isof-south-1', false, false],
  ])('%s tells account, region and form', (host, region, fips, dualStack) => {
    const account = '123456789012';
    expect(ecrRegistry(host, NOTHING)).toEqual({ kind: 'private', host, account, region, fips, dualStack });
    expect(ecrRegistry(`${host}/team/charts`, NOTHING)).toMatchObject({ kind: 'private', host });
    expect(isPrivateEcr(NOTHING, host)).toBe(true);
  });

  test('upper case is the same name', () => {
    expect(ecrRegistry(NAME.toUpperCase(), NOTHING)).toMatchObject({ host: NAME, region: 'us-west-2' });
  });

  test.each([
    `${NAME}.fake.example.com`,
    `fake.example.com.${NAME}`,
    `x${NAME}`,
    '12345.dkr.ecr.us-west-2.amazonaws.com',
    '1234567890123.dkr.ecr.us-west-2.amazonaws.com',
    '123456789012.dkr.ecr.us-west-2.amazonaws.com.evil',
    '123456789012.dkr.ecr.us-west-2.amazonaws.org',
    '123456789012.dkr.ecr.us-west-2.on.aws',
    '123456789012.dkr-ecr.us-west-2.amazonaws.com',
    '123456789012.dkr.ecr.us.west.2.amazonaws.com',
    '123456789012.dkr.ecr..amazonaws.com',
    '123456789012-dkr.ecr.us-west-2.amazonaws.com',
    '123456789012.dkr.ecr.us-west-2xamazonaws.com',
    `${NAME}:443`,
    'api.ecr.us-west-2.amazonaws.com',
    'public.ecr.aws.example.org',
    'docker.io',
  ])('%s is none', (host) => {
    expect(ecrRegistry(host, NOTHING)).toBeUndefined();
    expect(isPrivateEcr(NOTHING, host)).toBe(false);
  });
});

describe('ECR Public', () => {
  test.each([
    ['public.ecr.aws', undefined],
    ['public.ecr.aws/', undefined],
    ['public.ecr.aws/team', 'team'],
    ['public.ecr.aws/team/charts', 'team'],
    ['Public.ECR.aws/team', 'team'],
  ])('%s has the alias %s', (place, alias) => {
    expect(ecrRegistry(place, NOTHING)).toEqual({ kind: 'public', host: 'public.ecr.aws', alias });
    expect(isPrivateEcr(NOTHING, 'public.ecr.aws')).toBe(false);
  });

  test('has a name for both versions of IP', () => {
    const place = 'ecr-public.aws.com';
    expect(ecrRegistry(`${place}/team/a`, NOTHING)).toEqual({ kind: 'public', host: place, alias: 'team' });
    expect(ecrRegistry('x.ecr-public.aws.com', NOTHING)).toBeUndefined();
  });
});

describe('the configuration', () => {
  test('makes a name of its own a private registry, with account and region', () => {
    const hosts = new Map([
      ['registry.corp.example:5000', hostWith({ type: 'ecr', account: '111122223333', region: 'eu-west-1' })],
      ['bare.example', hostWith({ type: 'ecr' })],
    ]);
    expect(ecrRegistry('registry.corp.example:5000/a', { hosts })).toEqual({
      kind: 'private',
      host: 'registry.corp.example:5000',
      account: '111122223333',
      region: 'eu-west-1',
      fips: false,
      dualStack: false,
    });
    expect(ecrRegistry('bare.example', { hosts })).toMatchObject({ account: undefined, region: undefined });
    expect(ecrRegistry('registry.corp.example', { hosts })).toBeUndefined();
  });

  test('goes before what a name tells, one by one', () => {
    const fips = '123456789012.dkr.ecr-fips.us-east-1.amazonaws.com';
    const hosts = new Map([[fips, hostWith({ type: 'ecr', account: '111122223333' })]]);
    expect(ecrRegistry(fips, { hosts })).toMatchObject({ account: '111122223333', region: 'us-east-1', fips: true });
  });

  test('makes any name an ordinary registry', () => {
    const hosts = new Map([
      [NAME, hostWith({ type: 'generic' })],
      ['public.ecr.aws', hostWith({ type: 'generic' })],
    ]);
    expect(ecrRegistry(NAME, { hosts })).toBeUndefined();
    expect(ecrRegistry('public.ecr.aws/team', { hosts })).toBeUndefined();
  });

  test('leaves a name alone when it says nothing of its type', () => {
    const hosts = new Map([[NAME, hostWith({ concurrency: 2 })]]);
    expect(ecrRegistry(NAME, { hosts })).toMatchObject({ kind: 'private' });
  });
});
