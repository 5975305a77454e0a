import { describe, expect, it } from 'vitest';
import { configurationOf, type Files, messages } from './configurations.ts';

const NOTHING = {
  tags: {},
  tagMutability: undefined,
  scanOnPush: undefined,
  encryption: undefined,
  lifecyclePolicy: undefined,
  repositoryPolicy: undefined,
};

const LIFECYCLE = { rules: [{ rulePriority: 1, action: { type: 'expire' } }] };

async function rulesOf(yaml: string, files: Files = {}) {
  const { repositories } = await configurationOf({ ...files, 'conf/c.yaml': yaml }, { config: 'conf/c.yaml' });
  return repositories;
}

describe('rules for repositories', () => {
  it('say what is to be, and nothing of what is left out', async () => {
    const yaml = `repositories:
  - match: mirror/charts/*
    tagMutability: immutable
  - match: "*"
    tags: {team: platform, cost center: "0815", empty: ""}
    tagMutability: mutable
    tagMutabilityExceptions: [v*, "1.0"]
    scanOnPush: false
    encryption: {type: KMS, key: alias/registry}
    lifecyclePolicy:
      rules:
        - rulePriority: 1
          action: {type: expire}
    repositoryPolicy: {Version: 2012-10-17, Statement: {Effect: Allow, Principal: {AWS: "012345678901"}}}
`;
    expect(await rulesOf(yaml)).toEqual([
      { ...NOTHING, match: 'mirror/charts/*', tagMutability: { kind: 'immutable', exceptions: [] } },
      {
        match: '*',
        tags: { team: 'platform', 'cost center': '0815', empty: '' },
        tagMutability: { kind: 'mutable', exceptions: ['v*', '1.0'] },
        scanOnPush: false,
        encryption: { kind: 'KMS', key: 'alias/registry' },
        lifecyclePolicy: JSON.stringify(LIFECYCLE),
        repositoryPolicy: '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"012345678901"}}}',
      },
    ]);
  });

  it('take policies from files beside the configuration', async () => {
    const files = {
      'conf/life/cycle.json': `${JSON.stringify(LIFECYCLE, null, 2)}\n`,
      'policy.json': '{"Statement": [{"Sid": "x"}]}',
    };
    const yaml = `repositories: [{match: "*", lifecyclePolicy: life/cycle.json, repositoryPolicy: ../policy.json}]\n`;
    expect(await rulesOf(yaml, files)).toEqual([
      {
        ...NOTHING,
        match: '*',
        lifecyclePolicy: JSON.stringify(LIFECYCLE),
        repositoryPolicy: '{"Statement":[{"Sid":"x"}]}',
      },
    ]);
  });

  it('may share settings by anchors', async () => {
    const yaml = `repositories:
  - {match: a/*, tags: &tags {team: x}, lifecyclePolicy: &life {rules: [{rulePriority: 1}]}}
  - {match: b/*, tags: {<<: *tags, more: y}, lifecyclePolicy: *life}
`;
    expect(await rulesOf(yaml)).toMatchObject([
      { tags: { team: 'x' }, lifecyclePolicy: '{"rules":[{"rulePriority":1}]}' },
      { tags: { team: 'x', more: 'y' }, lifecyclePolicy: '{"rules":[{"rulePriority":1}]}' },
    ]);
  });

  it.each([
    'alias/registry',
    'alias/a/b_c-d',
    '11111111-2222-3333-4444-555555555555',
    'mrk-0123456789abcdef0123456789abcdef',
    'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555',
    'arn:aws-us-gov:kms:us-gov-west-1:123456789012:alias/registry',
  ])('take the key %s', async (key) => {
    const yaml = `repositories: [{match: "*", encryption: {type: KMS_DSSE, key: "${key}"}}]\n`;
    expect(await rulesOf(yaml)).toMatchObject([{ encryption: { kind: 'KMS_DSSE', key } }]);
  });
});

const MANY_TAGS = Array.from({ length: 50 }, (_, index) => `t${index}: x`).join(', ');
const FILES: Files = {
  'list.json': '[]',
  'broken.json': '{"rules": [}',
  'empty.json': '{}',
  'closed.json': { code: 'EACCES' },
  'dir/x': '',
};

/** What is wrong with one rule; columns are those of `- {match: "*", …}`. */
async function wrong(settings: string): Promise<readonly string[]> {
  return messages({ ...FILES, 'c.yaml': `repositories:\n- {match: "*", ${settings}}\n` }, { config: 'c.yaml' });
}

describe('bad rules for repositories', () => {
  it.each<[string, readonly string[]]>([
    ['scan: true', ['c.yaml:2:16: unknown key "scan", write "scanOnPush" or take it out']],
    ['tags: {team: 7}', ['c.yaml:2:29: "team" is read as the number 7, put it in quotes: "7"']],
    ['tags: [team]', ['c.yaml:2:22: "tags" is a list, write a map, for example {"team":"platform"}']],
    [
      `tags: {${'k'.repeat(129)}: x}`,
      [`c.yaml:2:23: the key "${'k'.repeat(77)}..." has 129 characters, write at most 128`],
    ],
    [`tags: {team: ${'v'.repeat(257)}}`, ['c.yaml:2:29: "team" has 257 characters, write at most 256']],
    [`tags: {${MANY_TAGS}}`, ['c.yaml:2:22: "tags" has 50 keys, write at most 49']],
    [
      'tags: {AWS:x: y}',
      ['c.yaml:2:23: the key "AWS:x" cannot be "AWS:x", write another key, for AWS keeps those with "aws:" for itself'],
    ],
    ['tags: {"": y}', ['c.yaml:2:23: the key "" is empty, write text']],
    [
      'tags: {chart-syncer: "false"}',
      ['c.yaml:2:23: "chart-syncer" is the mark of this tool, which repositories have anyway, take it out'],
    ],
    ['tags: {a: "b?"}', ['c.yaml:2:23: a tag cannot have "b?", write letters, digits, blanks and _ . : / = + - @']],
    ['tags: {"a,b": c}', ['c.yaml:2:23: a tag cannot have "a,b", write letters, digits, blanks and _ . : / = + - @']],
    ['tagMutability: fixed', ['c.yaml:2:31: "tagMutability" cannot be "fixed", write mutable or immutable']],
    [
      'tagMutabilityExceptions: [a]',
      ['c.yaml:2:16: these exceptions are from nothing, add "tagMutability", to which they are exceptions'],
    ],
    [
      'tagMutability: mutable, tagMutabilityExceptions: [a, b, c, d, e, f]',
      ['c.yaml:2:65: "tagMutabilityExceptions" has 6 items, list at most 5'],
    ],
    [
      'tagMutability: mutable, tagMutabilityExceptions: ["a b", 1.0]',
      [
        'c.yaml:2:66: item 1 of "tagMutabilityExceptions" cannot be "a b", write up to 128 letters, digits and . _ * -',
        'c.yaml:2:73: item 2 of "tagMutabilityExceptions" is read as the number 1, put it in quotes: "1.0"',
      ],
    ],
    ['scanOnPush: "on"', ['c.yaml:2:28: "scanOnPush" is the text "on", write true or false, for example true']],
    [
      'encryption: KMS',
      ['c.yaml:2:28: "encryption" is the text "KMS", write a map, for example {"type":"KMS","key":"alias/registry"}'],
    ],
    ['encryption: {key: alias/x}', ['c.yaml:2:28: "type" is missing, add it, for example "KMS"']],
    ['encryption: {type: SSE}', ['c.yaml:2:35: "type" cannot be "SSE", write AES256, KMS or KMS_DSSE']],
    [
      'encryption: {type: AES256, key: alias/x}',
      ['c.yaml:2:48: AES256 takes no key, take it out, or make the type KMS'],
    ],
    [
      'encryption: {type: KMS, key: registry}',
      ['c.yaml:2:45: a KMS key cannot be "registry", write its ARN, its id, or an alias like "alias/registry"'],
    ],
    [
      'encryption: {type: KMS, key: "arn:aws:kms:eu-central-1:123456789012:registry"}',
      [
        'c.yaml:2:45: a KMS key cannot be "arn:aws:kms:eu-central-1:123456789012:registry", write its ARN, its id, or an alias like "alias/registry"',
      ],
    ],
    ['encryption: {type: KMS, key: ""}', ['c.yaml:2:45: "key" is empty, write text, for example "alias/registry"']],
    [
      'lifecyclePolicy: [x]',
      ['c.yaml:2:33: "lifecyclePolicy" is a list, write a map, or text, for example "lifecycle.json"'],
    ],
    ['lifecyclePolicy: ""', ['c.yaml:2:33: "lifecyclePolicy" is empty, write text, for example "lifecycle.json"']],
    [
      'lifecyclePolicy: {rule: []}',
      ['c.yaml:2:33: the lifecycle policy has no rules, write a list "rules" with at least one map in it'],
    ],
    [
      'lifecyclePolicy: {rules: [1]}',
      ['c.yaml:2:33: the lifecycle policy has no rules, write a list "rules" with at least one map in it'],
    ],
    [
      'lifecyclePolicy: none.json',
      ['c.yaml:2:33: there is no file "none.json", write the policy here, or a path relative to this file'],
    ],
    [
      'lifecyclePolicy: dir',
      ['c.yaml:2:33: "dir" is a directory, write the policy here, or a path relative to this file'],
    ],
    ['lifecyclePolicy: closed.json', ['c.yaml:2:33: "closed.json" cannot be read (EACCES), check its permissions']],
    ['lifecyclePolicy: broken.json', ['c.yaml:2:33: "broken.json" is no JSON, correct it there']],
    ['lifecyclePolicy: list.json', ['c.yaml:2:33: the lifecycle policy is no JSON object, write one map']],
    [
      'lifecyclePolicy: empty.json',
      ['c.yaml:2:33: the lifecycle policy has no rules, write a list "rules" with at least one map in it'],
    ],
    [
      `lifecyclePolicy: {rules: [{description: "${'x'.repeat(30_720)}"}]}`,
      ['c.yaml:2:33: the lifecycle policy has 30750 characters, write at most 30720'],
    ],
    [
      'repositoryPolicy: empty.json',
      ['c.yaml:2:34: the repository policy has no statement, write a list "Statement" with at least one map'],
    ],
    [
      'repositoryPolicy: {Statement: []}',
      ['c.yaml:2:34: the repository policy has no statement, write a list "Statement" with at least one map'],
    ],
    [
      'repositoryPolicy: {Statement: [{Principal: {AWS: 012345678901}}]}',
      ['c.yaml:2:65: "012345678901" in a repository policy is read as a number, put it in quotes: "012345678901"'],
    ],
    [
      `repositoryPolicy: {Statement: [{Sid: "${'x'.repeat(10_240)}"}]}`,
      ['c.yaml:2:34: the repository policy has 10266 characters, write at most 10240'],
    ],
  ])('%s', async (settings, expected) => {
    expect(await wrong(settings)).toEqual(expected);
  });

  it.each<[string, readonly string[]]>([
    ['{match: "*"}', ['c.yaml:2:3: this rule says nothing, add a setting, or take it out']],
    ['{scanOnPush: true}', ['c.yaml:2:3: "match" is missing, add it, for example "mirror/charts/*"']],
    [
      '{match: /mirror, scanOnPush: true}',
      [
        'c.yaml:2:11: "match" cannot be "/mirror", write a path in lower case like "mirror/*", without a slash before it',
      ],
    ],
    [
      '{match: Mirror/*, scanOnPush: true}',
      [
        'c.yaml:2:11: "match" cannot be "Mirror/*", write a path in lower case like "mirror/*", without a slash before it',
      ],
    ],
    [
      '{match: 123456789012.dkr.ecr.eu-central-1.amazonaws.com/mirror/*, scanOnPush: true}',
      [
        'c.yaml:2:11: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/mirror/*" begins with a host, write the path behind it, for rules are for all registries',
      ],
    ],
    ['mirror/*', ['c.yaml:2:3: item 1 of "repositories" is the text "mirror/*", write a map']],
  ])('%s', async (item, expected) => {
    expect(await messages({ 'c.yaml': `repositories:\n- ${item}\n` }, { config: 'c.yaml' })).toEqual(expected);
  });

  it('are all told at once, in their order', async () => {
    const yaml = `repositories:
  - match: a
    tags: {chart-syncer: x}
    encryption: {type: AES256, key: k}
  - match: b
    lifecyclePolicy: none.json
profile: "a\\nb"
`;
    expect(await messages({ 'c.yaml': yaml }, { config: 'c.yaml', flags: { ecrAccount: 'x' } })).toEqual([
      '--ecr-account: the AWS account cannot be "x", write its twelve digits, like "123456789012"',
      'c.yaml:3:12: "chart-syncer" is the mark of this tool, which repositories have anyway, take it out',
      'c.yaml:4:37: AES256 takes no key, take it out, or make the type KMS',
      'c.yaml:6:22: there is no file "none.json", write the policy here, or a path relative to this file',
      'c.yaml:7:10: the AWS profile cannot be "a\\u000ab", write a name that stands in ~/.aws/config',
    ]);
  });
});
