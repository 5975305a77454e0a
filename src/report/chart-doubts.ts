import { counted } from '../domain/report/counted.ts';
import { isGoodChart } from '../domain/report/good-ends.ts';
import type { ReportedChart } from '../domain/report/report.ts';

/** Something about a release that ended well, which nobody may take for well done. */
export interface ChartDoubt {
  readonly status: string;
  readonly message: string;
  /** What to do next; empty where nobody says. */
  readonly next: string;
}

/** Whether a chart was looked at, and rendered no image at all. */
export function rendersNoImage({ proof }: ReportedChart): boolean {
  return proof.state !== 'not-run' && proof.references === 0;
}

function noImages(row: ReportedChart): readonly ChartDoubt[] {
  if (!rendersNoImage(row)) return [];
  const { images } = row;
  const named = images.length === 0 ? '' : `; ${counted(images.length, 'image is', 'images are')} known otherwise`;
  return [
    {
      status: 'no images',
      message: `it renders no image with these values${named}, so nothing of it is proven`,
      next: 'look whether the values switch on what is to be installed',
    },
  ];
}

function consumerValues({ consumer }: ReportedChart): readonly ChartDoubt[] {
  if (consumer.state !== 'not-proven') return [];
  return [
    {
      status: 'values not proven',
      message: consumer.reason ?? 'the original chart with the consumer values does not render the same',
      next: 'install the relocated chart, or look at consumer in report.json',
    },
  ];
}

function unchecked({ proof }: ReportedChart): readonly ChartDoubt[] {
  if (proof.state !== 'proven' || proof.schemaChecked) return [];
  return [{ status: 'schema not checked', message: 'its values are not held against its schema', next: '' }];
}

function unmoved({ hiddenImages }: ReportedChart): readonly ChartDoubt[] {
  const some = hiddenImages.filter(({ moved }) => moved === 'no');
  const [first] = some;
  if (first === undefined) return [];
  const more = some.length === 1 ? '' : ` and ${counted(some.length - 1, 'other', 'others')}`;
  return [
    {
      status: 'not moved',
      message: `${first.image} (${first.when.join(', ')})${more}: pulled from the public source when other values bring it`,
      next: 'do not set what brings it',
    },
  ];
}

/** What other values bring, and nobody has seen at its source. What the run wants has a row of its own, and says so there. */
function unseen({ hiddenImages, images }: ReportedChart): readonly ChartDoubt[] {
  const some = hiddenImages.filter(
    ({ image, moved, confirmation }) => moved !== 'no' && confirmation === 'unconfirmed' && !images.includes(image),
  );
  const [first] = some;
  if (first === undefined) return [];
  const more = some.length === 1 ? '' : ` and ${counted(some.length - 1, 'other', 'others')}`;
  const reason = first.reason?.startsWith(`${first.image} `) === true ? '' : `: ${first.reason}`;
  return [
    {
      status: 'not confirmed',
      message: `${first.image} (${first.when.join(', ')})${more}: other values bring it, and its source did not show it${reason}`,
      next: 'do not set what brings it, or look for it at its source',
    },
  ];
}

function profiles({ hiddenImages, profiles: rows }: ReportedChart): readonly ChartDoubt[] {
  const told = new Set(hiddenImages.filter(({ moved }) => moved === 'no').flatMap(({ when }) => when));
  const some = rows.filter(({ profile, proof }) => proof.state === 'not-proven' && !told.has(profile));
  const [first] = some;
  if (first === undefined) return [];
  const more = some.length === 1 ? '' : ` and ${counted(some.length - 1, 'other', 'others')}`;
  return [
    { status: 'not covered', message: `not proven with ${first.profile}${more}`, next: 'see profiles in report.json' },
  ];
}

function pullSecret({ pullSecret: secret }: ReportedChart): readonly ChartDoubt[] {
  if (secret === null || secret.unserved.length === 0) return [];
  return [{ status: 'no pull secret', message: secret.unserved.join('; '), next: secret.commands.join('; ') }];
}

/** What the proof of a release that ended well does not say. */
export function proofDoubts(row: ReportedChart): readonly ChartDoubt[] {
  return isGoodChart(row) ? [noImages, consumerValues, unchecked].flatMap((look) => look(row)) : [];
}

/** All that is doubtful about a release that ended well, the worst first. What ended badly says so itself. */
export function chartDoubts(row: ReportedChart): readonly ChartDoubt[] {
  if (!isGoodChart(row)) return [];
  return [...proofDoubts(row), ...[unmoved, unseen, profiles, pullSecret].flatMap((look) => look(row))];
}
