import { describe, expect, it } from 'vitest';
import type { MovedAction } from '../../../../src/domain/addon.ts';
import {
  type AtTarget,
  decide,
  type ExistingRules,
  movedAction,
  settledByTarget,
} from '../../../../src/domain/preflight/decide.ts';
import { type Digest, parseReference, type Reference } from '../../../../src/domain/reference.ts';

const WANTED = `sha256:${'a'.repeat(64)}` as Digest;
const OTHER = `sha256:${'b'.repeat(64)}` as Digest;
const TARGETS = { absent: { kind: 'absent' }, same: found(WANTED), other: found(OTHER) } as const;
const MOVED: readonly (MovedAction | 'no rule')[] = ['no rule', 'refuse', 'keep', 'overwrite'];
const YES_NO = [true, false];

function found(digest: Digest): AtTarget {
  return { kind: 'found', digest, immutable: false };
}

function reference(text: string): Reference {
  const parsed = parseReference(text);
  if (parsed === undefined) throw new Error(`${text} is a reference`);
  return parsed;
}

interface Combination {
  readonly rules: ExistingRules;
  readonly moved: MovedAction | 'no rule';
  readonly pinned: boolean;
  readonly source: Reference;
  readonly at: keyof typeof TARGETS;
}

function combinations(): readonly Combination[] {
  return YES_NO.flatMap((skipExisting) =>
    YES_NO.flatMap((verifyDigest) =>
      YES_NO.flatMap((overwrite) =>
        YES_NO.flatMap((pinned) =>
          MOVED.flatMap((moved) =>
            (['absent', 'same', 'other'] as const).map((at): Combination => {
              const source = reference(pinned ? `quay.io/a/b:1@${WANTED}` : 'quay.io/a/b:1');
              const rule = moved === 'no rule' ? [] : [{ match: 'quay.io/*', action: moved }];
              return { rules: { skipExisting, verifyDigest, overwrite, moved: rule }, moved, pinned, source, at };
            }),
          ),
        ),
      ),
    ),
  );
}

/** The table of the rules, written down a second time as plain cases. */
function expected({ rules, moved, pinned, at }: Combination): unknown {
  if (at === 'absent') return { kind: 'copy', replaces: undefined };
  if (at === 'same')
    return rules.skipExisting ? { kind: 'present', verified: true } : { kind: 'copy', replaces: WANTED };
  if (rules.overwrite || moved === 'overwrite') return { kind: 'copy', replaces: OTHER };
  return moved === 'keep' && !pinned
    ? { kind: 'kept', digest: OTHER }
    : { kind: 'refuse', why: { kind: 'taken', digest: OTHER } };
}

function spelled({ rules, moved, pinned, at }: Combination): string {
  const flags = `skip ${rules.skipExisting}, verify ${rules.verifyDigest}, overwrite ${rules.overwrite}`;
  return `${flags}, ${pinned ? 'pinned' : 'by tag'}, moved ${moved}, target ${at}`;
}

describe('deciding about an image whose digest is known', () => {
  const all = combinations();

  it('decides every combination by the table', () => {
    expect(all).toHaveLength(192);
    const wrong = all.filter((one) => {
      const decision = decide(one.source, WANTED, TARGETS[one.at], one.rules);
      return JSON.stringify(decision) !== JSON.stringify(expected(one));
    });
    expect(wrong.map(spelled)).toEqual([]);
  });

  it('never replaces another digest without --overwrite-existing or a moved rule that says so', () => {
    const replacing = all.filter((one) => {
      const decision = decide(one.source, WANTED, TARGETS[one.at], one.rules);
      return decision.kind === 'copy' && decision.replaces !== undefined && decision.replaces !== WANTED;
    });
    expect(replacing.length).toBeGreaterThan(0);
    for (const one of replacing) expect(one.rules.overwrite || one.moved === 'overwrite', spelled(one)).toBe(true);
  });

  it('never keeps another content under a reference that pins a digest', () => {
    for (const one of all.filter(({ pinned }) => pinned)) {
      expect(decide(one.source, WANTED, TARGETS[one.at], one.rules).kind, spelled(one)).not.toBe('kept');
    }
  });
});

describe('an immutable tag', () => {
  const locked = (digest: Digest): AtTarget => ({ kind: 'found', digest, immutable: true });
  const all = combinations();

  it('is never pushed again, whatever the flags and rules say', () => {
    for (const one of all.filter(({ at }) => at !== 'absent')) {
      const target = locked(one.at === 'same' ? WANTED : OTHER);
      expect(decide(one.source, WANTED, target, one.rules).kind, spelled(one)).not.toBe('copy');
    }
  });

  it('with the same content is present also where it was to be copied again', () => {
    for (const one of all) {
      const decision = decide(one.source, WANTED, locked(WANTED), one.rules);
      expect(decision, spelled(one)).toEqual({ kind: 'present', verified: true });
    }
  });

  it('that was to be replaced is refused for being immutable', () => {
    for (const one of all.filter(({ rules, moved }) => rules.overwrite || moved === 'overwrite')) {
      const decision = decide(one.source, WANTED, locked(OTHER), one.rules);
      expect(decision, spelled(one)).toEqual({ kind: 'refuse', why: { kind: 'immutable', digest: OTHER } });
    }
  });
});

describe('an archived tag', () => {
  it('is refused in every combination, before the source is asked', () => {
    const refusal = { kind: 'refuse', why: { kind: 'archived' } };
    for (const one of combinations()) {
      expect(settledByTarget(one.source, { kind: 'archived' }, one.rules), spelled(one)).toEqual(refusal);
      expect(decide(one.source, WANTED, { kind: 'archived' }, one.rules), spelled(one)).toEqual(refusal);
    }
  });
});

describe('settling without asking the source', () => {
  it('happens only when the tag is there and skipping is on', () => {
    for (const one of combinations().filter(({ rules, at }) => !rules.skipExisting || at === 'absent')) {
      expect(settledByTarget(one.source, TARGETS[one.at], one.rules), spelled(one)).toBeUndefined();
    }
  });

  it('needs the pinned digest, or trust in tags for a reference without one', () => {
    const skipping = combinations().filter(({ rules, at }) => rules.skipExisting && at !== 'absent');
    for (const one of skipping) {
      const settled = settledByTarget(one.source, TARGETS[one.at], one.rules);
      if (one.pinned && one.at === 'same') expect(settled, spelled(one)).toEqual({ kind: 'present', verified: true });
      else if (one.pinned || one.rules.verifyDigest) expect(settled, spelled(one)).toBeUndefined();
      else expect(settled, spelled(one)).toEqual({ kind: 'present', verified: false });
    }
  });

  it('never calls a tag verified that was only trusted', () => {
    const rules = { skipExisting: true, verifyDigest: false, overwrite: false, moved: [] };
    expect(settledByTarget(reference('a/b:1'), found(OTHER), rules)).toEqual({ kind: 'present', verified: false });
  });
});

describe('rules for moved tags', () => {
  it.each([
    ['the canonical name is matched', 'nginx:latest', 'docker.io/library/nginx:latest', 'keep'],
    ['a star matches slashes too', 'quay.io/a/b/c:1', 'quay.io/*:1', 'keep'],
    ['the whole name must match', 'quay.io/a:10', 'quay.io/a:1', 'refuse'],
    ['a dot is only a dot', 'quay.io/a:1x2', 'quay.io/a:1.2', 'refuse'],
    ['brackets and plus mean nothing special', 'quay.io/a:1', 'quay.io/[a]+:1', 'refuse'],
    ['a question mark means nothing special', 'quay.io/a:1', 'quay.io/?:1', 'refuse'],
    ['no tag counts as latest', 'quay.io/a', '*:latest', 'keep'],
    ['a digest beside the tag is no part of the name', `quay.io/a:1@${WANTED}`, 'quay.io/a:1', 'keep'],
  ] as const)('%s', (_, source, match, action) => {
    expect(movedAction(reference(source), [{ match, action: 'keep' }])).toBe(action);
  });

  it('lets the first matching rule decide', () => {
    const rules = [
      { match: 'quay.io/x/*', action: 'overwrite' },
      { match: 'quay.io/*', action: 'keep' },
      { match: '*', action: 'overwrite' },
    ] as const;
    expect(movedAction(reference('quay.io/a/b:1'), rules)).toBe('keep');
    expect(movedAction(reference('quay.io/x/b:1'), rules)).toBe('overwrite');
    expect(movedAction(reference('ghcr.io/x/b:1'), rules)).toBe('overwrite');
    expect(movedAction(reference('ghcr.io/x/b:1'), rules.slice(0, 2))).toBe('refuse');
  });
});
