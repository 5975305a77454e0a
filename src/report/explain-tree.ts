import { styleText } from 'node:util';
import type {
  ExplainedEvidence,
  ExplainedImage,
  ExplainedPlace,
  ExplainedProfile,
  ExplainedRelease,
  ExplainedSpot,
  ExplainedValue,
  ExplainReport,
} from '../domain/explain/report.ts';
import { oneLine } from '../errors.ts';

type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

interface Node {
  readonly text: string;
  readonly below: readonly Node[];
}

const WORDS: Readonly<Record<ExplainedEvidence, string>> = {
  rendered: 'rendered',
  conditional: 'conditional',
  declared: 'declared only',
  added: 'added',
  'left-as-is': 'left as it is',
};

const COLORS: Readonly<Record<ExplainedEvidence, Parameters<typeof styleText>[0]>> = {
  rendered: 'green',
  conditional: 'yellow',
  declared: 'yellow',
  added: 'green',
  'left-as-is': 'dim',
};

const MOST_SPOTS = 5;

function leaf(text: string): Node {
  return { text, below: [] };
}

function drawn(nodes: readonly Node[], indent: string): readonly string[] {
  return nodes.flatMap(({ text, below }, index) => {
    const isLast = index === nodes.length - 1;
    return [`${indent}${isLast ? '└─ ' : '├─ '}${text}`, ...drawn(below, `${indent}${isLast ? '   ' : '│  '}`)];
  });
}

function spotText({ file, line }: ExplainedSpot): string {
  return oneLine(line === null ? file : `${file}:${line}`);
}

function valueText({ key, text, measured, setBy }: ExplainedValue): string {
  const said = text === null ? ' is not set; where it is, it counts' : ` = ${text === '' ? '""' : oneLine(text)}`;
  const where = setBy === null ? '' : `  (${spotText(setBy)})`;
  return `${oneLine(key)}${said}${where}${measured ? '' : ', by its text'}`;
}

function literalNodes({ literals, values }: ExplainedPlace): readonly Node[] {
  if (literals.length === 0)
    return values.some(({ part }) => part === 'name')
      ? []
      : [leaf('no value and no line of a file was found that makes its name')];
  const more = literals.length - MOST_SPOTS;
  const spots = literals.slice(0, MOST_SPOTS).map(spotText).join(', ');
  return [leaf(`spelled out in ${spots}${more > 0 ? ` and ${more} more lines` : ''}`)];
}

function placeNode(place: ExplainedPlace, isAside: boolean): Node {
  const { template, kind, name, path, values, needs } = place;
  const literals = isAside && place.literals.length === 0 ? [] : literalNodes(place);
  const needed = needs.length === 0 ? [] : [leaf(`needs ${needs.map(oneLine).join(' and ')}`)];
  return {
    text: oneLine(`${template} ${kind}/${name} ${path}`),
    below: [...values.map((value) => leaf(valueText(value))), ...literals, ...needed],
  };
}

/** Profiles that show the same places are one. */
function profileNodes(profiles: readonly ExplainedProfile[], isAside: boolean): readonly Node[] {
  const groups = Map.groupBy(profiles, ({ places }) => JSON.stringify(places));
  return [...groups.values()].map((all): Node => {
    const names = all.map(({ profile, kind }) => (kind === 'release' ? 'the values of the release' : oneLine(profile)));
    const places = all[0]?.places ?? [];
    return { text: `with ${names.join(', or with ')}`, below: places.map((place) => placeNode(place, isAside)) };
  });
}

function head({ image, evidence, role, certainty, destination }: ExplainedImage, paint: Paint): string {
  const kind = role === 'image' ? '' : `, ${role}`;
  const doubt = certainty === 'candidate' && evidence !== 'declared' ? ', perhaps none' : '';
  const target = destination === null ? '' : `  → ${destination}`;
  return `${oneLine(image)}  ${paint(COLORS[evidence], `${WORDS[evidence]}${kind}${doubt}`)}${target}`;
}

function imageNode(image: ExplainedImage, paint: Paint): Node {
  const { why, named, add, profiles, evidence } = image;
  return {
    text: head(image, paint),
    below: [
      ...(why === null ? [] : [leaf(oneLine(why))]),
      ...profileNodes(profiles, evidence === 'left-as-is'),
      ...named.map(({ where, spot }) =>
        leaf(`named by ${oneLine(where)}${spot === null ? '' : `  (${spotText(spot)})`}`),
      ),
      ...(add === null ? [] : [leaf(`not mirrored; to add it, under ${add.under} of its catalog entry:  ${add.line}`)]),
    ],
  };
}

function errorLines({ error }: ExplainedRelease, paint: Paint): readonly string[] {
  if (error === null) return [];
  const hint = error.hint === null ? [] : [`  → ${oneLine(error.hint)}`];
  return [`${paint('red', error.code)}: ${oneLine(error.message)}`, ...hint];
}

function releaseLines(one: ExplainedRelease, paint: Paint): readonly string[] {
  const { chart, release, version, source, images, notes, error, refusedProfiles } = one;
  const shown = version === null ? '' : ` ${version}`;
  const title = `${chart}${shown}, release ${release} (${source})`;
  const none = error === null && images.length === 0 ? ['  no image'] : [];
  return [
    paint('bold', oneLine(title)),
    ...drawn(
      images.map((image) => imageNode(image, paint)),
      '',
    ),
    ...none,
    ...errorLines(one, paint),
    ...notes.map((note) => `note: ${oneLine(note)}`),
    ...refusedProfiles.map(
      ({ profile, reason }) => `note: it does not render with ${oneLine(profile)}: ${oneLine(reason)}`,
    ),
    '',
  ];
}

function missingLines({ asked, near, releases }: ExplainReport, paint: Paint): readonly string[] {
  if (asked === null || releases.some(({ images }) => images.length > 0)) return [];
  const hint = near.length === 0 ? 'leave --image out to see all that there is' : `near to it: ${near.join(', ')}`;
  return [`${paint('red', 'NOT FOUND')}: no image fits ${JSON.stringify(asked)}`, `  → ${hint}`];
}

function painter(color: boolean): Paint {
  return (style, text) => (color ? styleText(style, text, { validateStream: false }) : text);
}

/** Why nothing was found, or not everything: errors of charts, and a question that nothing fits. Empty when all is well. */
export function explainFailures(report: ExplainReport, color: boolean): string {
  const paint = painter(color);
  const lines = [...report.releases.flatMap((one) => errorLines(one, paint)), ...missingLines(report, paint)];
  return lines.map((line) => `${line}\n`).join('');
}

/** An explanation for people: a tree for every release, its images with their places, and what makes each. */
export function explainText(report: ExplainReport, color: boolean): string {
  const paint = painter(color);
  const lines = [...report.releases.flatMap((one) => releaseLines(one, paint)), ...missingLines(report, paint)];
  return `${lines.join('\n').trimEnd()}\n`;
}
