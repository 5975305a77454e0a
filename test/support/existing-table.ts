import { type AtTarget, type Decision, decide, settledByTarget } from '../../src/domain/preflight/decide.ts';
import { type Digest, parseReference, type Reference } from '../../src/domain/reference.ts';

/** The three flags about existing tags. */
export interface ExistingFlags {
  readonly skip: boolean;
  readonly verify: boolean;
  readonly overwrite: boolean;
}

/** What the target has under the tag. */
export type Standing = 'absent' | 'same' | 'other';

/** One of the 48 cases. */
export interface ExistingCase extends ExistingFlags {
  readonly standing: Standing;
  readonly immutable: boolean;
}

/** What becomes of a case. `impossible` marks what the flags ask for and an immutable tag does not allow. */
export interface ExistingOutcome {
  readonly word: 'copied' | 'copied again' | 'replaced' | 'present' | 'present, not compared' | 'refused';
  readonly compared: 'nothing' | 'the tag' | 'the digest';
  readonly impossible: boolean;
}

const WANTED = `sha256:${'a'.repeat(64)}` as Digest;
const OTHER = `sha256:${'b'.repeat(64)}` as Digest;
const BOTH = [true, false] as const;

/** Every combination of the flags, the defaults first. */
export const FLAG_COMBINATIONS: readonly ExistingFlags[] = BOTH.flatMap((skip) =>
  BOTH.flatMap((verify) => [false, true].map((overwrite) => ({ skip, verify, overwrite }))),
);

/** All cases: the flags, what stands at the target, and whether its tag is immutable. */
export const EXISTING_CASES: readonly ExistingCase[] = FLAG_COMBINATIONS.flatMap((flags) =>
  (['absent', 'same', 'other'] as const).flatMap((standing) =>
    [false, true].map((immutable) => ({ ...flags, standing, immutable })),
  ),
);

function targetOf({ standing, immutable }: ExistingCase): AtTarget {
  if (standing === 'absent') return { kind: 'absent' };
  return { kind: 'found', digest: standing === 'same' ? WANTED : OTHER, immutable };
}

function wordOf(decision: Decision, standing: Standing): ExistingOutcome['word'] {
  switch (decision.kind) {
    case 'copy':
      if (decision.replaces === undefined) return 'copied';
      return standing === 'same' ? 'copied again' : 'replaced';
    case 'present':
      return decision.verified ? 'present' : 'present, not compared';
    case 'kept':
      throw new Error('no rule for moved tags was given');
    case 'refuse':
      return 'refused';
  }
}

/** What the rules decide for an image that is named by its tag alone, as the pipeline asks them. */
export function outcomeOf(one: ExistingCase): ExistingOutcome {
  const source: Reference | undefined = parseReference('quay.io/a/b:1');
  if (source === undefined) throw new Error('the reference is one');
  const target = targetOf(one);
  const rules = { skipExisting: one.skip, verifyDigest: one.verify, overwrite: one.overwrite, moved: [] };
  const early = settledByTarget(source, target, rules);
  const word = wordOf(early ?? decide(source, WANTED, target, rules), one.standing);
  const compared = one.standing === 'absent' ? 'nothing' : early === undefined ? 'the digest' : 'the tag';
  const asked = one.standing === 'same' ? !one.skip : one.standing === 'other' && one.overwrite;
  const left = word === 'refused' || word === 'present';
  return { word, compared, impossible: one.immutable && asked && left };
}

function cell(one: ExistingCase): string {
  const { word, impossible } = outcomeOf(one);
  return impossible ? `${word} (impossible)` : word;
}

/** The table of docs/existing-tags.md, in Markdown. */
export function existingTable(): string {
  const heads = [
    'Flags',
    'What is compared',
    'absent',
    'same digest',
    'same, immutable',
    'other digest',
    'other, immutable',
  ];
  const rows = FLAG_COMBINATIONS.map((flags) => {
    const at = (standing: Standing, immutable: boolean): ExistingCase => ({ ...flags, standing, immutable });
    const named = [
      flags.skip ? '' : '`--no-skip-existing`',
      flags.verify ? '' : '`--no-verify-existing-digest`',
      flags.overwrite ? '`--overwrite-existing`' : '',
    ].filter((name) => name !== '');
    return [
      named.length === 0 ? 'none (the default)' : named.join(' '),
      outcomeOf(at('other', false)).compared,
      cell(at('absent', false)),
      cell(at('same', false)),
      cell(at('same', true)),
      cell(at('other', false)),
      cell(at('other', true)),
    ];
  });
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(heads), `|${'---|'.repeat(heads.length)}`, ...rows.map(line)].join('\n');
}
