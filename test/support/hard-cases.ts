import type { HardCase } from './hard-case.ts';
import { CUT_CASES } from './hard-case-cuts.ts';
import { HUB_CASES } from './hard-case-hub.ts';
import { KEY_CASES } from './hard-case-keys.ts';
import { KIND_CASES } from './hard-case-kinds.ts';
import { LITERAL_CASES } from './hard-case-literals.ts';
import { LOOK_ALIKE_CASES } from './hard-case-look-alikes.ts';
import { MENTION_CASES } from './hard-case-mentions.ts';
import { PART_CASES } from './hard-case-parts.ts';
import { PREFIX_CASES } from './hard-case-prefixes.ts';
import { PRINTED_CASES } from './hard-case-printed.ts';
import { REGISTRY_CASES } from './hard-case-registries.ts';
import { ROLE_CASES } from './hard-case-roles.ts';
import { SHAPE_CASES } from './hard-case-shapes.ts';
import { SUBCHART_CASES } from './hard-case-subcharts.ts';
import { TEXT_CASES } from './hard-case-texts.ts';
import { VALUE_CASES } from './hard-case-values.ts';

/** All hard cases, by what they are about. */
export const HARD_CASES: Readonly<Record<string, readonly HardCase[]>> = {
  Registries: REGISTRY_CASES,
  'One registry before several names': PREFIX_CASES,
  'Lists, tags and digests': VALUE_CASES,
  Subcharts: SUBCHART_CASES,
  'Names of Docker Hub': HUB_CASES,
  'Further shapes of values': SHAPE_CASES,
  'Text of the chart': [...LITERAL_CASES, ...CUT_CASES],
  'Mentioned elsewhere': MENTION_CASES,
  'What only looks alike': LOOK_ALIKE_CASES,
  'Longer texts': [...TEXT_CASES, ...PRINTED_CASES],
  'Kinds and fields': [...KIND_CASES, ...KEY_CASES],
  'Parts in fields of a text': PART_CASES,
  'Roles of a reference': ROLE_CASES,
};
