import { describe, expect, it } from 'vitest';
import { samePolicy } from '../../../../src/domain/ecr/policy-text.ts';

function statement(part: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ Version: '2008-10-17', Statement: [{ Effect: 'Allow', ...part }] });
}

const PULL = { Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], Principal: { AWS: '123456789012' } };

describe('two policies', () => {
  it.each<[string, string, string]>([
    ['equal texts', '{"a": 1}', '{"a": 1}'],
    ['other blanks and order of keys', '{"a": 1, "b": {"c": 2, "d": 3}}', '{ "b":{"d":3,"c":2},"a":1}'],
    ['another order of actions', statement(PULL), statement({ ...PULL, Action: PULL.Action.toReversed() })],
    ['one action, or a list of one', statement({ Action: 'ecr:PutImage' }), statement({ Action: ['ecr:PutImage'] })],
    [
      'an account, or its root',
      statement(PULL),
      statement({ ...PULL, Principal: { AWS: ['arn:aws:iam::123456789012:root'] } }),
    ],
    [
      'an account of another partition',
      statement(PULL),
      statement({ ...PULL, Principal: { AWS: 'arn:aws-cn:iam::123456789012:root' } }),
    ],
    ['one statement, or a list of one', '{"Statement": {"Effect": "Allow"}}', '{"Statement": [{"Effect": "Allow"}]}'],
    [
      'a truth as text',
      statement({ Condition: { Bool: { x: true } } }),
      statement({ Condition: { Bool: { x: 'true' } } }),
    ],
    [
      'rules in another order',
      '{"rules":[{"rulePriority":10,"action":{"type":"expire"}},{"rulePriority":2}]}',
      '{"rules":[{"rulePriority":2},{"action":{"type":"expire"},"rulePriority":10}]}',
    ],
    [
      'prefixes in another order',
      '{"rules":[{"selection":{"tagPrefixList":["a","b"]}}]}',
      '{"rules":[{"selection":{"tagPrefixList":["b","a"]}}]}',
    ],
    ['two texts that are no JSON', 'x', 'x'],
  ])('say the same: %s', (_, a, b) => {
    expect(samePolicy(a, b)).toBe(true);
    expect(samePolicy(b, a)).toBe(true);
  });

  it.each<[string, string, string]>([
    ['another number', '{"rules":[{"countNumber":1}]}', '{"rules":[{"countNumber":2}]}'],
    ['another account', statement(PULL), statement({ ...PULL, Principal: { AWS: '123456789013' } })],
    [
      'a user of the account',
      statement(PULL),
      statement({ ...PULL, Principal: { AWS: 'arn:aws:iam::123456789012:user/x' } }),
    ],
    ['one action more', statement({ Action: ['a'] }), statement({ Action: ['a', 'b'] })],
    ['another effect', '{"Statement":[{"Effect":"Allow"}]}', '{"Statement":[{"Effect":"Deny"}]}'],
    [
      'statements in another order are others',
      '{"Statement":[{"Sid":"a"},{"Sid":"b"}]}',
      '{"Statement":[{"Sid":"b"},{"Sid":"a"}]}',
    ],
    ['one key more', '{"rules":[{"a":1}]}', '{"rules":[{"a":1,"b":2}]}'],
    ['none', '', '{"rules":[]}'],
    ['no JSON', 'x', '{}'],
    ['null', 'null', '{}'],
  ])('differ: %s', (_, a, b) => {
    expect(samePolicy(a, b)).toBe(false);
    expect(samePolicy(b, a)).toBe(false);
  });
});
