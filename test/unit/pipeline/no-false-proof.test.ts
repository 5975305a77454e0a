import { describe, expect, it } from 'vitest';
import { withFile } from '../../../src/domain/chart/archive-tree.ts';
import { isProven } from '../../../src/pipeline/proof-failure.ts';
import { prove } from '../../../src/pipeline/prove.ts';
import { podTemplate, type Relocated, relocated } from './mini-helm.ts';
import { APP, edits, layer, profile, proofs, proven, VALUES, WORKER } from './proved.ts';
import { addonOf, anyDigest } from './runs.ts';

const SERVICE = 'kind: Service\napiVersion: v1\nmetadata:\n  name: redis\nspec:\n  selector:\n    name: redis\n';
const CLUSTER = 'kind: Cluster\napiVersion: x.test/v1\nspec:\n  image:\n    repository: redis\n    tag: "7.2"\n';

function patches({ chart }: Relocated): readonly string[] {
  return (chart.relocated?.patches ?? []).map(({ shown, line }) => `${shown}:${line}`);
}

/** Proves a chart whose relocated archive has another line than was packed, listed as patched. */
async function spoiled(
  files: Readonly<Record<string, string>>,
  path: string,
  before: string,
  after: string,
): Promise<Relocated> {
  const all = await relocated([addonOf('a')], files, { pushUnproven: true });
  const { chart, run } = all;
  if (chart.relocated === undefined || chart.pulled === undefined) throw new RangeError('it was relocated');
  const text = chart.relocated.tree.files.get(path)?.data.toString() ?? '';
  expect(text).toContain(before);
  const tree = withFile(chart.relocated.tree, [path], Buffer.from(text.replace(before, after)));
  const bytes = await run.ports.archives.pack(tree, chart.pulled.tree);
  const name = await run.ports.workspace.write('spoiled.tgz', bytes);
  const archive = { ...chart.relocated.archive, path: name, digest: anyDigest(after) };
  const shown = `web/${path}`;
  const patch = {
    address: [path],
    shown,
    line: 4,
    before: before.trim(),
    after: after.trim(),
    references: [],
  } as const;
  chart.relocated = {
    ...chart.relocated,
    reach: 'asked',
    tree,
    bytes,
    archive,
    patches: [...chart.relocated.patches, patch],
  };
  await prove(chart, 0, run);
  return all;
}

describe('what a file of the chart spells out', () => {
  const files = { 'templates/c.yaml': CLUSTER, 'templates/s.yaml': SERVICE };

  it('is moved where it makes the reference, and nowhere else', async () => {
    const all = await proven(files);
    expect(patches(all)).toEqual(['web/templates/c.yaml:5']);
    expect(all.releases.every(isProven)).toBe(true);
  });

  it.each([
    ['the name of an object', 'metadata:\n  name: redis', 'metadata:\n  name: registry.example.com/m/library/redis'],
    ['a label', '    name: redis', '    name: registry.example.com/m/library/redis'],
    ['other text', 'kind: Service', 'kind: Services'],
  ])('does not prove a line for having been patched: %s', async (_, before, after) => {
    const all = await spoiled(files, 'templates/s.yaml', before, after);
    expect(all.releases.some(isProven)).toBe(false);
  });

  it('is no address where a single word stood before', async () => {
    const note = 'kind: ConfigMap\napiVersion: v1\nmetadata: { name: n }\ndata:\n  host: redis\n';
    const moved = 'host: registry.example.com/m/library/redis';
    const all = await spoiled({ ...files, 'templates/n.yaml': note }, 'templates/n.yaml', 'host: redis', moved);
    expect(all.releases.some(isProven)).toBe(false);
  });
});

describe('a registry that values name beside an image', () => {
  const VALUES = 'app: { registry: r.acme.test, image: team/app, tag: "1" }\n';
  const thing = (fields: string): string =>
    `kind: Thing\napiVersion: x.test/v1\nmetadata: { name: t }\nspec:\n${fields}\n`;
  const rest = '  image: {{ .Values.app.image }}\n  version: "{{ .Values.app.tag }}"';

  it('is moved where its field says that the name stands behind it', async () => {
    const repository = '  repository: {{ .Values.app.registry }}\n';
    const all = await proven({ 'values.yaml': VALUES, 'templates/t.yaml': thing(repository + rest) });
    expect(all.releases.every(isProven)).toBe(true);
    expect(edits(all)).toEqual(['app.registry = registry.example.com/m']);
  });

  it('is not proven where it stays in a field that nobody knows', async () => {
    const source = '  source: {{ .Values.app.registry }}\n';
    const moving = proven({ 'values.yaml': VALUES, 'templates/t.yaml': thing(source + rest) });
    await expect(moving).rejects.toMatchObject({ code: 'NOT_PROVEN', message: expect.stringContaining('r.acme.test') });
  });
});

describe('a value that is an image and a single word', () => {
  it.each([
    ['the name of an object', 'metadata:\n  name: {{ .Values.image }}\n'],
    ['the name of an object with a version', 'metadata:\n  name: {{ .Values.image }}\n  labels:\n    version: "7"\n'],
    [
      'the name of a host in JSON',
      'metadata:\n  name: x\ndata:\n  a: \'{"host": "{{ .Values.image }}", "port": 1}\'\n',
    ],
    ['the name of a host', 'metadata:\n  name: x\ndata:\n  host: {{ .Values.image }}\n'],
    ['the value of a variable', 'metadata:\n  name: x\ndata:\n  - name: STORE\n    value: {{ .Values.image }}\n'],
  ])('is not proven where it is also %s', async (_, text) => {
    const other = `kind: Thing\napiVersion: x.test/v1\n${text}`;
    for (const image of ['{{ .Values.image }}', '{{ .Values.image }}:{{ .Values.tag }}'])
      await expect(
        proven({
          'values.yaml': 'image: redis\ntag: "7.2"\n',
          'templates/a.yaml': podTemplate('a', image),
          'templates/t.yaml': other,
        }),
        image,
      ).rejects.toMatchObject({ code: 'NOT_PROVEN' });
  });
});

describe('what templates compare a moved value with', () => {
  const COMPARED =
    'kind: ConfigMap\nmetadata: { name: note }\ndata:\n  a: b\n{{ if eq .Values.app "quay.io/team/app:1" }}\n  official: "1"\n{{ end }}\n';
  const OTHER =
    'kind: ConfigMap\nmetadata: { name: o }\ndata:\n  a: b\n{{ if eq .Values.other "quay.io/team/app:1" }}\n  other: "1"\n{{ end }}\n';
  const files = { ...APP, 'values.yaml': 'app: quay.io/team/app:1\nother: none\n', 'templates/note.yaml': COMPARED };

  const OWNER = {
    'values.yaml': 'owner: quay.io/team\ntag: "1"\n',
    'templates/a.yaml': podTemplate('a', '{{ .Values.owner }}/app:{{ .Values.tag }}'),
    'templates/note.yaml': COMPARED.replace('.Values.app "quay.io/team/app:1"', '.Values.owner "quay.io/team"'),
  };

  it('is moved where it is compared with that value, and nowhere else', async () => {
    const raw = '{{`{{ if eq .x "quay.io/team/app:1" }}`}}';
    const all = await proven({
      ...files,
      'templates/o.yaml': OTHER,
      'files/raw.tpl': raw,
      'ci/o-values.yaml': 'other: some\n',
    });
    expect(patches(all)).toEqual(['web/templates/note.yaml:5']);
    expect(all.releases.every(isProven)).toBe(true);
    expect(proofs(all)).toEqual(['ci/o-values.yaml: proven']);
  });

  it('has the lines of all profiles compared, also of those that nobody asked for', async () => {
    const label =
      'kind: ConfigMap\nmetadata: { name: l }\ndata:\n  a: b\n{{ if .Values.label }}\n  label: by-{{ .Values.owner }}\n{{ end }}\n';
    const all = await proven({ ...OWNER, 'templates/l.yaml': label, 'ci/l-values.yaml': 'label: "yes"\n' });
    expect(all.releases.every(isProven)).toBe(true);
    expect(proofs(all)).toEqual(['ci/l-values.yaml: not proven']);
    // where nothing that is compared was moved, references alone are
    const { 'templates/note.yaml': _, ...rest } = OWNER;
    const plain = await proven({ ...rest, 'templates/l.yaml': label, 'ci/l-values.yaml': 'label: "yes"\n' });
    expect(proofs(plain)).toEqual(['ci/l-values.yaml: proven']);
  });

  it('has the lines of profiles compared that only NOTES.txt refuses', async () => {
    const notes = '{{ if .Values.label }}\n{{ fail "no label" }}\n{{ end }}\n';
    const all = await proven({ ...OWNER, 'templates/NOTES.txt': notes, 'ci/l-values.yaml': 'label: "yes"\n' });
    expect(proofs(all)).toEqual(['ci/l-values.yaml: proven']);
  });

  it('is moved where a template also completes the same text', async () => {
    const all = await proven({
      'values.yaml': 'registry: quay.io\nname: team/side\n',
      'templates/a.yaml': podTemplate('a', '{{ .Values.registry }}/team/app:1'),
      'templates/b.yaml': podTemplate('b', 'quay.io/{{ .Values.name }}:2'),
      'templates/note.yaml': COMPARED.replace('.Values.app "quay.io/team/app:1"', '.Values.registry "quay.io"'),
    });
    expect(patches(all)).toEqual(['web/templates/b.yaml:6', 'web/templates/note.yaml:5']);
    expect(all.releases.every(isProven)).toBe(true);
  });

  it('and digests are tried again with it', async () => {
    const digests = new Map([['quay.io/team/app:1', anyDigest('app')]]);
    const all = await proven(OWNER, [addonOf('a')], { pinDigests: true }, { digests });
    expect(all.releases.every(isProven)).toBe(true);
    expect(all.chart.relocated?.pinned.size).toBe(1);
    expect(edits(all)).toContain(`tag = 1@${anyDigest('app')}`);
    expect(all.releases[0]?.notes).toEqual([]);
  });

  it('and digests stay out where they spoil that, too', async () => {
    const both = { ...OWNER, 'templates/note.yaml': `${OWNER['templates/note.yaml']}  version: {{ .Values.tag }}\n` };
    const digests = new Map([['quay.io/team/app:1', anyDigest('app')]]);
    const all = await proven(both, [addonOf('a')], { pinDigests: true }, { digests });
    expect(all.releases.every(isProven)).toBe(true);
    expect(all.chart.relocated?.pinned.size).toBe(0);
  });
});

describe('profiles of the catalog', () => {
  it('are proven with what is compared moved along', async () => {
    const addon = addonOf('a', {
      layers: [layer('x: 1\n')],
      profiles: [profile('big', 'worker: { enabled: true }\n')],
    });
    const note =
      'kind: ConfigMap\nmetadata: { name: note }\ndata:\n  a: b\n{{ if eq .Values.app "quay.io/team/app:1" }}\n  official: "1"\n{{ end }}\n';
    const all = await proven({ ...WORKER, 'values.yaml': VALUES, 'templates/note.yaml': note }, [addon]);
    expect(proofs(all)).toContain('profile big: proven');
  });
});
