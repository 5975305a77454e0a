import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runProgram } from '../support/e2e-command.ts';
import { createMachine, type Machine } from '../support/e2e-machine.ts';
import { goTool } from '../support/go-modules.ts';
import { describeUnless, describeWith } from '../support/tools.ts';

// from this version on the namespace of an overlay reaches the charts below it
const KUSTOMIZE = goTool('sigs.k8s.io/kustomize/kustomize/v5@v5.8.1');

const CHART = {
  'Chart.yaml': 'apiVersion: v2\nname: own\nversion: 1.0.0\n',
  'values.yaml': 'a: { b: chart, c: chart, d: chart }\nlist: [1, 2]\ngone: chart\nempty: chart\nkept: chart\n',
  'templates/c.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: shown }
data:
  values: {{ .Values | toJson | quote }}
  release: {{ .Release.Name }}/{{ .Release.Namespace }}
`,
};

const FILES = {
  'values/one.yaml': 'a: { b: file, d: null }\nlist: [3]\nempty:\nkept: null\n',
  'values/two.yaml': 'a: { c: more }\ngone: more\n',
};

/** What an entry says beside its chart and release. */
const ENTRIES: readonly string[] = [
  'namespace: own',
  'valuesFile: values/one.yaml',
  'valuesFile: values/one.yaml, additionalValuesFiles: [values/two.yaml]',
  'valuesInline: { a: { b: inline }, list: [4], new: { x: 1 } }',
  'valuesInline: { a: { b: null }, gone: null, kept: ~, new: { x: null, z: 1 }, list: [null, 1] }',
  'valuesInline: { a: {}, new: {} }',
  'valuesFile: values/one.yaml, valuesInline: { a: { c: inline } }',
  'valuesFile: values/two.yaml, valuesInline: { a: { b: inline }, list: [] }',
  'valuesFile: values/two.yaml, valuesInline: { a: { c: null }, gone: null }',
  'valuesFile: values/one.yaml, valuesMerge: merge, valuesInline: { a: { b: inline, c: inline, d: inline }, new: 1 }',
  'valuesFile: values/one.yaml, valuesMerge: replace, valuesInline: { a: { c: inline, d: null } }',
  'valuesMerge: merge, valuesInline: { a: { b: inline, new: 1 }, gone: null, other: null }',
  'valuesMerge: replace, valuesInline: { gone: null }',
  'valuesInline: { a: { c: inline }, gone: inline }, additionalValuesFiles: [values/two.yaml, values/one.yaml]',
];

interface MadeEntry {
  readonly release: string;
  readonly namespace?: string;
  readonly repository: string;
  readonly valuesFiles?: readonly string[];
  readonly values?: unknown;
}

interface Shown {
  readonly data: { readonly values: string; readonly release: string };
}

describeUnless(KUSTOMIZE.reason, 'kustomize', () => {
  describeWith(['helm3'], 'a catalog of a kustomization', () => {
    let machine: Machine;

    beforeAll(async () => {
      machine = await createMachine({ helm: 'helm3' });
      for (const [name, text] of Object.entries(CHART)) await machine.write(`k/charts/own/${name}`, text);
      for (const [name, text] of Object.entries(FILES)) await machine.write(`k/${name}`, text);
    });

    afterAll(() => machine?.remove());

    async function run(...argv: readonly string[]): Promise<string> {
      const { code, stdout, stderr } = await runProgram(machine, argv);
      expect(code, stderr).toBe(0);
      return stdout;
    }

    async function shown(text: string) {
      const { data }: Shown = parse(text);
      return { release: data.release, values: JSON.parse(data.values) };
    }

    async function built(directory: string) {
      return shown(await run(KUSTOMIZE.path, 'build', '--enable-helm', '--helm-command', 'helm', directory));
    }

    /** What helm makes of the entry of a catalog that `catalog generate` made of a directory. */
    async function generated(directory: string) {
      const made = await machine.run(['catalog', 'generate', '--manifests', directory, '--out', 'catalog.yaml']);
      expect(made.code, made.stderr).toBe(0);
      expect(made.stderr).not.toContain('not read');
      const [entry]: readonly MadeEntry[] = parse(await machine.read('catalog.yaml')).addons;
      if (entry === undefined) throw new Error('the catalog is empty');
      await machine.write('inline.yaml', JSON.stringify(entry.values ?? {}));
      const files = [...(entry.valuesFiles ?? []), 'inline.yaml'].flatMap((name) => ['-f', name]);
      const namespace = entry.namespace === undefined ? [] : ['-n', entry.namespace];
      return shown(await run('helm', 'template', entry.release, entry.repository, ...namespace, ...files));
    }

    it.each(ENTRIES)('gives the values that kustomize gives: %s', async (rest) => {
      const text = `namespace: apps\nhelmCharts: [{ name: own, releaseName: r, ${rest} }]\n`;
      await machine.write('k/kustomization.yaml', text);
      expect(await generated('k')).toEqual(await built('k'));
    });

    it('gives the namespace that kustomize gives through an overlay, and takes the older form', async () => {
      const text = `helmChartInflationGenerator:
- { chartName: own, releaseName: old, releaseNamespace: passed-over, valuesLocal: { a: { b: local } } }
`;
      await machine.write('k/kustomization.yaml', text.replace('releaseNamespace: passed-over, ', ''));
      await machine.write('o/kustomization.yaml', 'namespace: over\nresources: [../k]\n');
      const made = await generated('.');
      expect(made).toEqual(await built('o'));
      expect(made.release).toBe('old/over');
      await machine.write('k/kustomization.yaml', text);
      expect(await built('o')).toEqual(made);
    });
  });
});
