import { describe, expect, it } from 'vitest';
import { extract } from '../../../src/pipeline/extract.ts';
import type { ReleaseItem } from '../../../src/pipeline/release-item.ts';
import type { RenderRequest, RenderResult } from '../../../src/ports/helm.ts';
import { addonOf, chartOf, portsOf, runOf } from './runs.ts';

const POD = 'kind: Pod\nmetadata: { name: a }\nspec:\n  containers:\n    - name: a\n      image: quay.io/team/app:1\n';

function rendered(text = POD): RenderResult {
  return { kind: 'rendered', text: `---\n# Source: web/templates/a.yaml\n${text}` };
}

/** Renders the release of an addon with what stands in for helm; the chart has these files. */
async function extractWith(
  render: (request: RenderRequest) => RenderResult,
  addon = addonOf('a'),
  files: Readonly<Record<string, string>> = {},
): Promise<{ readonly release: ReleaseItem; readonly requests: readonly RenderRequest[] }> {
  const requests: RenderRequest[] = [];
  const ports = portsOf({
    render(request) {
      requests.push(request);
      return render(request);
    },
  });
  const run = runOf([addon], {}, ports);
  const [release] = run.releases;
  if (release === undefined) throw new RangeError('one release');
  const chart = chartOf([release], files);
  run.charts = [chart];
  await extract(chart, release, 0, run);
  return { release, requests };
}

function failing(reason: string): () => RenderResult {
  return () => ({ kind: 'failed', reason, lasting: true });
}

describe('a render', () => {
  it('is told namespace, Kubernetes version and values, and has defaults for the first two', async () => {
    const layer = { origin: 'inline', name: 'values', text: 'a: 1\n' } as const;
    const plain = await extractWith(() => rendered());
    expect(plain.requests).toMatchObject([
      { release: 'a', namespace: 'a', kubeVersion: '1.34.0', valuesFiles: [], skipSchema: false },
    ]);
    const told = await extractWith(
      () => rendered(),
      addonOf('a', { namespace: 'n', kubeVersion: '1.30.1', layers: [layer, layer] }),
    );
    expect(told.requests[0]).toMatchObject({ namespace: 'n', kubeVersion: '1.30.1' });
    expect(told.requests[0]?.valuesFiles).toHaveLength(2);
  });

  it('goes without schema check where the schema leads elsewhere, and says so', async () => {
    const files = { 'values.schema.json': '{"properties": {"a": {"$ref": "https://example.com/a.json"}}}' };
    const { release, requests } = await extractWith(() => rendered(), addonOf('a'), files);
    expect(requests.map(({ skipSchema }) => skipSchema)).toEqual([true]);
    expect(release.extraction?.settings.schemaSkipped).toMatch(/values\.schema\.json/);
    expect(release.notes).toEqual([expect.stringMatching(/without schema check: .*values\.schema\.json/)]);
  });

  it('is tried once more without schema check where helm says that it leads to the network, and only there', async () => {
    const refused = failing(`failing loading "https://example.com/other.json": connection refused`);
    const { release, requests } = await extractWith((request) => (request.skipSchema ? rendered() : refused()));
    expect(requests.map(({ skipSchema }) => skipSchema)).toEqual([false, true]);
    expect(release.extraction?.settings.schemaSkipped).toMatch(/on the network/);
    expect(release.notes.join()).toMatch(/without schema check/);
    const wrong = failing("values don't meet the specifications of the schema(s): at '/a': got string, want number");
    await expect(extractWith((request) => (request.skipSchema ? rendered() : wrong()))).rejects.toThrow(
      /got string, want number/,
    );
  });

  it('without an image is noted', async () => {
    const { release } = await extractWith(() => rendered('kind: ConfigMap\nmetadata: { name: c }\n'));
    expect(release.notes).toEqual(['the chart renders no image with these values']);
  });
});

describe('a chart that does not render', () => {
  it.each([
    [
      'execution error at (web/templates/a.yaml:3:4): .Values.cluster.name is needed',
      'set cluster.name under overrides.web in chart-overrides.yaml, or in the values of the release',
    ],
    [
      "values don't meet the specifications of the schema(s): at '/cluster/name': minLength: got 0, want 1",
      'set cluster.name under overrides.web in chart-overrides.yaml, or in the values of the release',
    ],
    [
      'something went wrong',
      'set the values it asks for under overrides.web in chart-overrides.yaml, or in the values of the release',
    ],
    [
      'chart requires kubeVersion: >=2 which is incompatible with Kubernetes v1.34.0',
      'name a version that the chart allows with --kube-version, or as kubeVersion of the catalog entry',
    ],
  ])('for the reason %j tells what to do', async (reason, hint) => {
    await expect(extractWith(failing(reason))).rejects.toMatchObject({
      ...{ code: 'RENDER_FAILED', origin: 'source', hint },
      message: `web 1.0.0 does not render for release a: ${reason}`,
    });
  });

  it('or whose output cannot be read, is named with the template and the line', async () => {
    await expect(extractWith(() => rendered('a: [ }\n'))).rejects.toMatchObject({
      code: 'IMAGES_UNREADABLE',
      message: expect.stringMatching(/web\/templates\/a\.yaml \(line \d+ of the render\) is not readable YAML/),
    });
  });
});

describe('the name of an image without its registry', () => {
  const told = (image: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata:\n  RUNNING_IMAGE: ${image}\n`;

  it('is left as it is where a container has the image: it tells what runs', async () => {
    const { release } = await extractWith(() => rendered(`${POD}---\n${told('team/app:1')}`));
    expect(release.extraction?.uses.map(({ text }) => text)).toEqual(['quay.io/team/app:1']);
    expect(release.extraction?.aside).toMatchObject([
      { use: { text: 'team/app:1' }, why: 'the name of quay.io/team/app:1 without its registry' },
    ]);
  });

  it.each(['team/app:2', 'other/app:1', 'docker.io/team/app:1'])('is an image of its own as %s', async (image) => {
    const { release } = await extractWith(() => rendered(`${POD}---\n${told(image)}`));
    expect(release.extraction?.uses.map(({ text }) => text)).toContain(image);
  });
});

describe('a single word beside a tag, by the names of its fields', () => {
  const SETTINGS =
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata:\n  a.yaml: |\n    imageRepo: app\n    imageTag: "1"\n';

  it('is left as it is where it says the end of a reference of the same render', async () => {
    const { release } = await extractWith(() => rendered(`${POD}---\n${SETTINGS}`));
    expect(release.extraction?.uses.map(({ text }) => text)).toEqual(['quay.io/team/app:1']);
    expect(release.extraction?.aside).toMatchObject([
      { use: { text: 'app:1' }, why: 'parts of another reference: quay.io/team/app:1' },
    ]);
  });

  it.each([
    ['without one', SETTINGS],
    ['of another tag', `${POD.replace(':1', ':2')}---\n${SETTINGS}`],
    ['that is the same', `${POD.replace('quay.io/team/app:1', 'app:1')}---\n${SETTINGS}`],
  ])('is an image %s', async (_, text) => {
    const { release } = await extractWith(() => rendered(text));
    expect(release.extraction?.uses.map((use) => use.text)).toContain('app:1');
    expect(release.extraction?.aside).toEqual([]);
  });
});
