import { basename, isAbsolute, relative } from 'node:path';
import {
  type PolicyKey,
  type SignaturePolicy,
  type TextRule,
  type TrustRoot,
  trustRootOf,
} from '../domain/signatures/policy.ts';
import { readPublicKey } from '../domain/signatures/public-key.ts';
import { flagProblem, type Problem, problemAt, shown } from './problems.ts';
import { type InputFiles, systemCode } from './read-text.ts';
import type { SignatureInputs } from './signature-settings.ts';

/** What reading a policy needs. */
export interface PolicyReading {
  readonly files: InputFiles;
  readonly cwd: string;
  /** Why a text is no trust root; undefined when it is one. */
  readonly checkTrustRoot: (text: string) => Promise<string | undefined>;
}

/** Whose signatures images must have, undefined where none is asked for; and all that is wrong with what was said. */
export interface PolicyResult {
  readonly policy: SignaturePolicy | undefined;
  readonly problems: readonly Problem[];
}

const NO_RULE = { rule: undefined, problems: [] } as const;
const WHERE_ROOTS_ARE =
  'write trusted_root.json: cosign trusted-root create --with-default-services makes that of sigstore.dev';

/** A file as messages name it. */
function nameOf(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}

async function textOf(path: string, flag: string, { files, cwd }: PolicyReading): Promise<string | Problem> {
  try {
    return await files.readText(path);
  } catch (error) {
    const code = systemCode(error) ?? 'no text';
    const what = `${shown(nameOf(path, cwd))} cannot be read (${code})`;
    return flagProblem(flag, { what, instead: 'name a file' });
  }
}

async function keyIn(path: string, reading: PolicyReading): Promise<PolicyKey | Problem> {
  const text = await textOf(path, '--signature-key', reading);
  if (typeof text !== 'string') return text;
  const read = readPublicKey(basename(path), text);
  return read.kind === 'key' ? read.key : problemAt({ file: nameOf(path, reading.cwd), line: 1, column: 1 }, read);
}

async function trustRootIn(path: string, reading: PolicyReading): Promise<TrustRoot | Problem> {
  const text = await textOf(path, '--signature-trust-root', reading);
  if (typeof text !== 'string') return text;
  const complaint = await reading.checkTrustRoot(text);
  if (complaint === undefined) return trustRootOf(basename(path), text);
  const what = `this is no trust root of sigstore: ${complaint}`;
  return problemAt({ file: nameOf(path, reading.cwd), line: 1, column: 1 }, { what, instead: WHERE_ROOTS_ARE });
}

function isExpression(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}

function ruleOf(
  flag: string,
  exact: string | undefined,
  expression: string | undefined,
): { readonly rule: TextRule | undefined; readonly problems: readonly Problem[] } {
  const wrong = (what: string, instead: string) => ({
    rule: undefined,
    problems: [flagProblem(flag, { what, instead })],
  });
  if (exact !== undefined && expression !== undefined) return wrong(`${flag}-regexp is given, too`, 'give one of them');
  if (exact === '' || expression === '') return wrong('it is empty', 'write who must have signed');
  if (exact !== undefined) return { rule: { kind: 'exact', text: exact }, problems: [] };
  if (expression === undefined) return NO_RULE;
  if (!isExpression(expression))
    return wrong(`${shown(expression)} is no regular expression of JavaScript`, 'correct it');
  return { rule: { kind: 'regexp', text: expression }, problems: [] };
}

/** What is missing of what belongs together. */
function gaps(settings: SignatureInputs): readonly Problem[] {
  const { signatureKeys = [], signatureTrustRoot } = settings;
  const isNamed = (settings.signatureIdentity ?? settings.signatureIdentityRegexp) !== undefined;
  const isIssued = (settings.signatureIssuer ?? settings.signatureIssuerRegexp) !== undefined;
  const gap = (flag: string, what: string, instead: string): Problem => flagProblem(flag, { what, instead });
  if (!isNamed && !isIssued && signatureTrustRoot === undefined && signatureKeys.length === 0)
    return [
      gap(
        '--verify-signatures',
        'it is not said who must have signed',
        'add --signature-key, or --signature-identity with --signature-issuer and --signature-trust-root',
      ),
    ];
  const isRooted = signatureTrustRoot !== undefined;
  return [
    ...(isNamed && !isIssued ? [gap('--signature-identity', 'its issuer is not named', 'add --signature-issuer')] : []),
    ...(isIssued && !isNamed ? [gap('--signature-issuer', 'nobody is named', 'add --signature-identity')] : []),
    ...((isNamed || isIssued) && !isRooted
      ? [gap('--signature-trust-root', 'certificates cannot be believed without it', WHERE_ROOTS_ARE)]
      : []),
    ...(isRooted && !isNamed && !isIssued
      ? [
          gap(
            '--signature-trust-root',
            'nobody is named',
            'add --signature-identity and --signature-issuer, or leave it out',
          ),
        ]
      : []),
  ];
}

function isProblem(value: object): value is Problem {
  return 'what' in value;
}

/** Reads whose signatures are asked for, with the files that are named. Everything that is wrong comes back together. */
export async function readSignaturePolicy(settings: SignatureInputs, reading: PolicyReading): Promise<PolicyResult> {
  if (settings.verifySignatures !== true) {
    const isForgotten = settings.verifySignatures === undefined && Object.keys(settings).length > 0;
    const what = 'it is said who must have signed, but not that signatures are verified';
    const complaint = { what, instead: 'add it, or say --no-verify-signatures' };
    return { policy: undefined, problems: isForgotten ? [flagProblem('--verify-signatures', complaint)] : [] };
  }
  const { signatureKeys = [], signatureTrustRoot } = settings;
  const identity = ruleOf('--signature-identity', settings.signatureIdentity, settings.signatureIdentityRegexp);
  const issuer = ruleOf('--signature-issuer', settings.signatureIssuer, settings.signatureIssuerRegexp);
  const keys = await Promise.all([...new Set(signatureKeys)].map((path) => keyIn(path, reading)));
  const root = signatureTrustRoot === undefined ? undefined : await trustRootIn(signatureTrustRoot, reading);
  const isNamed = identity.rule !== undefined && issuer.rule !== undefined;
  const problems = [
    ...gaps(settings),
    ...identity.problems,
    ...issuer.problems,
    ...keys.filter(isProblem),
    ...(root === undefined || !isProblem(root) ? [] : [root]),
  ];
  if (problems.length > 0) return { policy: undefined, problems };
  return {
    policy: {
      keys: keys.flatMap((key) => (isProblem(key) ? [] : [key])),
      identity: isNamed ? { identity: identity.rule, issuer: issuer.rule } : null,
      trustRoot: root === undefined || isProblem(root) ? null : root,
    },
    problems: [],
  };
}
