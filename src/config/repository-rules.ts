import type { Node } from 'yaml';
import { ecrRegistry } from '../domain/ecr/registry.ts';
import { type Encryption, OWN_TAG, type RepositoryRule } from '../domain/ecr/repository-settings.ts';
import type { TagMutability } from '../domain/ecr/tag-mutability.ts';
import { policyText } from './policy-source.ts';
import { type Complaint, shown } from './problems.ts';
import { booleanOf, type Fields, type Reading } from './reading.ts';
import { itemsOf, stringOf } from './yaml-nodes.ts';

// the characters that AWS takes in keys and values of tags in general (Tag Editor User Guide); ECR documents none of its own
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

function tagComplaint(name: string, value: string): Complaint | undefined {
  if (name === OWN_TAG.name) {
    return { what: `${shown(name)} is the mark of this tool, which repositories have anyway`, instead: 'take it out' };
  }
  const bad = [name, value].find((text) => !TAG_TEXT.test(text));
  if (bad === undefined) return undefined;
  const instead = 'write letters, digits, blanks and _ . : / = + - @';
  return { what: `a tag cannot have ${shown(bad)}`, instead };
}

function tagsOf(reading: Reading, node: Node | undefined): Readonly<Record<string, string>> {
  const tags: (readonly [string, string])[] = [];
  for (const { name, key, value } of reading.fields(node).values()) {
    const text = stringOf(value);
    if (text === undefined) continue;
    const complaint = tagComplaint(name, text);
    if (complaint === undefined) tags.push([name, text]);
    else reading.complain(key, complaint);
  }
  return Object.fromEntries(tags);
}

function mutabilityOf(reading: Reading, rule: Fields): TagMutability | undefined {
  const kind = stringOf(rule.get('tagMutability')?.value);
  const exceptions = rule.get('tagMutabilityExceptions');
  if (kind === 'mutable' || kind === 'immutable') {
    const filters = itemsOf(reading.source, exceptions?.value).map(stringOf);
    return { kind, exceptions: filters.filter((filter) => filter !== undefined) };
  }
  if (exceptions !== undefined && !rule.has('tagMutability')) {
    reading.complain(exceptions.key, {
      what: 'these exceptions are from nothing',
      instead: 'add "tagMutability", to which they are exceptions',
    });
  }
  return undefined;
}

const KEY_ALIAS = 'alias/[A-Za-z0-9/_-]+';
const KEY_ID = '(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})';
// the forms that client-ecr names for `EncryptionConfiguration.kmsKey`
const KMS_KEY = new RegExp(
  `^(?:arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:(?:${KEY_ALIAS}|key/${KEY_ID})|${KEY_ALIAS}|${KEY_ID})$`,
);

function keyComplaint(kind: Encryption['kind'], key: string): Complaint | undefined {
  if (kind === 'AES256') return { what: 'AES256 takes no key', instead: 'take it out, or make the type KMS' };
  if (KMS_KEY.test(key)) return undefined;
  const instead = 'write its ARN, its id, or an alias like "alias/registry"';
  return { what: `a KMS key cannot be ${shown(key)}`, instead };
}

function encryptionOf(reading: Reading, node: Node | undefined): Encryption | undefined {
  const fields = reading.fields(node);
  const kind = stringOf(fields.get('type')?.value);
  if (kind !== 'AES256' && kind !== 'KMS' && kind !== 'KMS_DSSE') return undefined;
  const written = fields.get('key');
  const key = stringOf(written?.value);
  if (written === undefined || key === undefined || key === '') return { kind, key: undefined };
  const complaint = keyComplaint(kind, key);
  if (complaint !== undefined) reading.complain(written.value, complaint);
  return { kind, key };
}

async function ruleOf(reading: Reading, rule: Fields, match: string): Promise<RepositoryRule> {
  return {
    match,
    tags: tagsOf(reading, rule.get('tags')?.value),
    tagMutability: mutabilityOf(reading, rule),
    scanOnPush: booleanOf(rule.get('scanOnPush')?.value),
    encryption: encryptionOf(reading, rule.get('encryption')?.value),
    lifecyclePolicy: await policyText(reading, rule.get('lifecyclePolicy'), 'lifecyclePolicy'),
    repositoryPolicy: await policyText(reading, rule.get('repositoryPolicy'), 'repositoryPolicy'),
  };
}

function complainOfMatch(reading: Reading, item: Node, fields: Fields, match: string): void {
  if (fields.size === 1) {
    reading.complain(item, { what: 'this rule says nothing', instead: 'add a setting, or take it out' });
  }
  const value = fields.get('match')?.value;
  if (value !== undefined && ecrRegistry(match, { hosts: new Map() }) !== undefined) {
    const instead = 'write the path behind it, for rules are for all registries';
    reading.complain(value, { what: `${shown(match)} begins with a host`, instead });
  }
}

/** The rules of a `repositories` list, in their order. What the schema does not see of them is checked here. */
export async function repositoryRules(reading: Reading, list: Node | undefined): Promise<readonly RepositoryRule[]> {
  const rules: RepositoryRule[] = [];
  for (const item of itemsOf(reading.source, list)) {
    const fields = reading.fields(item);
    const match = stringOf(fields.get('match')?.value);
    if (match === undefined) continue;
    complainOfMatch(reading, item, fields, match);
    rules.push(await ruleOf(reading, fields, match));
  }
  return rules;
}
