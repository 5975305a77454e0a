import type { EmitRequest } from '../../domain/emit/emitted.ts';
import { oneLine } from '../../errors.ts';

const INDENT = '  ';

function comment(line: string): string {
  if (line === '') return '#';
  return line.startsWith(INDENT) ? `# ${INDENT}${oneLine(line)}` : `# ${oneLine(line)}`;
}

/**
 * The comments that a file begins with: what wrote it, what it is for, how it is applied, what it cannot do, and in the first
 * place what is missing in it. YAML, TOML and shells read them as comments alike.
 */
export function fileHead(
  kind: string,
  { mirrored, gaps }: EmitRequest,
  about: readonly string[],
  notes: readonly string[],
): string {
  const missing =
    gaps.length === 0
      ? []
      : ['', 'NOT WHOLE: the run has not brought everything. Missing:', ...gaps.map((line) => INDENT + line)];
  const held = notes.length === 0 ? [] : ['', 'Mind:', ...notes.map((line) => INDENT + line)];
  const first = `Written by airgap-charts emit ${kind}, for ${mirrored.target}, after the run that ended at ${mirrored.finishedAt}.`;
  return [first, ...missing, '', ...about, ...held].map((line) => `${comment(line)}\n`).join('');
}
