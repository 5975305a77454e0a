import { styleText } from 'node:util';
import type { Finding, Judgement } from '../domain/doctor/finding.ts';
import { counted } from '../domain/report/counted.ts';

const WORDS: Readonly<Record<Judgement, readonly [word: string, style: 'green' | 'yellow' | 'red']>> = {
  fine: ['fine', 'green'],
  doubt: ['doubt', 'yellow'],
  wrong: ['WRONG', 'red'],
};

function lines({ area, subject, judgement, what, remedy }: Finding, color: boolean): readonly string[] {
  const [word, style] = WORDS[judgement];
  const painted = color ? styleText(style, word.padEnd(6), { validateStream: false }) : word.padEnd(6);
  const head = `${painted} ${area.padEnd(13)} ${subject}: ${what}`;
  return remedy === null ? [head] : [head, `${' '.repeat(21)}→ ${remedy}`];
}

/** What was looked at, a line each, what is wrong with its remedy, and how many. */
export function doctorText(findings: readonly Finding[], color: boolean): string {
  const wrong = findings.filter(({ judgement }) => judgement === 'wrong').length;
  const doubts = findings.filter(({ judgement }) => judgement === 'doubt').length;
  const doubtful = doubts === 0 ? '' : `, ${counted(doubts, 'doubt', 'doubts')}`;
  const verdict =
    wrong === 0 ? `nothing is wrong${doubtful}` : `${counted(wrong, 'thing is', 'things are')} WRONG${doubtful}`;
  return `${[...findings.flatMap((one) => lines(one, color)), verdict].join('\n')}\n`;
}
