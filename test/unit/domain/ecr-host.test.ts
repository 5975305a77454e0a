import { describe, expect, test } from 'vitest';
import { ecrRegion, isPrivateEcr } from '../../../src/domain/ecr-host.ts';

describe('private ECR hosts', () => {
  test.each([
    '123456789012.dkr.ecr.us-west-2.amazonaws.com',
    '123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com',
    '123456789012.dkr-ecr.us-west-2.on.aws',
    '123456789012.dkr-ecr-fips.us-west-2.on.aws',
    '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn',
    '123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu',
    '123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov',
  ])('%s is one', (host) => {
    expect(isPrivateEcr({ hosts: new Map() }, host)).toBe(true);
  });

  test.each([
    '123456789012.dkr.ecr.us-west-2.amazonaws.com.fake.example.com',
    'fake.example.com.123456789012.dkr.ecr.us-west-2.amazonaws.com',
    '12345.dkr.ecr.us-west-2.amazonaws.com',
    'public.ecr.aws',
    '123456789012.dkr.ecr.us-west-2.amazonaws.com:443',
  ])('%s is none', (host) => {
    expect(isPrivateEcr({ hosts: new Map() }, host)).toBe(false);
  });
});

test('the region is that of the name', () => {
  expect(ecrRegion('123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com')).toBe('us-gov-west-1');
});
