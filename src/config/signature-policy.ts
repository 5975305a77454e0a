import { basename, isAbsolute, relative } from 'node:path';
import {
  type PolicyKey,
  type SignaturePolicy,
  type TextRule,
  type TrustRoot,
  trustRootOf,
} from '../domain/signatures/policy.ts';
import { readPublicKey } from '../domain/signatures/public-key.ts';
import { type Complaint, flagProblem, type Problem, problemAt, shown } from './problems.ts';
import { type InputFiles, systemCode } from './read-text.ts';
import type { SignatureInputs } from './signature-settings.ts';
import { lineOf, type Naming, type SignatureKey, type SignaturePlaces, signatureProblem } from './signature-words.ts';

/** What reading a policy needs. */
export interface PolicyReading {
  readonly files: InputFiles;
  readonly cwd: string;
  /** Why a text is no trust root; undefined when it is one. */
  readonly checkTrustRoot: (text: string) => Promise<string | undefined>;
  readonly places: SignaturePlaces;
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

async function textOf(
  path: string,
  { files, cwd }: PolicyReading,
  problem: (complaint: Complaint) => Problem,
): Promise<string | Problem> {
  try {
    return await files.readText(path);
  } catch (error) {
    const code = systemCode(error) ?? 'no text';
    return problem({ what: `${shown(nameOf(path, cwd))} cannot be read (${code})`, instead: 'name a file' });
  }
}

async function keyIn(path: string, reading: PolicyReading): Promise<PolicyKey | Problem> {
  const place = reading.places.keys.get(path);
  const text = await textOf(path, reading, (complaint) =>
    place === undefined ? flagProblem('--signature-key', complaint) : problemAt(place, complaint),
  );
  if (typeof text !== 'string') return text;
  const read = readPublicKey(basename(path), text);
  return read.kind === 'key' ? read.key : problemAt({ file: nameOf(path, reading.cwd), line: 1, column: 1 }, read);
}

async function trustRootIn(path: string, reading: PolicyReading): Promise<TrustRoot | Problem> {
  const text = await textOf(path, reading, (complaint) =>
    signatureProblem('signatureTrustRoot', reading.places, () => complaint),
  );
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
  key: 'signatureIdentity' | 'signatureIssuer',
  settings: SignatureInputs,
  places: SignaturePlaces,
): { readonly rule: TextRule | undefined; readonly problems: readonly Problem[] } {
  const expressionKey = `${key}Regexp` as const;
  const [exact, expression] = [settings[key], settings[expressionKey]];
  const wrong = (what: (name: Naming) => string, instead: string) => ({
    rule: undefined,
    problems: [signatureProblem(key, places, (name) => ({ what: what(name), instead }))],
  });
  if (exact !== undefined && expression !== undefined)
    return wrong((name) => `${name(expressionKey)} is given, too`, 'give one of them');
  if (exact === '' || expression === '') return wrong(() => 'it is empty', 'write who must have signed');
  if (exact !== undefined) return { rule: { kind: 'exact', text: exact }, problems: [] };
  if (expression === undefined) return NO_RULE;
  if (!isExpression(expression))
    return wrong(() => `${shown(expression)} is no regular expression of JavaScript`, 'correct it');
  return { rule: { kind: 'regexp', text: expression }, problems: [] };
}

/** What is not said has no line: told at that of what needs it. */
function noRoot(needer: SignatureKey, places: SignaturePlaces): Problem {
  const what = (root: string): string => `certificates cannot be believed without ${root}`;
  return lineOf(needer, places) === undefined
    ? signatureProblem('signatureTrustRoot', places, () => ({ what: what('it'), instead: WHERE_ROOTS_ARE }))
    : signatureProblem(needer, places, (name) => ({
        what: what(name('signatureTrustRoot')),
        instead: WHERE_ROOTS_ARE,
      }));
}

/** What is missing of what belongs together. */
function gaps(settings: SignatureInputs, places: SignaturePlaces): readonly Problem[] {
  const { signatureKeys = [], signatureTrustRoot } = settings;
  const isNamed = (settings.signatureIdentity ?? settings.signatureIdentityRegexp) !== undefined;
  const isIssued = (settings.signatureIssuer ?? settings.signatureIssuerRegexp) !== undefined;
  const isRooted = signatureTrustRoot !== undefined;
  const gap = (key: SignatureKey, what: string, instead: (name: Naming) => string): Problem =>
    signatureProblem(key, places, (name) => ({ what, instead: instead(name) }));
  if (!isNamed && !isIssued && !isRooted && signatureKeys.length === 0)
    return [
      gap(
        'verifySignatures',
        'it is not said who must have signed',
        (name) =>
          `add ${name('signatureKeys')}, or ${name('signatureIdentity')} with ${name('signatureIssuer')} and ${name('signatureTrustRoot')}`,
      ),
    ];
  const problems: Problem[] = [];
  if (isNamed && !isIssued)
    problems.push(gap('signatureIdentity', 'its issuer is not named', (name) => `add ${name('signatureIssuer')}`));
  if (isIssued && !isNamed)
    problems.push(gap('signatureIssuer', 'nobody is named', (name) => `add ${name('signatureIdentity')}`));
  if ((isNamed || isIssued) && !isRooted)
    problems.push(noRoot(isNamed ? 'signatureIdentity' : 'signatureIssuer', places));
  if (isRooted && !isNamed && !isIssued)
    problems.push(
      gap(
        'signatureTrustRoot',
        'nobody is named',
        (name) => `add ${name('signatureIdentity')} and ${name('signatureIssuer')}, or leave it out`,
      ),
    );
  return problems;
}

function isProblem(value: object): value is Problem {
  return 'what' in value;
}

/** Somebody is named, and nobody is asked for: told where the first of them stands, or of the flag that is missing. */
function forgotten(settings: SignatureInputs, { settings: places }: SignaturePlaces): readonly Problem[] {
  if (settings.verifySignatures !== undefined || Object.keys(settings).length === 0) return [];
  const what = 'it is said who must have signed, but not that signatures are verified';
  const [place] = places.values();
  if (place === undefined)
    return [flagProblem('--verify-signatures', { what, instead: 'add it, or say --no-verify-signatures' })];
  const instead = 'add verifySignatures: true, or say --no-verify-signatures';
  return [problemAt(place, { what, instead })];
}

/** Reads whose signatures are asked for, with the files that are named. Everything that is wrong comes back together. */
export async function readSignaturePolicy(settings: SignatureInputs, reading: PolicyReading): Promise<PolicyResult> {
  if (settings.verifySignatures !== true) return { policy: undefined, problems: forgotten(settings, reading.places) };
  const { signatureKeys = [], signatureTrustRoot } = settings;
  const identity = ruleOf('signatureIdentity', settings, reading.places);
  const issuer = ruleOf('signatureIssuer', settings, reading.places);
  const keys = await Promise.all([...new Set(signatureKeys)].map((path) => keyIn(path, reading)));
  const root = signatureTrustRoot === undefined ? undefined : await trustRootIn(signatureTrustRoot, reading);
  const isNamed = identity.rule !== undefined && issuer.rule !== undefined;
  const problems = [
    ...gaps(settings, reading.places),
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
