import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../proxies.ts';

const IDENTITY_VARIABLES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
];

// the keys of a profile that lead to credentials: docs.aws.amazon.com/sdkref, "Settings reference"
const IDENTITY_KEYS =
  /^\s*(?:aws_access_key_id|credential_process|credential_source|login_session|role_arn|sso_account_id|sso_session|sso_start_url|web_identity_token_file)\s*=/m;

function filesOf(env: Environment): readonly string[] {
  const directory = join(env.HOME || env.USERPROFILE || '', '.aws');
  return [
    env.AWS_SHARED_CREDENTIALS_FILE || join(directory, 'credentials'),
    env.AWS_CONFIG_FILE || join(directory, 'config'),
  ];
}

function defaultSection(text: string): string {
  const [, ...sections] = text.split(/^\s*\[/m);
  return sections.filter((section) => /^(?:profile\s+)?default\s*\]/.test(section)).join('\n');
}

function holdsIdentity(file: string): boolean {
  try {
    return existsSync(file) && IDENTITY_KEYS.test(defaultSection(readFileSync(file, 'utf8')));
  } catch {
    // the SDK says what is wrong with the file, where somebody needs an identity
    return false;
  }
}

/**
 * Whether variables or the default profile of the shared files name an AWS identity. The role of an EC2 instance is named
 * nowhere: to find it, its metadata service has to be asked, which takes seconds wherever there is none.
 */
export function namesIdentity(env: Environment): boolean {
  return IDENTITY_VARIABLES.some((name) => env[name]) || filesOf(env).some(holdsIdentity);
}
