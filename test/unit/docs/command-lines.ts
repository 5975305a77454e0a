import { type Block, blocksOf, codeSpansOf, type Document } from './documents.ts';

/** A command line of the tool as a document shows it, split into its arguments. */
export interface CommandLine {
  readonly text: string;
  readonly argv: readonly string[];
}

const CALL =
  /(?:^|[\s(])airgap-charts ((?:mirror|plan|copy|catalog|check|explain|emit|post-render|prune|tools|--?[a-z]).*)$/;

/** Cuts a line where another command begins or output goes elsewhere. */
function firstCommand(line: string): string {
  return (/^(?:"[^"]*"|'[^']*'|[^|>;&"'])*/.exec(line)?.[0] ?? '').trim();
}

function split(line: string): readonly string[] {
  const words = line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return words.map((word) => word.replace(/^(["'])(.*)\1$/, '$2'));
}

function parse(line: string): readonly CommandLine[] {
  const call = CALL.exec(line)?.[1];
  if (call === undefined) return [];
  const text = firstCommand(call.replace(/\s#.*$/, ''));
  return [{ text: `airgap-charts ${text}`, argv: split(text) }];
}

function linesOf(block: Block): readonly string[] {
  return block.text.replace(/\\\n\s*/g, '').split('\n');
}

/** Every command line of the tool in blocks and in running text. */
export function commandLinesOf(document: Document): readonly CommandLine[] {
  return [...blocksOf(document).flatMap(linesOf), ...codeSpansOf(document)].flatMap(parse);
}
