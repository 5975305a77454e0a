import { styleText } from 'node:util';
import type { LockVerdict, VerifiedImage, VerifyReport } from '../domain/lock/verdict.ts';
import { counted } from '../domain/report/counted.ts';
import { printable } from '../errors.ts';

const WORDS: Readonly<Record<LockVerdict['kind'], string>> = {
  same: 'as locked',
  differs: 'MOVED',
  absent: 'ABSENT',
  unknown: 'NOT ASKED',
  'not-locked': 'NOT LOCKED',
  'not-named': 'NOT NAMED',
};

function detailLines(verdict: LockVerdict): readonly string[] {
  switch (verdict.kind) {
    case 'same':
      return [];
    case 'differs':
      return verdict.platforms.map(({ arch, locked, found }) =>
        found === undefined
          ? `${arch} is locked as ${locked} and is not there`
          : `${arch} is locked as ${locked} and is ${found} now`,
      );
    case 'absent':
    case 'unknown':
      return [verdict.reason];
    case 'not-locked':
      return ['the chart needs it, the lock has no digest of it'];
    case 'not-named':
      return [
        'the lock has it, the chart does not name it: make the lock again, or give the --images that it was made with',
      ];
  }
}

function imageLines({ image, at, verdict }: VerifiedImage): readonly string[] {
  const place = at.endsWith(image) ? at : `${image} → ${at}`;
  return [`${WORDS[verdict.kind].padEnd(10)}  ${place}`, ...detailLines(verdict).map((line) => `            ${line}`)];
}

/** What came of comparing a lock with a registry, for people: what differs in full, and the count of what does not. */
export function verifySummary({ chart, images, notes, exitCode }: VerifyReport, color: boolean): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const lines = images.flatMap((one) => {
    const own = imageLines(one).map(printable);
    return one.verdict.kind === 'same' ? own : own.map((line, index) => paint('red', index === 0 ? line : `  ${line}`));
  });
  const wrong = images.filter(({ verdict }) => verdict.kind !== 'same').length;
  const name = `${chart.name} ${chart.version}`.trim();
  const end =
    exitCode === 0
      ? paint('green', `${name}: ${counted(images.length, 'image', 'images')}, all as locked`)
      : paint(
          'red',
          `${name}: NOT as locked, ${wrong} of ${counted(images.length, 'image', 'images')} ${wrong === 1 ? 'differs' : 'differ'}`,
        );
  return [...lines, ...notes.map((note) => paint('red', note)), end, ''].join('\n');
}
