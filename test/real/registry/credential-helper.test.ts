import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createCredentialStore } from '../../../src/adapters/credentials.ts';
import { run } from '../../../src/adapters/process.ts';
import { Redactor } from '../../../src/redaction.ts';
import { NEVER, settingsWith } from '../../support/http-network.ts';

const directories: string[] = [];

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

/** A store whose docker config names the helper `test`, a shell script with this body. */
function storeWith(script: string) {
  const directory = mkdtempSync(join(tmpdir(), 'helper-'));
  directories.push(directory);
  writeFileSync(join(directory, 'docker-credential-test'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  writeFileSync(join(directory, 'config.json'), JSON.stringify({ credsStore: 'test' }));
  const env = { PATH: `${directory}:/usr/bin:/bin`, DOCKER_CONFIG: directory, MARK: 'from the environment' };
  const store = createCredentialStore({ settings: settingsWith(), env, explicit: {}, redactor: new Redactor(), run });
  return { directory, find: (host: string, signal = NEVER) => store.find(host, 'a/b', signal, 'source') };
}

test('a helper program is found on PATH, asked on standard input, with the environment given', async () => {
  const { find } = storeWith('read host; echo "{\\"Username\\":\\"$host $1 $MARK\\",\\"Secret\\":\\"s3cret\\"}"');
  expect(await find('quay.io')).toMatchObject({ username: 'quay.io get from the environment', password: 's3cret' });
});

test('a helper that has nothing is no error', async () => {
  const { find, directory } = storeWith(
    `echo asked >> "$DOCKER_CONFIG/log"; echo "credentials not found in native keychain"; exit 1`,
  );
  expect(await find('quay.io')).toBeUndefined();
  expect(readFileSync(join(directory, 'log'), 'utf8')).toBe('asked\nasked\n');
});

test('a helper that fails is an error that names it', async () => {
  const { find, directory } = storeWith('echo "keychain is locked" >&2; exit 2');
  await expect(find('quay.io')).rejects.toMatchObject({
    code: 'CREDENTIALS_UNREADABLE',
    message: `docker-credential-test, named in ${join(directory, 'config.json')}, failed with code 2 for quay.io`,
  });
});

test('an interrupt ends a helper that hangs', async () => {
  const { find } = storeWith('exec sleep 60');
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 100);
  await expect(find('quay.io', controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
});
