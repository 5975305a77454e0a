import { resolve } from 'node:path';
import { isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import { plainData } from './plain-data.ts';
import { type Complaint, shown } from './problems.ts';
import { systemCode } from './read-text.ts';
import type { Reading } from './reading.ts';
import { type Field, fieldsOf, itemsOf, sourceTextOf, stringOf } from './yaml-nodes.ts';
import type { YamlSource } from './yaml-source.ts';

/** The policies that a repository can have. */
export type PolicyKind = 'lifecyclePolicy' | 'repositoryPolicy';

type JsonRecord = Readonly<Record<string, unknown>>;

interface PolicyRules {
  readonly name: string;
  /** What ECR takes, in characters (API reference, PutLifecyclePolicy and SetRepositoryPolicy). */
  readonly longest: number;
  readonly lacks: (policy: JsonRecord) => Complaint | undefined;
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function areRecords(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isRecord);
}

const POLICIES: Readonly<Record<PolicyKind, PolicyRules>> = {
  lifecyclePolicy: {
    name: 'the lifecycle policy',
    longest: 30_720,
    lacks: ({ rules }) =>
      areRecords(rules)
        ? undefined
        : { what: 'the lifecycle policy has no rules', instead: 'write a list "rules" with at least one map in it' },
  },
  repositoryPolicy: {
    name: 'the repository policy',
    longest: 10_240,
    lacks: ({ Statement }) =>
      isRecord(Statement) || areRecords(Statement)
        ? undefined
        : { what: 'the repository policy has no statement', instead: 'write a list "Statement" with at least one map' },
  },
};

function scalarsOf(source: YamlSource, node: Node): readonly Scalar[] {
  if (isMap(node)) return fieldsOf(source, node).flatMap(({ value }) => scalarsOf(source, value));
  if (isSeq(node)) return itemsOf(source, node).flatMap((item) => scalarsOf(source, item));
  return isScalar(node) ? [node] : [];
}

/** YAML makes numbers of account ids, and their leading zeros are lost. In an IAM policy a text is always right. */
function complainOfNumbers(reading: Reading, node: Node): void {
  for (const scalar of scalarsOf(reading.source, node)) {
    if (typeof scalar.value !== 'number') continue;
    const text = sourceTextOf(scalar);
    const what = `${shown(text)} in a repository policy is read as a number`;
    reading.complain(scalar, { what, instead: `put it in quotes: ${JSON.stringify(text)}` });
  }
}

type PolicyRead = { readonly policy: unknown } | Complaint;

async function policyFile(reading: Reading, written: string): Promise<PolicyRead> {
  const path = resolve(reading.directory, written);
  const kind = await reading.files.kindOf(path);
  const instead = 'write the policy here, or a path relative to this file';
  if (kind === 'absent') return { what: `there is no file ${shown(written)}`, instead };
  if (kind === 'directory') return { what: `${shown(written)} is a directory`, instead };
  let text: string;
  try {
    text = await reading.files.readText(path);
  } catch (error) {
    const code = systemCode(error) ?? 'unknown error';
    return { what: `${shown(written)} cannot be read (${code})`, instead: 'check its permissions' };
  }
  try {
    return { policy: JSON.parse(text) };
  } catch {
    return { what: `${shown(written)} is no JSON`, instead: 'correct it there' };
  }
}

function checked(policy: unknown, kind: PolicyKind): string | Complaint {
  const { name, longest, lacks } = POLICIES[kind];
  if (!isRecord(policy)) return { what: `${name} is no JSON object`, instead: 'write one map' };
  const lacking = lacks(policy);
  if (lacking !== undefined) return lacking;
  const text = JSON.stringify(policy);
  if (text.length <= longest) return text;
  return { what: `${name} has ${text.length} characters`, instead: `write at most ${longest}` };
}

/**
 * A policy as compact JSON text: written as a map, or the path of a JSON file. Undefined where nothing is said, and where
 * something is wrong, of which the reading hears.
 */
export async function policyText(
  reading: Reading,
  field: Field | undefined,
  kind: PolicyKind,
): Promise<string | undefined> {
  if (field === undefined) return undefined;
  const { value } = field;
  const written = stringOf(value);
  // anything else than text and a map has the schema refused
  if (!isMap(value) && (written === undefined || written === '')) return undefined;
  if (kind === 'repositoryPolicy') complainOfNumbers(reading, value);
  const read =
    written === undefined ? { policy: plainData(reading.source, value).data } : await policyFile(reading, written);
  const text = 'policy' in read ? checked(read.policy, kind) : read;
  if (typeof text === 'string') return text;
  reading.complain(value, text);
  return undefined;
}
