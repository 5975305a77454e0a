import { gunzipSync, gzipSync } from 'node:zlib';
import { extract, type Header, pack } from 'tar-stream';
import { ENTRY_TIME, storedGzip } from '../../src/demo/tar.ts';

/** File contents by path below the chart's directory. */
export type ChartFiles = Readonly<Record<string, string | Uint8Array>>;

/** An entry of a tar archive, as it is written or was read. */
export interface ArchiveEntry {
  readonly header: Partial<Header> & { readonly name: string };
  readonly data: Buffer;
}

/** Packs entries as they are, however hostile: nothing is checked or changed. Same entries, same bytes. */
export async function packEntries(entries: readonly ArchiveEntry[]): Promise<Buffer> {
  const writer = pack();
  const chunks: Buffer[] = [];
  const collected = (async () => {
    for await (const chunk of writer) chunks.push(chunk as Buffer);
  })();
  for (const { header, data } of entries) {
    const fixed = { mode: 0o644, uid: 0, gid: 0, mtime: new Date(ENTRY_TIME * 1000), ...header, size: data.length };
    writer.entry(fixed, data);
  }
  writer.finalize();
  await collected;
  return storedGzip(Buffer.concat(chunks));
}

/** Reads all entries of a .tgz. */
export async function readEntries(archive: Uint8Array): Promise<readonly ArchiveEntry[]> {
  const reader = extract();
  reader.end(gunzipSync(archive));
  const entries: ArchiveEntry[] = [];
  for await (const entry of reader) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    entries.push({ header: entry.header, data: Buffer.concat(chunks) });
  }
  return entries;
}

/** The text of one file of a .tgz, by its full name in the archive. */
export async function readText(archive: Uint8Array, name: string): Promise<string | undefined> {
  const entry = (await readEntries(archive)).find(({ header }) => header.name === name);
  return entry?.data.toString('utf8');
}

function toEntry(name: string, content: string | Uint8Array): ArchiveEntry {
  return { header: { name }, data: Buffer.from(content) };
}

/** A chart archive with the files given, below one directory `top`. A packed subchart is a file `charts/x.tgz`. */
export function packChart(top: string, files: ChartFiles): Promise<Buffer> {
  return packEntries(Object.entries(files).map(([path, content]) => toEntry(`${top}/${path}`, content)));
}

/** A Chart.yaml with name, version and further lines. */
export function chartYaml(name: string, version: string, ...lines: readonly string[]): string {
  return ['apiVersion: v2', `name: ${name}`, `version: ${JSON.stringify(version)}`, ...lines, ''].join('\n');
}

/** A chart with one Deployment of one image, which stands in values.yaml as `image.repository` and `image.tag`. */
export function oneDeploymentChart(
  name: string,
  version: string,
  image: { repository: string; tag: string },
): Promise<Buffer> {
  const template = [
    'apiVersion: apps/v1',
    'kind: Deployment',
    'metadata:',
    '  name: {{ .Release.Name }}',
    'spec:',
    '  selector: { matchLabels: { app: x } }',
    '  template:',
    '    metadata: { labels: { app: x } }',
    '    spec:',
    '      containers:',
    '        - name: main',
    '          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"',
    '',
  ];
  return packChart(name, {
    'Chart.yaml': chartYaml(name, version),
    'values.yaml': `image:\n  repository: ${image.repository}\n  tag: ${JSON.stringify(image.tag)}\n`,
    'templates/deployment.yaml': template.join('\n'),
  });
}

/** The ways in which an archive can attack whoever unpacks it. */
export type HostileKind =
  | 'symbolic-link'
  | 'hard-link'
  | 'parent-directory'
  | 'absolute-name'
  | 'two-entries-of-one-name'
  | 'two-top-directories'
  | 'bomb';

function hostileEntries(kind: Exclude<HostileKind, 'bomb'>, name: string): readonly ArchiveEntry[] {
  const nothing = Buffer.alloc(0);
  switch (kind) {
    case 'symbolic-link':
      return [
        { header: { name: `${name}/templates/link.yaml`, type: 'symlink', linkname: '/etc/passwd' }, data: nothing },
      ];
    case 'hard-link':
      return [
        { header: { name: `${name}/templates/link.yaml`, type: 'link', linkname: '/etc/passwd' }, data: nothing },
      ];
    case 'parent-directory':
      return [toEntry(`${name}/../../escaped.yaml`, 'a: b\n')];
    case 'absolute-name':
      return [toEntry('/tmp/escaped.yaml', 'a: b\n')];
    case 'two-entries-of-one-name':
      return [toEntry(`${name}/values.yaml`, 'a: 1\n'), toEntry(`${name}/values.yaml`, 'a: 2\n')];
    case 'two-top-directories':
      return [toEntry('another/Chart.yaml', chartYaml('another', '1.0.0'))];
  }
}

/** A chart archive that is well formed but for one attack. A bomb holds `bombBytes` of zeros in a few kilobytes. */
export async function hostileChart(
  kind: HostileKind,
  name = 'hostile',
  bombBytes = 110 * 1024 * 1024,
): Promise<Buffer> {
  const chart = toEntry(`${name}/Chart.yaml`, chartYaml(name, '1.0.0'));
  if (kind !== 'bomb') return packEntries([chart, ...hostileEntries(kind, name)]);
  const stored = await packEntries([chart, { header: { name: `${name}/bomb` }, data: Buffer.alloc(bombBytes) }]);
  return gzipSync(gunzipSync(stored), { level: 6 });
}
