import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unpackChart } from '../../src/adapters/archive.ts';
import { readChartTree } from '../../src/domain/chart/chart-tree.ts';
import { effectiveValues } from '../../src/domain/chart/effective-values.ts';
import { formatPath } from '../../src/domain/chart/values-tree.ts';
import { readRendered } from '../../src/domain/images/rendered-documents.ts';
import { emitYaml } from '../../src/domain/overlay/emit-yaml.ts';
import { listForms, type PullSecretPlan, planPullSecret } from '../../src/domain/pull-secret/plan-pull-secret.ts';
import type { SecretProbeResult } from '../../src/domain/pull-secret/secret-tracer.ts';
import { judgePullSecret, type PullSecretVerdict } from '../../src/domain/pull-secret/served.ts';
import { type ChartFiles, packChart } from '../support/charts.ts';
import { type ChartParts, chartFiles, vendored } from '../support/e2e-charts.ts';
import { requireTool, skipReason, type TestTool } from '../support/tools.ts';

const execute = promisify(execFile);
const SECRET = 'mine';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pull-secret-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

interface Traced {
  readonly plan: PullSecretPlan;
  /** `path form`, and what is turned on with it. */
  readonly keys: readonly string[];
  readonly unserved: readonly string[];
  /** The render with the secret set. */
  readonly text: string;
  readonly verdict: PullSecretVerdict;
}

/** Renders with a real helm, as the tool does. */
function renderer(tool: TestTool, archive: string, own: string): (overlay: string) => Promise<string> {
  return async (overlay) => {
    const [values, top] = [join(directory, 'own.yaml'), join(directory, 'overlay.yaml')];
    await writeFile(values, own);
    await writeFile(top, overlay);
    const argv = ['template', 'r', archive, '--namespace', 'web', '-f', values, '-f', top];
    const env = { HOME: directory, PATH: '', HELM_CACHE_HOME: directory, HELM_CONFIG_HOME: directory };
    return (await execute(requireTool(tool), argv, { env })).stdout;
  };
}

async function probed(render: Promise<string>): Promise<SecretProbeResult> {
  try {
    return { kind: 'rendered', documents: readRendered(await render) };
  } catch (error) {
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
    if (!stderr.includes('Error:')) throw error;
    return { kind: 'failed', reason: stderr.replace(/\s+/g, ' ') };
  }
}

async function traced(tool: TestTool, parts: ChartParts, own = '{}\n'): Promise<Traced> {
  const bytes = await packChart('app', chartFiles('app', parts));
  const archive = join(directory, 'app.tgz');
  await writeFile(archive, bytes);
  const render = renderer(tool, archive, own);
  const tree = await unpackChart('app', bytes);
  const chart = readChartTree(tree, 'app');
  const values = effectiveValues(tree, chart, [{ origin: 'inline', name: 'own', text: own }]);
  const documents = readRendered(await render('{}\n'));
  const input = { tree, chart, values, documents, namespace: 'web', secret: SECRET };
  const plan = await planPullSecret(input, (overlay) => probed(render(overlay)));
  const text = await render(emitYaml(plan.overlay));
  const verdict = judgePullSecret(readRendered(text), 'web', listForms(tree, chart, documents), SECRET);
  const keys = plan.keys.map(({ path, shape, gate }) => {
    return `${formatPath(path)} ${shape}${gate === undefined ? '' : ` with ${formatPath(gate)}`}`;
  });
  return { plan, keys, unserved: plan.unserved.map(({ name }) => name), text, verdict };
}

/** A Pod whose spec begins with these lines. */
function pod(name: string, ...lines: readonly string[]): string {
  const head = ['apiVersion: v1', 'kind: Pod', `metadata: {name: ${name}}`, 'spec:'];
  return [...head, ...lines.map((line) => `  ${line}`), '  containers: [{name: a, image: b}]', ''].join('\n');
}

function listOf(expression: string): string {
  return `imagePullSecrets: {{- toYaml (${expression}) | nindent 4 }}`;
}

function namesOf(expression: string): readonly string[] {
  return [`imagePullSecrets: [{{ range ${expression} }}`, '{name: "{{ . }}"},', '{{ end }}]'];
}

function oneTemplate(values: string, text: string, files: ChartFiles = {}): ChartParts {
  return { values, templates: { 'a.yaml': text }, files };
}

function schema(properties: object): ChartFiles {
  return { 'values.schema.json': JSON.stringify({ type: 'object', additionalProperties: false, properties }) };
}

const ITEM_TEXTS = { type: 'array', items: { type: 'string' } };
const CRD = [
  'apiVersion: apiextensions.k8s.io/v1',
  'kind: CustomResourceDefinition',
  'metadata: {name: tools.example.com}',
  'spec:',
  '  names:',
  '    kind: Tool',
  '  versions:',
  '    - schema:',
  '        openAPIV3Schema:',
  '          imagePullSecrets:',
  '            items:',
  '              type: string',
  '            type: array',
  '',
].join('\n');
const TOOL =
  'apiVersion: example.com/v1\nkind: Tool\nmetadata: {name: t}\nspec:\n  imagePullSecrets: {{ toJson .Values.pullSecrets }}\n';

interface Case {
  readonly parts: ChartParts;
  readonly own?: string;
  readonly keys: readonly string[];
  readonly renders: number;
}

const CASES: Readonly<Record<string, Case>> = {
  'a list of objects': {
    parts: oneTemplate('imagePullSecrets: []\n', pod('a', listOf('.Values.imagePullSecrets'))),
    keys: ['imagePullSecrets objects'],
    renders: 1,
  },
  'a list of texts, found by the form in which a list of objects arrives': {
    parts: oneTemplate('imagePullSecrets: []\n', pod('a', ...namesOf('.Values.imagePullSecrets'))),
    keys: ['imagePullSecrets strings'],
    renders: 2,
  },
  'a list of texts, as its template says': {
    parts: oneTemplate(
      'imagePullSecrets: []\n',
      pod('a', 'imagePullSecrets:', '{{- range .Values.imagePullSecrets }}', '  - name: {{ . }}', '{{- end }}'),
    ),
    keys: ['imagePullSecrets strings'],
    renders: 1,
  },
  'one text': {
    parts: oneTemplate(
      '',
      pod('a', '{{ with .Values.pull }}', 'imagePullSecrets: [{name: {{ .imagePullSecretName }}}]', '{{ end }}'),
      {
        'values.yaml': 'pull: {imagePullSecretName: ""}\n',
      },
    ),
    keys: ['pull.imagePullSecretName text'],
    renders: 1,
  },
  'a text that is printed as a list': {
    parts: oneTemplate(
      'image: {pullSecrets: ""}\n',
      pod('a', 'imagePullSecrets: {{ .Values.image.pullSecrets | default "[]" }}'),
    ),
    keys: ['image.pullSecrets yaml'],
    renders: 4,
  },
  'a key that the values lack': {
    parts: oneTemplate('web: {}\n', pod('a', listOf('.Values.web.imagePullSecrets'))),
    keys: ['web.imagePullSecrets objects'],
    renders: 1,
  },
  'a key of another name, where the list is written': {
    parts: oneTemplate(
      'registry: {key: ""}\n',
      pod(
        'a',
        '{{ if .Values.registry.key }}',
        'imagePullSecrets:',
        '  - name: {{ .Values.registry.key }}',
        '{{ end }}',
      ),
    ),
    keys: ['registry.key text'],
    renders: 1,
  },
  'a key that a template is given a map for': {
    parts: {
      values: 'web: {image: {repository: a, tag: b}}\n',
      templates: {
        '_h.tpl':
          '{{ define "list" }}{{ range .images }}{{ range .pullSecrets }}[{name: {{ . }}}]{{ end }}{{ end }}{{ end }}',
        'a.yaml': pod('a', 'imagePullSecrets: {{ include "list" (dict "images" (list .Values.web.image)) }}'),
      },
    },
    keys: ['web.image.pullSecrets strings'],
    renders: 1,
  },
  'the global rather than those that hide it': {
    parts: oneTemplate(
      'global: {imagePullSecrets: []}\none: {pullSecrets: []}\ntwo: {pullSecrets: []}\n',
      ['one', 'two']
        .map((name) => pod(name, ...namesOf(`(default .Values.global.imagePullSecrets .Values.${name}.pullSecrets)`)))
        .join('---\n'),
    ),
    keys: ['global.imagePullSecrets strings'],
    renders: 3,
  },
  'a list of the service account': {
    parts: oneTemplate(
      'serviceAccount: {imagePullSecrets: []}\n',
      `${pod('a', 'serviceAccountName: x')}---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: x}\nimagePullSecrets: {{ toJson .Values.serviceAccount.imagePullSecrets }}\n`,
    ),
    keys: ['serviceAccount.imagePullSecrets objects'],
    renders: 1,
  },
  'a name that counts only when its switch is on': {
    parts: oneTemplate(
      'privateRegistry: {enabled: false, imagePullSecret: example}\n',
      pod(
        'a',
        '{{ with .Values.privateRegistry }}{{ if .enabled }}',
        'imagePullSecrets: [{name: {{ .imagePullSecret }}}]',
        '{{ end }}{{ end }}',
      ),
    ),
    keys: ['privateRegistry.imagePullSecret text with privateRegistry.enabled'],
    renders: 2,
  },
  'the form that the schema allows': {
    parts: oneTemplate(
      'imagePullSecrets: []\n',
      pod('a', ...namesOf('.Values.imagePullSecrets')),
      schema({ imagePullSecrets: ITEM_TEXTS, global: {} }),
    ),
    keys: ['imagePullSecrets strings'],
    renders: 2,
  },
  'what the schema knows, where templates ask for more': {
    parts: oneTemplate(
      'a: {}\n',
      pod('a', listOf('.Values.imagePullSecrets | default .Values.a.pullSecrets')),
      schema({ a: {}, global: {} }),
    ),
    keys: ['a.pullSecrets objects'],
    renders: 3,
  },
  'a pod spec that the values spell out': {
    parts: oneTemplate(
      'template: {spec: {containers: [{name: a, image: b}]}}\n',
      'apiVersion: example.com/v1\nkind: Runner\nmetadata: {name: r}\nspec: {{ toJson .Values.template.spec }}\n',
    ),
    keys: ['template.spec.imagePullSecrets objects'],
    renders: 1,
  },
  'a list of names in a custom resource, as its definition asks for': {
    parts: oneTemplate('pullSecrets: []\n', TOOL, {
      'crds/tool.yaml': CRD,
    }),
    keys: ['pullSecrets strings'],
    renders: 1,
  },
  'keys of a subchart and of items of a list': {
    parts: oneTemplate(
      'jobs: [{name: one, imagePullSecrets: []}, {name: two}]\n',
      `{{ range .Values.jobs }}\n---\n${pod('{{ .name }}', 'imagePullSecrets: {{ toJson .imagePullSecrets }}')}{{ end }}`,
      vendored('db', oneTemplate('imagePullSecrets: []\n', pod('db', listOf('.Values.imagePullSecrets')))),
    ),
    keys: ['db.imagePullSecrets objects', 'jobs[0].imagePullSecrets objects', 'jobs[1].imagePullSecrets objects'],
    renders: 2,
  },
  'nothing, where the release names the secret': {
    parts: oneTemplate('imagePullSecrets: []\n', pod('a', listOf('.Values.imagePullSecrets'))),
    own: 'imagePullSecrets: [{name: mine}]\n',
    keys: [],
    renders: 0,
  },
};

for (const tool of ['helm4', 'helm3'] as const) {
  const reason = skipReason([tool]);
  describe.skipIf(reason !== undefined)(
    `the keys of a pull secret, with ${tool}${reason === undefined ? '' : ` (${reason})`}`,
    () => {
      for (const [name, { parts, own, keys, renders }] of Object.entries(CASES)) {
        it(`are ${name}`, async () => {
          const result = await traced(tool, parts, own);
          expect([...result.keys].sort()).toEqual(keys);
          expect(result.verdict.unserved).toEqual([]);
          expect(result.verdict.served.length).toBeGreaterThan(0);
          expect(result.plan.renders).toBe(renders);
        });
      }

      it('keep the secrets that a list has', async () => {
        const chart = oneTemplate('imagePullSecrets: []\n', pod('a', listOf('.Values.imagePullSecrets')));
        const { text } = await traced(tool, chart, 'imagePullSecrets: [{name: own}]\n');
        expect(text).toContain('- name: own\n    - name: mine');
      });

      it('name the secret that a text gives up', async () => {
        const chart = oneTemplate(
          'pullSecret: own\n',
          pod('a', 'imagePullSecrets: [{name: {{ .Values.pullSecret }}}]'),
        );
        expect((await traced(tool, chart)).plan.keys).toMatchObject([{ shape: 'text', replaced: 'own' }]);
      });

      it('never make a list that the API server refuses', async () => {
        const chart = oneTemplate(
          'imagePullSecrets: []\n',
          `${pod('a', listOf('.Values.imagePullSecrets'))}---\n${pod('b', ...namesOf('.Values.imagePullSecrets'))}`,
        );
        const { keys, unserved, verdict } = await traced(tool, chart);
        expect(keys).toEqual(['imagePullSecrets objects']);
        expect(unserved).toEqual(['b']);
        expect(verdict.unserved.map(({ name }) => name)).toEqual(['b']);
      });

      it('leave the way by service accounts to a pod without a key', async () => {
        const chart = oneTemplate(
          'imagePullSecrets: []\n',
          `${pod('a', listOf('.Values.imagePullSecrets'))}---\n${pod('test')}`,
        );
        const { plan, unserved } = await traced(tool, chart);
        expect(unserved).toEqual(['test']);
        expect(plan.accountWay.commands).toHaveLength(1);
        expect(plan.accountWay.commands[0]).toContain('--namespace web patch serviceaccount default');
      });

      it('say where a key leads that reaches no pod', async () => {
        const config =
          'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {secret: "{{ .Values.agent.imagePullSecret }}"}\n';
        const chart = oneTemplate('agent: {imagePullSecret: ""}\n', `${pod('a')}---\n${config}`);
        expect((await traced(tool, chart)).plan.elsewhere).toEqual([
          { path: ['agent', 'imagePullSecret'], objects: ['app/templates/a.yaml ConfigMap/c'] },
        ]);
      });
    },
  );
}
