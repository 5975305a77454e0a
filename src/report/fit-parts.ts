import { folded, rowsOf, type Screen } from './screen.ts';

/** Lines that belong together, and how many things they are about. The first line says so alone where there is no room for all. */
export interface Block {
  readonly lines: readonly string[];
  readonly count: number;
  /** Whether it is to be copied, so that no line may be broken. */
  readonly asIs?: boolean;
}

/** A part of a summary. Parts stand in the order in which they matter, and the earlier ones get their rows first. */
export interface Part {
  /** What it is about, for the line that says that it was left out. */
  readonly name: string;
  readonly blocks: readonly Block[];
  /** The same in fewer lines. */
  readonly brief?: readonly Block[];
  /** The line for so many things that are cut; undefined for a part that is never cut, only said in fewer lines. */
  readonly cut: ((left: number) => string) | undefined;
  /** Whether all of it may give way to a few words: not for what failed, which always has a line of its own. */
  readonly mayGo: boolean;
}

/** A block of each line. */
export function eachLine(lines: readonly string[]): readonly Block[] {
  return lines.map((line) => ({ lines: [line], count: 1 }));
}

/** Lines that are always shown. */
export function always(lines: readonly string[]): Part {
  return { name: '', blocks: [{ lines, count: 0 }], cut: undefined, mayGo: false };
}

interface FoldedBlock extends Block {
  readonly rows: number;
}

interface Folded {
  readonly part: Part;
  readonly blocks: readonly FoldedBlock[];
  readonly brief: readonly FoldedBlock[];
}

function height(blocks: readonly FoldedBlock[]): number {
  return blocks.reduce((sum, { rows }) => sum + rows, 0);
}

function things(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { count }) => sum + count, 0);
}

function allLines(blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap(({ lines }) => lines);
}

function foldBlock({ lines, count, asIs = false }: Block, screen: Screen): FoldedBlock {
  const all = asIs ? lines : lines.flatMap((line) => folded(line, screen));
  return { lines: all, count, rows: all.reduce((sum, line) => sum + rowsOf(line, screen), 0) };
}

/** A block line by line: where room ends within it, its first line still says what it is about. */
function steps(block: Block): readonly Block[] {
  if (block.asIs === true) return [block];
  return block.lines.map((line, index) => ({ lines: [line], count: index === 0 ? block.count : 0 }));
}

function foldPart(part: Part, screen: Screen): Folded {
  const blocks = part.blocks.map((block) => foldBlock(block, screen));
  const brief = (part.brief ?? part.blocks).flatMap((block) => steps(block)).map((block) => foldBlock(block, screen));
  return { part, blocks, brief };
}

/** The line for all that is cut, as rows. */
function cutRows({ part }: Folded, left: number, screen: Screen): readonly string[] {
  return part.cut === undefined || left === 0 ? [] : folded(part.cut(left), screen);
}

/** The most rows on which failures of one kind are told one by one in a log. */
const MOST_IN_LOG = 200;

/** Whether a part is told whole, whatever room there is: in a log what failed, for the next morning, and what is copied from there. */
function isWhole({ part, blocks }: Folded, { columns }: Screen): boolean {
  return columns === undefined && part.name !== '' && !part.mayGo && height(blocks) <= MOST_IN_LOG;
}

/** The least a part comes to: all of it, or the line that counts it. What is never cut may still be said in fewer lines. */
function least(one: Folded, screen: Screen): number {
  if (isWhole(one, screen)) return height(one.blocks);
  const whole = Math.min(height(one.blocks), height(one.brief));
  const cut = cutRows(one, things(one.brief), screen).length;
  return cut === 0 ? whole : Math.min(whole, cut);
}

/** A part in so many rows: whole, or in fewer lines, or its first blocks and a count of the others. */
function shown(one: Folded, rows: number, screen: Screen): readonly string[] {
  if (height(one.blocks) <= rows) return allLines(one.blocks);
  if (one.part.cut === undefined || height(one.brief) <= rows) return allLines(one.brief);
  for (let kept = one.brief.length - 1; kept > 0; kept -= 1) {
    const first = one.brief.slice(0, kept);
    const cut = cutRows(one, things(one.brief.slice(kept)), screen);
    if (height(first) + cut.length <= rows) return [...allLines(first), ...cut];
  }
  return cutRows(one, things(one.brief), screen);
}

function goneLine(gone: readonly Folded[], where: string): string {
  const what = gone.map(({ part, brief }) => `${part.name} (${things(brief)})`).join(', ');
  return `${'…'.padEnd(15)} not shown: ${what}: all in the ${where}`;
}

/**
 * The rows of all parts, at most as many as the screen has where that can be: nothing that is cut goes without a line that counts
 * it. What must not be cut may come to more. In a log, what failed comes on top of that. `where` is what has all of it.
 */
export function fitParts(
  parts: readonly Part[],
  screen: Screen,
  where: 'report' | 'plan' = 'report',
): readonly string[] {
  const all = parts.map((part) => foldPart(part, screen)).filter(({ blocks }) => blocks.length > 0);
  const beside = height(all.filter((one) => isWhole(one, screen)).flatMap(({ blocks }) => blocks));
  const room = screen.rows + beside;
  const gone: Folded[] = [];
  const kept = [...all];
  const need = (): number => {
    const line = gone.length === 0 ? 0 : folded(goneLine(gone, where), screen).length;
    return kept.reduce((sum, one) => sum + least(one, screen), line);
  };
  while (need() > room) {
    const last = kept.findLastIndex(({ part }) => part.mayGo);
    if (last < 0) break;
    gone.unshift(...kept.splice(last, 1));
  }
  let spare = room - need();
  const [place] = gone.map((one) => all.indexOf(one));
  const rows: string[] = [];
  for (const [index, one] of all.entries()) {
    if (index === place) rows.push(...folded(goneLine(gone, where), screen));
    if (gone.includes(one)) continue;
    const own = least(one, screen);
    const lines = shown(one, own + Math.max(0, spare), screen);
    spare -= lines.length - own;
    rows.push(...lines);
  }
  return rows;
}
