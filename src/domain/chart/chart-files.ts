import { type ArchiveTree, type FileAddress, formatAddress } from './archive-tree.ts';
import { type ChartTree, fileIn } from './chart-tree.ts';

/** A text file of a chart with the name under which helm shows it (`chart/templates/x.yaml`, subcharts below `charts/`). */
export interface ChartText {
  readonly shown: string;
  readonly address: FileAddress;
  readonly text: string;
}

function filesOf(tree: ArchiveTree, chart: ChartTree): readonly (readonly [string, Buffer])[] {
  let archive: ArchiveTree | undefined = tree;
  for (const name of chart.location.archives) archive = archive?.packed.get(name);
  const { directory } = chart.location;
  return [...(archive?.files ?? [])]
    .filter(([path]) => path.startsWith(directory))
    .map(([path, file]) => [path.slice(directory.length), file.data] as const);
}

/** Files are asked for again and again, and definitions of custom resources are long. */
const texts = new WeakMap<Buffer, string>();

function textOf(data: Buffer): string {
  const text = texts.get(data) ?? data.toString('utf8');
  texts.set(data, text);
  return text;
}

/** The files below one folder (`templates/`, `crds/`) of the chart and of every subchart; `keep` sees paths within a chart. */
export function textsBelow(
  tree: ArchiveTree,
  chart: ChartTree,
  folder: string,
  shown = chart.metadata.name,
  keep: (path: string) => boolean = () => true,
): readonly ChartText[] {
  const own = filesOf(tree, chart)
    .filter(([path]) => path.startsWith(folder) && keep(path))
    .map(
      ([path, data]): ChartText => ({
        shown: `${shown}/${path}`,
        address: fileIn(chart.location, path),
        text: textOf(data),
      }),
    );
  return [
    ...own,
    ...chart.subcharts.flatMap((sub) => textsBelow(tree, sub, folder, `${shown}/charts/${sub.metadata.name}`, keep)),
  ];
}

// read by helm itself or by people; what a template prints of the others (`.Files`) ends up in the cluster
const NEVER_PRINTED =
  /^(?:values[^/]*\.ya?ml|values\.schema\.json|Chart\.(?:yaml|lock)|requirements\.(?:yaml|lock)|\.helmignore|LICENSE|ci\/.*|charts\/.*|.*\.md)$/i;

/** The text files of the chart and its subcharts in which a reference that is spelled out can reach the cluster. */
export function literalTexts(tree: ArchiveTree, chart: ChartTree): readonly ChartText[] {
  return textsBelow(tree, chart, '', chart.metadata.name, (path) => !NEVER_PRINTED.test(path));
}

/** Line numbers, from 1, at which a word stands in a file; whole words only, and not in comment lines. */
export function linesWith(text: string, word: string): readonly number[] {
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = new RegExp(`(?<![A-Za-z0-9._/-])${escaped}(?![A-Za-z0-9_-]|[.:/@][A-Za-z0-9])`);
  return text.split('\n').flatMap((line, index) => (!/^\s*#/.test(line) && pattern.test(line) ? [index + 1] : []));
}

/** Where a literal is written in the chart's templates, files and CRDs: `chart/templates/x.yaml:12`. */
export function literalPlaces(texts: readonly ChartText[], literal: string): readonly string[] {
  return texts.flatMap(({ shown, text }) =>
    text.includes(literal) ? linesWith(text, literal).map((line) => `${shown}:${line}`) : [],
  );
}

// the addresses of the drafts themselves, which every validator knows
const KNOWN_SCHEMA = /^https?:\/\/json-schema\.org\//;

function leadsElsewhere(text: string): boolean {
  const references = [...text.matchAll(/"\$(?:ref|dynamicRef)"\s*:\s*"([^"]*)"/g)];
  return references.some(([, address = '']) => !address.startsWith('#') && !KNOWN_SCHEMA.test(address));
}

/**
 * The first file of the chart or a subchart whose JSON schema refers to another document: helm would look for it in the
 * network or among the files of this machine.
 */
export function remoteSchema(tree: ArchiveTree, chart: ChartTree): string | undefined {
  const remote = textsBelow(tree, chart, 'values.schema.json').find(({ text }) => leadsElsewhere(text));
  return remote === undefined ? undefined : formatAddress(remote.address);
}
