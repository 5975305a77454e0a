/** A text at a place of a line, and what is to stand there. */
export interface Spot {
  readonly index: number;
  readonly text: string;
  readonly wanted: string;
}

/** A line with what stands at these places replaced. Of places that overlap, the first counts. */
export function withSpots(line: string, spots: readonly Spot[]): string {
  if (spots.length === 0) return line;
  const pieces: string[] = [];
  let end = 0;
  for (const { index, text, wanted } of [...spots].sort((a, b) => a.index - b.index)) {
    if (index < end) continue;
    pieces.push(line.slice(end, index), wanted);
    end = index + text.length;
  }
  return [...pieces, line.slice(end)].join('');
}
