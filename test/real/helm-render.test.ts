import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHelm } from '../../src/adapters/helm.ts';
import type { RenderResult } from '../../src/ports/helm.ts';
import { type ChartParts, makeChart } from '../support/e2e-charts.ts';
import { describeWith, requireTool } from '../support/tools.ts';

const CONFIG = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n';

/** Charts that do not render, each for a reason of its own. */
const BROKEN: Readonly<Record<string, ChartParts>> = {
  fails: { templates: { 'a.yaml': '{{ fail "set a password" }}' } },
  notes: { templates: { 'a.yaml': CONFIG, 'NOTES.txt': '{{ required "set a password" .Values.password }}' } },
  types: { values: 'a: text\n', templates: { 'a.yaml': '{{ .Values.a.b.c }}' } },
  function: { templates: { 'a.yaml': '{{ nothing "x" }}' } },
  include: { templates: { 'a.yaml': '{{ include "nowhere" . }}' } },
  document: { templates: { 'a.yaml': `${CONFIG}data: [ }\n` } },
  schema: {
    values: 'replicas: many\n',
    templates: { 'a.yaml': CONFIG },
    files: { 'values.schema.json': '{"properties": {"replicas": {"type": "integer"}}}' },
  },
  version: { yaml: ['kubeVersion: ">=1.99.0"'], templates: { 'a.yaml': CONFIG } },
};

for (const tool of ['helm4', 'helm3'] as const) {
  describeWith([tool], `a render by ${tool}`, () => {
    let root: string;

    beforeAll(async () => {
      root = await mkdtemp(join(tmpdir(), 'helm-render-'));
    });
    afterAll(() => rm(root, { recursive: true, force: true }));

    function render(archive: string, path: string = requireTool(tool)): Promise<RenderResult> {
      const helm = createHelm({ path, version: 'any', sandboxRoot: join(root, 'sandboxes'), width: 1 });
      const request = { release: 'a', namespace: 'a', kubeVersion: '1.34.0', apiVersions: [], valuesFiles: [] };
      return helm.render({ ...request, archive, skipSchema: false }, new AbortController().signal);
    }

    it.each(Object.keys(BROKEN))('that the chart is at fault for would fail another time: %s', async (name) => {
      const { archive } = await makeChart(name, BROKEN[name] ?? {});
      const file = join(root, `${name}.tgz`);
      await writeFile(file, archive);
      expect(await render(file)).toMatchObject({ kind: 'failed', lasting: true });
    });

    it('that the machine is at fault for may succeed another time', async () => {
      expect(await render(join(root, 'absent.tgz'))).toMatchObject({ kind: 'failed', lasting: false });
      await writeFile(join(root, 'cut.tgz'), Buffer.from([0x1f, 0x8b, 8, 0]));
      expect(await render(join(root, 'cut.tgz'))).toMatchObject({ kind: 'failed', lasting: false });
    });

    it('that did not come to its end is begun once more, and then said to be no matter of the chart', async () => {
      const { archive } = await makeChart('plain', { templates: { 'a.yaml': CONFIG } });
      const file = join(root, 'plain.tgz');
      await writeFile(file, archive);
      const broken = { code: 'TOOL_FAILED', origin: 'local' };
      await expect(render(file, join(root, 'no-helm'))).rejects.toMatchObject(broken);
      const killed = join(root, 'killed-helm');
      await writeFile(killed, `#!/bin/sh\necho x >> ${root}/calls\nkill -9 $$\n`, { mode: 0o755 });
      await expect(render(file, killed)).rejects.toMatchObject(broken);
      expect(await readFile(join(root, 'calls'), 'utf8')).toBe('x\nx\n');
      const once = join(root, 'killed-once-helm');
      const first = `[ -e ${root}/once ] || { touch ${root}/once; kill -9 $$; }`;
      await writeFile(once, `#!/bin/sh\n${first}\nexec ${requireTool(tool)} "$@"\n`, { mode: 0o755 });
      expect(await render(file, once)).toMatchObject({ kind: 'rendered' });
    });
  });
}
