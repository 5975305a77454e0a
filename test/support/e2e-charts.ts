import type { ServedChart } from '../../src/demo/chart-repository.ts';
import { type ChartFiles, chartYaml, packChart } from './charts.ts';

/** What a chart of a test is made of. Texts are those of the files; `yaml` holds further lines of Chart.yaml. */
export interface ChartParts {
  readonly version?: string;
  readonly yaml?: readonly string[];
  readonly values?: string;
  /** By file name below `templates/`. */
  readonly templates?: Readonly<Record<string, string>>;
  /** Further files, by path in the chart. */
  readonly files?: ChartFiles;
}

/** The files of a chart. */
export function chartFiles(name: string, parts: ChartParts): ChartFiles {
  const templates = Object.entries(parts.templates ?? {}).map(([file, text]) => [`templates/${file}`, text]);
  return {
    'Chart.yaml': chartYaml(name, parts.version ?? '1.0.0', ...(parts.yaml ?? [])),
    'values.yaml': parts.values ?? '{}\n',
    ...Object.fromEntries(templates),
    ...parts.files,
  };
}

/** A chart to serve. */
export async function makeChart(name: string, parts: ChartParts): Promise<ServedChart> {
  const archive = await packChart(name, chartFiles(name, parts));
  return { name, version: parts.version ?? '1.0.0', archive };
}

/** A chart's files as those of a subchart that is vendored as a directory below `charts/`. */
export function vendored(name: string, parts: ChartParts): ChartFiles {
  const files = Object.entries(chartFiles(name, parts));
  return Object.fromEntries(files.map(([path, text]) => [`charts/${name}/${path}`, text]));
}

function indented(text: string, columns: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(columns));
}

/** A Deployment with the containers given as YAML; `{{` and all. */
export function deployment(containers: string, name = 'main'): string {
  return [
    'apiVersion: apps/v1',
    'kind: Deployment',
    'metadata:',
    `  name: {{ .Release.Name }}-${name}`,
    'spec:',
    '  selector: { matchLabels: { app: x } }',
    '  template:',
    '    metadata: { labels: { app: x } }',
    '    spec:',
    '      containers:',
    indented(containers, 8),
    '',
  ].join('\n');
}

/** A pod with one container, with annotations such as `helm.sh/hook: test`. */
export function pod(image: string, annotations: string): string {
  return [
    'apiVersion: v1',
    'kind: Pod',
    'metadata:',
    '  name: {{ .Release.Name }}-pod',
    `  annotations: { ${annotations} }`,
    'spec:',
    '  containers:',
    '    - name: main',
    `      image: ${image}`,
    '',
  ].join('\n');
}
