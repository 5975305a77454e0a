import { describe, expect, it } from 'vitest';
import {
  differences,
  type ExistingSettings,
  type RepositoryRule,
  type RepositorySettings,
  settingsFor,
  unknownSettings,
} from '../../../../src/domain/ecr/repository-settings.ts';

const NOTHING: RepositorySettings = {
  tags: {},
  tagMutability: undefined,
  scanOnPush: undefined,
  encryption: undefined,
  lifecyclePolicy: undefined,
  repositoryPolicy: undefined,
};

function rule(match: string, settings: Partial<RepositorySettings>): RepositoryRule {
  return { ...NOTHING, match, ...settings };
}

const IMMUTABLE = { kind: 'immutable', exceptions: [] } as const;
const MUTABLE = { kind: 'mutable', exceptions: [] } as const;

describe('the settings of a repository', () => {
  it('are our mark alone where no rule fits', () => {
    expect(settingsFor('a/b', [rule('x/*', { scanOnPush: true })])).toEqual({
      ...NOTHING,
      tags: { 'chart-syncer': 'true' },
    });
  });

  it('are those of the first rule that fits and names them', () => {
    const rules = [
      rule('mirror/charts/*', { tagMutability: IMMUTABLE, scanOnPush: false }),
      rule('other/*', { lifecyclePolicy: '{"rules":[0]}' }),
      rule('*', {
        tagMutability: MUTABLE,
        scanOnPush: true,
        lifecyclePolicy: '{}',
        repositoryPolicy: '{"Statement":[]}',
      }),
      rule('*', { encryption: { kind: 'KMS', key: undefined } }),
    ];
    expect(settingsFor('mirror/charts/keda', rules)).toEqual({
      tags: { 'chart-syncer': 'true' },
      tagMutability: IMMUTABLE,
      scanOnPush: false,
      encryption: { kind: 'KMS', key: undefined },
      lifecyclePolicy: '{}',
      repositoryPolicy: '{"Statement":[]}',
    });
    expect(settingsFor('mirror/keda', rules)).toMatchObject({ tagMutability: MUTABLE, scanOnPush: true });
  });

  it.each([
    ['a/*', 'a/b/c', true],
    ['a/*', 'a', false],
    ['*nginx', 'x/y/nginx', true],
    ['*', 'anything/at/all', true],
    ['a.b', 'axb', false],
    ['a', 'a/b', false],
    ['a**/b', 'a/x/b', true],
  ])('%s for %s: %s', (match, name, fits) => {
    expect(settingsFor(name, [rule(match, { scanOnPush: true })]).scanOnPush).toBe(fits ? true : undefined);
  });

  it('join tags, the first rule first, and ours always', () => {
    const rules = [
      rule('a', { tags: { team: 'first', 'chart-syncer': 'no' } }),
      rule('b', { tags: { other: 'x' } }),
      rule('*', { tags: { team: 'second', cost: '7' } }),
    ];
    expect(settingsFor('a', rules).tags).toEqual({ team: 'first', cost: '7', 'chart-syncer': 'true' });
  });
});

const EXISTING: ExistingSettings = {
  tags: { 'chart-syncer': 'true', team: 'x', more: 'y' },
  tagMutability: IMMUTABLE,
  scanOnPush: true,
  encryption: { kind: 'AES256', key: undefined },
  lifecyclePolicy: '',
  repositoryPolicy: '',
};

function differing(wanted: Partial<RepositorySettings>, is: Partial<ExistingSettings> = {}) {
  return differences({ ...EXISTING, ...is }, { ...NOTHING, ...wanted });
}

describe('differences of a repository', () => {
  it('are none where nothing is wanted, or what is there', () => {
    expect(differing({})).toEqual([]);
    expect(
      differing({ ...EXISTING, tags: { team: 'x' }, lifecyclePolicy: undefined, repositoryPolicy: undefined }),
    ).toEqual([]);
  });

  it('are tags that lack or have another value, and no others', () => {
    expect(differing({ tags: { team: 'z', cost: '7', 'chart-syncer': 'true' } })).toEqual([
      { setting: 'tags', is: 'team=x', wanted: 'team=z, cost=7', changeable: true },
    ]);
    expect(differing({ tags: { cost: '7' } })).toEqual([
      { setting: 'tags', is: 'none', wanted: 'cost=7', changeable: true },
    ]);
    expect(differing({ tags: { constructor: 'x' } })).toHaveLength(1);
  });

  it('are mutability and its exceptions, in any order', () => {
    expect(differing({ tagMutability: MUTABLE })).toEqual([
      { setting: 'tagMutability', is: 'immutable', wanted: 'mutable', changeable: true },
    ]);
    const [ab, ba] = [
      ['a', 'b'],
      ['b', 'a'],
    ].map((exceptions) => ({ kind: 'immutable', exceptions }) as const);
    expect(differing({ tagMutability: ab })).toEqual([
      { setting: 'tagMutability', is: 'immutable', wanted: 'immutable except a, b', changeable: true },
    ]);
    expect(differing({ tagMutability: ab }, { tagMutability: ba })).toEqual([]);
  });

  it('are the scan and the encryption, of which the latter is fixed', () => {
    expect(differing({ scanOnPush: false, encryption: { kind: 'KMS', key: 'alias/x' } })).toEqual([
      { setting: 'scanOnPush', is: 'on', wanted: 'off', changeable: true },
      { setting: 'encryption', is: 'AES256', wanted: 'KMS with alias/x', changeable: false },
    ]);
  });

  it('are a policy that is missing, or another one', () => {
    const wanted = '{"rules":[{"rulePriority":1}]}';
    expect(differing({ lifecyclePolicy: wanted })).toEqual([
      { setting: 'lifecyclePolicy', is: 'none', wanted, changeable: true },
    ]);
    const is = '{"rules":[{"rulePriority":2}]}';
    expect(differing({ lifecyclePolicy: wanted }, { lifecyclePolicy: is })).toEqual([
      { setting: 'lifecyclePolicy', is, wanted, changeable: true },
    ]);
  });
});

const ID = '11111111-2222-3333-4444-555555555555';
const ARN = `arn:aws:kms:eu-central-1:123456789012:key/${ID}`;

describe('KMS keys', () => {
  it.each<[string, string | undefined, string | undefined, 'same' | 'differs' | 'unknown']>([
    ['the same ARN', ARN, ARN, 'same'],
    ['the id of the ARN', ARN, ID, 'same'],
    ['another ARN', ARN, ARN.replace('key/1', 'key/2'), 'differs'],
    ['another id', ARN, ID.replace('1', '2'), 'differs'],
    ['the end of an id', ARN, '555555555555', 'differs'],
    ['an alias', ARN, 'alias/registry', 'unknown'],
    ['the ARN of an alias', ARN, 'arn:aws:kms:eu-central-1:123456789012:alias/registry', 'unknown'],
    ['any, where none is named', ARN, undefined, 'same'],
    ['one, where ECR names none', undefined, ARN, 'unknown'],
  ])('%s', (_, is, key, expected) => {
    const existing = { ...EXISTING, encryption: { kind: 'KMS', key: is } as const };
    const wanted = { ...NOTHING, encryption: { kind: 'KMS', key } as const };
    expect(differences(existing, wanted).map(({ setting }) => setting)).toEqual(
      expected === 'differs' ? ['encryption'] : [],
    );
    expect(unknownSettings(existing, wanted)).toEqual(expected === 'unknown' ? ['encryption'] : []);
  });
});

describe('what is not known of a repository', () => {
  it('is no difference, and is told apart', () => {
    const unknown = { ...NOTHING, tags: undefined };
    const wanted: RepositorySettings = {
      ...NOTHING,
      tags: { a: 'b' },
      scanOnPush: true,
      repositoryPolicy: '{"Statement":[]}',
    };
    expect(differences(unknown, wanted)).toEqual([]);
    expect(unknownSettings(unknown, wanted)).toEqual(['tags', 'scanOnPush', 'repositoryPolicy']);
    expect(unknownSettings(unknown, { ...NOTHING, tags: {} })).toEqual(['tags']);
    expect(unknownSettings(EXISTING, wanted)).toEqual([]);
  });
});
