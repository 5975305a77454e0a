import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { EmitKind } from '../../../../src/cli/emit-command.ts';
import { EMIT_KINDS } from '../../../../src/cli/emit-command.ts';
import { EMIT_WAYS } from '../../../../src/commands/emit-kinds.ts';
import type { Emitted } from '../../../../src/domain/emit/emitted.ts';
import { mirroredOf } from '../../../../src/domain/emit/mirrored.ts';
import type { Report } from '../../../../src/domain/report/report.ts';
import { chart, digestOf, doneReport, image, specialReport } from '../../../support/emit-reports.ts';
import { merged } from '../../../support/merge-patch.ts';

const MIRROR = 'registry.example.com/platform/mirror';

interface More {
  readonly gaps?: readonly string[];
  readonly plainHttp?: boolean;
}

function emitted(
  kind: EmitKind,
  report: Report = specialReport(),
  { gaps = [], plainHttp = false }: More = {},
): Emitted {
  const text = '# Values for the original chart shop 1.0.1, release shop.\na: 1\n';
  const values = [{ chart: 'shop', release: 'shop', source: 'oci://ghcr.io/org/shop', version: '1.0.1', text }];
  return EMIT_WAYS[kind].make({
    request: { mirrored: mirroredOf(report), gaps, plainHttp },
    values,
    reportText: '{}\n',
  });
}

function textOf(one: Emitted, path?: string): string {
  const file = path === undefined ? one.files[0] : one.files.find((each) => each.path === path);
  if (file === undefined) throw new Error(`no ${path}: ${one.files.map((each) => each.path).join(', ')}`);
  return file.text;
}

function documents(text: string): readonly unknown[] {
  return parseAllDocuments(text).map((one) => one.toJS() as unknown);
}

describe.each(EMIT_KINDS)('%s', (kind) => {
  it('says what it is for, for what target, and how it is applied', () => {
    for (const { path, text } of emitted(kind).files.filter((file) => file.path !== 'report.json')) {
      expect(text, path).toContain(`# Written by airgap-charts emit ${kind}, for registry.example.com/platform, `);
      expect(text, path).toMatch(/^# For /m);
      expect(text, path).not.toContain('NOT WHOLE');
    }
  });

  it('names in every file what is missing, on lines that stay comments', () => {
    const gaps = ['image quay.io/a:1: failed: later\nkind: Evil'];
    for (const { path, text } of emitted(kind, specialReport(), { gaps }).files) {
      if (path === 'report.json') continue;
      expect(text, path).toContain('# NOT WHOLE: ');
      expect(text, path).toContain('#   image quay.io/a:1: failed: later');
      expect(text, path).not.toMatch(/^kind: Evil/m);
    }
  });

  it('is the same whatever the order of the rows', () => {
    const report = specialReport();
    const turned = { ...report, images: report.images.toReversed(), charts: report.charts.toReversed() };
    expect(emitted(kind, turned)).toEqual(emitted(kind, report));
  });

  it('has no path that leads out of its directory', () => {
    const evil = chart('../../shop', 'oci://registry.example.com/platform/charts/shop:1', { release: '../..' });
    const report = doneReport({ charts: [evil], images: [image('quay.io/a/b:1', `${MIRROR}/a/b:1`)] });
    for (const { path } of emitted(kind, report).files) expect(path.split('/')).not.toContain('..');
  });
});

describe('kustomize', () => {
  const { images } = parse(textOf(emitted('kustomize'))) as { images: readonly { name: string; newName: string }[] };

  it('names images of Docker Hub in every spelling, and only their names', () => {
    expect(images.filter(({ newName }) => newName === `${MIRROR}/library/nginx`)).toEqual(
      [
        'nginx',
        'docker.io/nginx',
        'index.docker.io/nginx',
        'library/nginx',
        'docker.io/library/nginx',
        'index.docker.io/library/nginx',
      ].map((name) => ({ name, newName: `${MIRROR}/library/nginx` })),
    );
    expect(images.every((one) => Object.keys(one).length === 2)).toBe(true);
  });

  it('says what it cannot do: other digests, other tags, two places', () => {
    const { notes } = emitted('kustomize');
    expect(notes.filter((note) => note.includes('under another digest'))).toHaveLength(1);
    expect(notes.filter((note) => note.startsWith('quay.io/team/tool:2 has another tag'))).toHaveLength(1);
    const split = doneReport({
      images: [
        image('quay.io/a/b:1', `${MIRROR}/a/b:1`),
        image('quay.io/a/b:2', `${MIRROR}/a/b:2`),
        image('quay.io/a/b:3', `${MIRROR}/other:3`),
      ],
    });
    expect(textOf(emitted('kustomize', split))).toContain(`newName: ${MIRROR}/a/b\n`);
    expect(emitted('kustomize', split).notes).toEqual([
      `quay.io/a/b:3 is at ${MIRROR}/other:3: no rule by repository leads there`,
    ]);
  });
});

describe('openshift', () => {
  const [byDigest, byTag] = documents(textOf(emitted('openshift'))) as readonly {
    readonly kind: string;
    readonly spec: Readonly<
      Record<string, readonly { readonly source: string; readonly mirrors: readonly string[] }[]>
    >;
  }[];

  it('has a rule by digest for what has its content unchanged', () => {
    const rules = byDigest?.spec.imageDigestMirrors ?? [];
    expect(byDigest?.kind).toBe('ImageDigestMirrorSet');
    expect(rules).toContainEqual({ source: 'docker.io/library/nginx', mirrors: [`${MIRROR}/library/nginx`] });
    expect(rules).toContainEqual({ source: 'ghcr.io/team/agent', mirrors: [`${MIRROR}/team/agent`] });
    expect(rules.map(({ source }) => source)).not.toContain('ghcr.io/team/slim');
    expect(rules.map(({ source }) => source)).not.toContain('ghcr.io/team/one');
  });

  it('has a rule by tag for what was mirrored by tag', () => {
    const rules = byTag?.spec.imageTagMirrors ?? [];
    expect(byTag?.kind).toBe('ImageTagMirrorSet');
    expect(rules.map(({ source }) => source)).toContain('ghcr.io/team/slim');
    expect(rules.map(({ source }) => source)).not.toContain('ghcr.io/team/agent');
  });

  it('tells where two sources share one place', () => {
    expect(emitted('openshift').notes[0]).toContain(
      `${MIRROR}/team/app has images of docker.io/team/app and quay.io/team/app`,
    );
  });

  it('tells what pulls by digest may not find', () => {
    const notes = emitted('openshift').notes.map((note) => note.split(': ').slice(0, 2).join(': '));
    expect(notes.slice(-3)).toEqual([
      `ghcr.io/team/one:1@${digestOf('c')}: the target has one platform of it, under another digest`,
      'ghcr.io/team/slim:3: the target has one platform of it, under another digest',
      'docker.io/library/busybox: the target has its tag, and nobody has compared its digest (--no-verify-existing-digest)',
    ]);
  });

  it('has no document without rules', () => {
    const only = doneReport({ images: [image(`quay.io/a/b@${digestOf('a')}`, `${MIRROR}/a/b:mirrored-aaaaaaaaaaaa`)] });
    expect(documents(textOf(emitted('openshift', only)))).toHaveLength(1);
  });
});

describe('containerd', () => {
  it('has a folder for every host, with ports between underscores', () => {
    expect(emitted('containerd').files.map(({ path }) => path)).toEqual([
      'docker.io/hosts.toml',
      'ghcr.io/hosts.toml',
      'quay.io/hosts.toml',
      'registry.local_5000_/hosts.toml',
    ]);
  });

  it('leads to the path at the target, past the API root', () => {
    const text = textOf(emitted('containerd'), 'docker.io/hosts.toml');
    expect(text).toContain('server = "https://registry-1.docker.io"\n');
    expect(text).toContain(
      '[host."https://registry.example.com/v2/platform/mirror"]\n  capabilities = ["pull", "resolve"]\n  override_path = true\n',
    );
    expect(textOf(emitted('containerd'), 'registry.local_5000_/hosts.toml')).toContain(
      'server = "https://registry.local:5000"',
    );
  });

  it('takes the host along where paths begin with it, and leads to the top of a target without a path', () => {
    const host = doneReport({ images: [image('quay.io/a/b:1', 'localhost:5000/quay.io/a/b:1')] });
    expect(textOf(emitted('containerd', host, { plainHttp: true }))).toContain(
      '[host."http://localhost:5000/v2/quay.io"]',
    );
    const top = doneReport({ images: [image('quay.io/a/b:1', 'localhost:5000/a/b:1')] });
    expect(textOf(emitted('containerd', top))).toContain('[host."https://localhost:5000/v2"]');
    expect(emitted('containerd', host).notes).toEqual([]);
  });

  it('says what no rule by host reaches, and which hosts share a place', () => {
    const { notes } = emitted('containerd');
    expect(notes[0]).toContain('quay.io/team/tool:2 is at registry.example.com/platform/tools/tool:2.0');
    expect(notes[1]).toContain('docker.io, ghcr.io, quay.io, registry.local:5000 are all kept below');
    expect(notes[1]).toMatch(/; mirror with --image-path host to keep them apart$/);
  });

  it('names the way of keeping hosts apart that fits the names of the run', () => {
    const single = [image('quay.io/app:1', 'docker.io/owner/app:1'), image('ghcr.io/app:2', 'docker.io/owner/app:2')];
    const note = (...more: readonly ReturnType<typeof image>[]) =>
      emitted('containerd', doneReport({ images: [...single, ...more] })).notes.find((one) => one.includes('apart'));
    expect(note()).toContain('--image-path host (flat-host for flat names) to');
    expect(note(image('quay.io/team/web:1', 'docker.io/owner/team--web:1'))).toContain('--image-path flat-host to');
    expect(note(image('quay.io/a--b/web:1', 'docker.io/owner/x--a---b--web:1'))).toContain('--image-path flat-host to');
    expect(note(image('quay.io/team/web:1', 'docker.io/owner/team/web:1'))).toContain('--image-path host to');
  });

  it('names it for rules by repository, too', () => {
    const flat = ['docker.io', 'quay.io'].map((host) => image(`${host}/team/web:1`, 'docker.io/owner/team--web:1'));
    const { notes } = emitted('kustomize', doneReport({ images: flat }));
    expect(notes.join('\n')).toContain('; mirror with --image-path flat-host to keep them apart');
  });
});

describe('registries-conf', () => {
  it('has a mirror for each repository, Docker Hub with library/', () => {
    const text = textOf(emitted('registries-conf'));
    expect(text).toContain(
      `[[registry]]\nprefix = "docker.io/library/nginx"\nlocation = "docker.io/library/nginx"\n\n[[registry.mirror]]\nlocation = "${MIRROR}/library/nginx"\n`,
    );
    expect(text).not.toContain('insecure');
    expect(textOf(emitted('registries-conf', specialReport(), { plainHttp: true }))).toContain('insecure = true');
  });
});

describe('argocd', () => {
  const emit = emitted('argocd');

  it('names the version of the chart, not its tag, and the place above it', () => {
    expect(parse(textOf(emit, 'shop/shop-eu/application-patch.yaml'))).toMatchObject({
      kind: 'Application',
      metadata: { name: 'shop-eu' },
      spec: {
        source: {
          repoURL: 'registry.example.com/platform/charts',
          chart: 'shop',
          targetRevision: '1.2.3+b1',
          path: null,
        },
      },
    });
  });

  it('makes each place known once, without a login', () => {
    const secrets = documents(textOf(emit, 'repositories.yaml'));
    expect(secrets).toHaveLength(1);
    expect(secrets[0]).toMatchObject({
      stringData: { type: 'helm', enableOCI: 'true', url: 'registry.example.com/platform/charts' },
    });
  });

  it('tells of releases whose own values name images', () => {
    const [row] = specialReport().charts;
    if (row === undefined) throw new Error('there is a chart');
    const command = 'helm template shop helm-charts/shop/shop-1.2.3.tgz -f helm-charts/shop/shop/values.yaml';
    const report = doneReport({ charts: [{ ...row, proof: { ...row.proof, command } }] });
    expect(emitted('argocd', report).notes[0]).toContain('add those of helm-charts/shop/shop/values.yaml');
    expect(textOf(emitted('flux', report), 'shop/shop/helmrelease-patch.yaml')).toContain('# Mind:');
    expect(emit.notes).toEqual([]);
  });

  it('asks Docker Hub where it answers', () => {
    const report = doneReport(
      { charts: [chart('shop', 'oci://docker.io/team/shop:1.0.0')] },
      { target: 'docker.io/team' },
    );
    expect(textOf(emitted('argocd', report), 'shop/shop/application-patch.yaml')).toContain(
      'repoURL: registry-1.docker.io/team\n',
    );
  });
});

describe('flux', () => {
  it('has a source with the tag, and a patch that takes it', () => {
    const emit = emitted('flux');
    expect(parse(textOf(emit, 'shop/shop-eu/ocirepository.yaml'))).toMatchObject({
      metadata: { name: 'shop-eu', namespace: 'eu' },
      spec: { url: 'oci://registry.example.com/platform/charts/shop', ref: { tag: '1.2.3_b1' } },
    });
    expect(parse(textOf(emit, 'shop/shop-eu/helmrelease-patch.yaml'))).toMatchObject({
      spec: { chart: null, chartRef: { kind: 'OCIRepository', name: 'shop-eu' } },
    });
    expect(textOf(emitted('flux', specialReport(), { plainHttp: true }), 'shop/shop/ocirepository.yaml')).toContain(
      'insecure: true',
    );
  });

  const chartRef = { kind: 'OCIRepository', name: 'before' };
  it.each([
    { chart: { spec: { chart: 'shop', valuesFiles: ['values-prod.yaml'] } } },
    { chartRef },
    { chartRef: { ...chartRef, namespace: 'flux-system' } },
  ])('leads to the source beside it, whatever the HelmRelease named before: %j', (spec) => {
    const at = 'oci://r.example.com/a/shop:1';
    const both = [chart('shop', at), chart('shop', at, { release: 'bare', namespace: null })];
    const { files } = emitted('flux', doneReport({ charts: both }));
    const read = (name: string) => parse(files.find(({ path }) => path === `shop/${name}`)?.text ?? '');
    for (const [release, own] of [
      ['shop', 'shop'],
      ['bare', 'default'],
    ]) {
      const source = read(`${release}/ocirepository.yaml`);
      const patched = merged({ metadata: { namespace: own }, spec }, read(`${release}/helmrelease-patch.yaml`));
      const { kind, metadata } = source;
      const namespace = metadata.namespace === undefined ? {} : { namespace: metadata.namespace };
      expect(patched).toHaveProperty('spec', { chartRef: { kind, name: metadata.name, ...namespace } });
    }
  });

  it('tells what the patch takes away, and what is not known of the HelmRelease', () => {
    const at = 'oci://r.example.com/a/keda:1';
    const target = chart('keda', at, { release: 'kedans-keda', namespace: 'kedans' });
    const charts = [target, chart('keda', at, { namespace: null })];
    const made = emitted('flux', doneReport({ charts }));
    const patch = textOf(made, 'keda/kedans-keda/helmrelease-patch.yaml');
    expect(patch).toContain('chart.spec.valuesFiles');
    expect(patch).toContain('release kedans-keda in namespace kedans. Which HelmRelease that is the run does not know');
    expect(patch).toContain('HelmRelease keda with targetNamespace kedans');
    expect(made.notes).toEqual([expect.stringContaining('HelmRelease keda with targetNamespace kedans')]);
    const bare = textOf(made, 'keda/keda/helmrelease-patch.yaml');
    expect(bare).toContain('apply that to the namespace of the HelmRelease');
    expect(bare).not.toContain('# Mind:');
  });

  it('keeps releases of one name apart', () => {
    const twice = [chart('shop', 'oci://r.example.com/a/shop:1'), chart('shop', 'oci://r.example.com/b/shop:1')];
    expect(emitted('flux', doneReport({ charts: twice })).files.map(({ path }) => path)).toEqual([
      'shop/shop/ocirepository.yaml',
      'shop/shop/helmrelease-patch.yaml',
      'shop/shop-2/ocirepository.yaml',
      'shop/shop-2/helmrelease-patch.yaml',
    ]);
  });
});

describe('policies', () => {
  it('allow the target with a slash behind it, and Docker Hub also without its name', () => {
    expect(textOf(emitted('admission-policy'))).toContain(`expression: "['registry.example.com/platform/']"`);
    const hub = doneReport({}, { target: 'docker.io/team' });
    expect(textOf(emitted('kyverno', hub))).toContain(`expression: "['docker.io/team/', 'team/']"`);
  });
});

describe('post-renderer', () => {
  it('is a script, a plugin and the report', () => {
    const { files } = emitted('post-renderer');
    expect(files.map(({ path, isExecutable }) => [path, isExecutable])).toEqual([
      ['post-render.sh', true],
      ['plugin.yaml', false],
      ['report.json', false],
    ]);
    expect(files[0]?.text.startsWith('#!/bin/sh\n')).toBe(true);
  });
});
