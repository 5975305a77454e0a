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

/** The files below one folder (`templates/`, `crds/`) of the chart and of every subchart. */
export function textsBelow(
  tree: ArchiveTree,
  chart: ChartTree,
  folder: string,
  shown = chart.metadata.name,
): readonly ChartText[] {
  const own = filesOf(tree, chart)
    .filter(([path]) => path.startsWith(folder))
    .map(
      ([path, data]): ChartText => ({
        shown: `${shown}/${path}`,
        address: fileIn(chart.location, path),
        text: data.toString('utf8'),
      }),
    );
  return [
    ...own,
    ...chart.subcharts.flatMap((sub) => textsBelow(tree, sub, folder, `${shown}/charts/${sub.metadata.name}`)),
  ];
}

/** Line numbers, from 1, at which a word stands in a file; whole words only. */
export function linesWith(text: string, word: string): readonly number[] {
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = new RegExp(`(?<![A-Za-z0-9._/-])${escaped}(?![A-Za-z0-9_-]|[.:/@][A-Za-z0-9])`);
  return text.split('\n').flatMap((line, index) => (pattern.test(line) ? [index + 1] : []));
}

/** Where a literal is written in the chart's templates, files and CRDs: `chart/templates/x.yaml:12`. */
export function literalPlaces(texts: readonly ChartText[], literal: string): readonly string[] {
  return texts.flatMap(({ shown, text }) =>
    text.includes(literal) ? linesWith(text, literal).map((line) => `${shown}:${line}`) : [],
  );
}

/** The first file of the chart or a subchart whose JSON schema refers to a document on the network. */
export function remoteSchema(tree: ArchiveTree, chart: ChartTree): string | undefined {
  const remote = textsBelow(tree, chart, 'values.schema.json').find(({ text }) =>
    /"\$ref"\s*:\s*"https?:\/\//.test(text),
  );
  return remote === undefined ? undefined : formatAddress(remote.address);
}
