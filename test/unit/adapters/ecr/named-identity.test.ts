import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { namesIdentity } from '../../../../src/adapters/ecr/named-identity.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'aws-'));
  mkdirSync(join(home, '.aws'));
});

afterEach(() => rmSync(home, { recursive: true }));

function write(name: string, text: string): string {
  const file = join(home, '.aws', name);
  writeFileSync(file, text);
  return file;
}

test.each([
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
])('%s names one; empty it does not', (name) => {
  expect(namesIdentity({ HOME: home, [name]: 'x' })).toBe(true);
  expect(namesIdentity({ HOME: home, [name]: '' })).toBe(false);
});

test.each([
  ['credentials', '[default]\naws_access_key_id = A\naws_secret_access_key = B\n'],
  ['config', '[default]\nregion = eu-west-1\nsso_session = corp\n'],
  ['config', '[profile other]\nregion=x\n\n[default]\n  credential_process = /bin/x\n'],
  ['config', '[profile default]\nrole_arn = x\n'],
])('the default profile of %s names one', (name, text) => {
  write(name, text);
  expect(namesIdentity({ HOME: home })).toBe(true);
});

test.each([
  ['nothing', ''],
  ['a region alone', '[default]\nregion = eu-west-1\n'],
  ['another profile', '[profile work]\nsso_session = corp\n'],
  ['a comment', '[default]\n# role_arn = x\n'],
])('a file with %s names none', (_what, text) => {
  write('config', text);
  expect(namesIdentity({ HOME: home })).toBe(false);
});

test('files are found where the variables say', () => {
  const file = write('elsewhere', '[default]\naws_access_key_id = A\n');
  expect(namesIdentity({ AWS_SHARED_CREDENTIALS_FILE: file })).toBe(true);
  expect(namesIdentity({ AWS_CONFIG_FILE: file })).toBe(true);
  expect(namesIdentity({ AWS_CONFIG_FILE: join(home, 'missing') })).toBe(false);
});
