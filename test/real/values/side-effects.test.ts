import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ChartParts, deployment } from '../../support/e2e-charts.ts';
import { type Outcome, startWorld, type World } from '../../support/e2e-world.ts';
import { describeWith } from '../../support/tools.ts';

function conditional(condition: string): ChartParts {
  const user = `{{- if ${condition} }}\n  securityContext: { runAsUser: 65532 }\n  {{- end }}`;
  return {
    values: 'registry: quay.io\n',
    templates: { 'd.yaml': deployment(`- name: main\n  image: "{{ .Values.registry }}/team/app:1.0"\n  ${user}`) },
  };
}

/** Charts in which the value that leads an image does something else as well. */
const CHARTS: Readonly<Record<string, ChartParts>> = {
  'name-as-label': {
    values: 'name: redis\n',
    templates: {
      'd.yaml': deployment('- { name: main, image: "{{ .Values.name }}:7.2" }').replace(
        'labels: { app: x }',
        'labels: { app: {{ .Values.name }} }',
      ),
    },
  },
  'repository-as-container-name': {
    values: 'image: { repository: redis, tag: "7.2" }\n',
    templates: {
      'd.yaml': deployment(
        '- { name: "{{ .Values.image.repository | replace "/" "-" }}", image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}" }',
      ),
    },
  },
  'registry-as-condition': conditional('hasPrefix "quay" .Values.registry'),
  'registry-in-an-address': {
    values: 'registry: quay.io\n',
    templates: {
      'd.yaml': deployment('- { name: main, image: "{{ .Values.registry }}/team/app:1.0" }'),
      'c.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata: { allow: "https://{{ .Values.registry }}/v2/" }\n',
    },
  },
};

describeWith(['helm', 'crane'], 'a moved value that also does something else', () => {
  let world: World;
  let outcome: Outcome;
  const names = Object.keys(CHARTS);

  beforeAll(async () => {
    world = await startWorld();
    await world.sources.addImages(['quay.io/team/app:1.0', 'docker.io/library/redis:7.2']);
    for (const [name, parts] of Object.entries(CHARTS)) await world.publish(name, parts);
    await world.publish('compared', conditional('eq .Values.registry "quay.io"'));
    outcome = await world.mirror(
      'all',
      [...names, 'compared'].map((chart) => ({ chart, version: '1.0.0' })),
    );
  });

  afterAll(async () => {
    await world?.stop();
  });

  it.each(names)('%s is noticed: the chart is not proven', (name) => {
    expect(outcome.row(name).proof.state).toBe('not-proven');
    expect(outcome.row(name).status).not.toBe('pushed');
  });

  it('is moved where a template compares it with a text, and the chart does what it did', () => {
    const row = outcome.row('compared');
    expect([row.status, row.proof.state]).toEqual(['pushed', 'proven']);
    expect(row.edits.flatMap(({ line, after }) => (line === null ? [] : [after]))).toEqual([
      expect.stringMatching(/^\{\{- if eq \.Values\.registry "127\.0\.0\.1:\d+\/.*" \}\}$/),
    ]);
  });
});
