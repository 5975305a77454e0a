// Shares nothing with the finder, on purpose: see sweep.ts.
import { commandNames } from './command-names.ts';
import { defaultFields } from './crd-defaults.ts';
import { definitionsIn, documentedLines } from './documented-lines.ts';
import { doubledBases } from './doubled-bases.ts';
import { foreignHosts } from './foreign-hosts.ts';
import { joinedFields } from './joined-fields.ts';
import { ledNames } from './led-names.ts';
import { namesUnderImages } from './names-under-images.ts';
import { openNames } from './open-names.ts';
import type { WasHostless } from './original-names.ts';
import { splitNames, type Word } from './split-names.ts';

/** What is known of a page of the output. `planned` is empty where nobody knows the plan. */
export interface PageQuery {
  readonly target: string;
  readonly planned: ReadonlySet<string>;
  /** Whether a text is a planned reference, or begins one. */
  readonly isPlanned: (text: string) => boolean;
  /** Names at Docker Hub that the chart uses. */
  readonly hubNames: ReadonlySet<string>;
  readonly wasHostless: WasHostless;
  readonly templateAt: (line: number) => string;
  /** The text of a line with its references of the target left out; `isOwn` tells the lines that had some. */
  readonly withoutOwn: (text: string) => string;
  readonly isOwn: (text: string) => boolean;
}

/** What programs would join to something else than planned. Without a plan nobody can tell. */
function joinedOtherwise(lines: readonly string[], query: PageQuery): readonly Word[] {
  const { target, isPlanned, planned, wasHostless, templateAt } = query;
  if (planned.size === 0) return [];
  const isWhole = (text: string): boolean => planned.has(text);
  const wasAt = (line: number, field: string, tail: string): boolean => wasHostless(templateAt(line), field, tail);
  return [
    ...doubledBases(lines, { target, isPlanned, isWhole, wasHostless: wasAt }),
    ...joinedFields(lines, { target, isPlanned, planned }),
  ];
}

/** What stands in fields of its own, without what would tell it from other words. */
function fieldWords(lines: readonly string[], query: PageQuery): readonly Word[] {
  const { target, planned, withoutOwn, isOwn, hubNames } = query;
  const cleaned = lines.map(withoutOwn);
  return [
    ...splitNames({ lines: cleaned, isOwn, sources: hubNames }),
    ...foreignHosts(cleaned, isOwn),
    ...ledNames(cleaned),
    ...openNames(cleaned),
    ...commandNames(cleaned),
    ...namesUnderImages(cleaned, { lines, target, planned }),
  ];
}

/** What the defaults of the definitions of custom resources in a page make of their objects. */
function defaultWords(lines: readonly string[], query: PageQuery): readonly Word[] {
  return definitionsIn(lines).flatMap(({ from, to }) => {
    const own = lines.slice(from, to);
    const documented = documentedLines(own);
    const { lines: fields, at } = defaultFields(own.map((text, line) => (documented[line] ? '' : text)));
    return fieldWords(fields, query).map(({ line, text }) => {
      const place = from + (at[line] ?? 0);
      return { line: place, index: Math.max(0, (lines[place] ?? '').indexOf(text)), text };
    });
  });
}

/** Suspicious words of a page that show themselves only by the fields that they stand in, and by those beside them. */
export function pageWords(lines: readonly string[], query: PageQuery): readonly Word[] {
  const words = [...fieldWords(lines, query), ...joinedOtherwise(lines, query), ...defaultWords(lines, query)];
  return [...new Map(words.toReversed().map((one) => [`${one.line}:${one.index}`, one])).values()].toReversed();
}
