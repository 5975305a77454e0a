import type { Node } from 'yaml';
import type { RefusedReferences } from '../domain/policy/image-policy.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { parseByteSize } from './byte-size.ts';
import { shown } from './problems.ts';
import type { Reading } from './reading.ts';
import { itemsOf, stringOf } from './yaml-nodes.ts';

function textsOf(reading: Reading, node: Node | undefined): readonly string[] | null {
  if (node === undefined) return null;
  return itemsOf(reading.source, node).flatMap((item) => stringOf(item) ?? []);
}

function refusedIn(reading: Reading, node: Node | undefined): readonly RefusedReferences[] {
  return itemsOf(reading.source, node).flatMap((item) => {
    const text = stringOf(item);
    if (text !== undefined) return [{ match: text, reason: null }];
    const fields = reading.fields(item);
    const match = stringOf(fields.get('match')?.value);
    return match === undefined ? [] : [{ match, reason: stringOf(fields.get('reason')?.value) ?? null }];
  });
}

function sizeIn(reading: Reading, node: Node | undefined): number | null {
  const text = stringOf(node);
  if (node === undefined || text === undefined) return null;
  const bytes = parseByteSize(text);
  if (bytes !== undefined && bytes > 0) return bytes;
  reading.complain(node, { what: `${shown(text)} is no size`, instead: 'write one such as 2GiB or 800MB' });
  return null;
}

/** The `policy` of a configuration that its schema has accepted; undefined where there is none. */
export function readPolicy(reading: Reading, node: Node | undefined): Policy | undefined {
  if (node === undefined) return undefined;
  const fields = reading.fields(node);
  return {
    allowedRegistries: textsOf(reading, fields.get('allowedRegistries')?.value),
    allowedChartSources: textsOf(reading, fields.get('allowedChartSources')?.value),
    refused: refusedIn(reading, fields.get('refused')?.value),
    requireSignatures: textsOf(reading, fields.get('requireSignatures')?.value),
    largestImage: sizeIn(reading, fields.get('largestImage')?.value),
  };
}
