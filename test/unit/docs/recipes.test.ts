import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { findAll } from '../../support/find-all.ts';
import { takesArguments } from '../../support/takes-arguments.ts';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'docs', 'recipes');

function textOf(file: string): string {
  return readFileSync(join(FOLDER, file), 'utf8');
}

function documentsOf(file: string): readonly unknown[] {
  return parseAllDocuments(textOf(file)).map((document) => {
    if ('errors' in document) expect(document.errors).toEqual([]);
    return document.toJS();
  });
}

interface WorkflowStep {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<'path' | 'key' | 'restore-keys', string>>;
}

function workflowSteps(): readonly WorkflowStep[] {
  const { jobs }: { jobs: { mirror: { steps: readonly WorkflowStep[] } } } = parse(textOf('github-actions.yaml'));
  return jobs.mirror.steps;
}

/** The command lines of the tool in a shell text. */
function linesIn(text: string): readonly (readonly string[])[] {
  const lines = text
    .split('\n')
    .flatMap((line) => /(?:^|\s)airgap-charts ((?:mirror|tools) .*)$/.exec(line)?.[1] ?? []);
  return lines.map((line) => line.replaceAll('"', '').trim().split(/\s+/));
}

/** A template of Handlebars with `if` and values only, which is what the configuration uses. */
function filled(template: string, values: Readonly<Record<string, string | undefined>>): string {
  return template
    .replace(/\{\{#if (\w+)\}\}(.*?)\{\{\/if\}\}/g, (_, name: string, body: string) => (values[name] ? body : ''))
    .replace(/\{\{\{(\w+)\}\}\}/g, (_, name: string) => values[name] ?? '');
}

describe('recipes', () => {
  it.each(['github-actions.yaml', 'gitlab-ci.yaml'])('%s runs command lines that the tool takes', async (file) => {
    const scripts = documentsOf(file).flatMap((document) => findAll(document, ['run', 'script', 'before_script']));
    const lines = scripts.flatMap(linesIn);
    expect(lines.filter(([command]) => command === 'mirror')).toHaveLength(2);
    for (const argv of lines) await takesArguments(argv);
  });

  it('github-actions.yaml keeps the report of a night that failed, under a key of its own', () => {
    const steps = workflowSteps();
    // what saves by itself saves after success only
    expect(steps.filter(({ uses }) => uses?.startsWith('actions/cache@') === true)).toEqual([]);
    const restore = steps.find(({ uses }) => uses?.startsWith('actions/cache/restore@') === true);
    const save = steps.findIndex(({ uses }) => uses?.startsWith('actions/cache/save@') === true);
    const copied = steps.findIndex(({ run }) => run?.includes('cp out/report.json reports/report.json') === true);
    expect(copied).toBeGreaterThan(0);
    expect(save).toBeGreaterThan(copied);
    expect([steps[copied]?.if, steps[save]?.if]).toEqual(['always()', 'always()']);
    const { path = '', key = '', 'restore-keys': prefix = '' } = restore?.with ?? {};
    expect(steps[save]?.with).toEqual({ path, key });
    expect(key).toMatch(/-\$\{\{ github\.run_id \}\}-\$\{\{ github\.run_attempt \}\}$/);
    expect(prefix.trim()).not.toBe('');
    expect(key.startsWith(prefix.trim())).toBe(true);
    expect(path.split('\n')).toContain('reports');
  });

  it('gitlab-ci.yaml keeps it, too', () => {
    const [pipeline] = documentsOf('gitlab-ci.yaml');
    expect(pipeline).toMatchObject({ '.airgap-charts': { cache: { when: 'always' } } });
    const [paths] = findAll(pipeline, ['after_script']);
    expect(paths).toContain('cp out/report.json reports/report.json');
  });

  it('cronjob.yaml runs one that the tool takes, as nobody special', async () => {
    const [account, job] = documentsOf('cronjob.yaml');
    expect(account).toMatchObject({ kind: 'ServiceAccount', metadata: { name: 'mirror', namespace: 'mirror' } });
    expect(job).toMatchObject({
      kind: 'CronJob',
      spec: {
        concurrencyPolicy: 'Forbid',
        jobTemplate: {
          // a second attempt would compare with the first, and not with the night before
          spec: {
            backoffLimit: 0,
            template: { spec: { serviceAccountName: 'mirror', securityContext: { runAsNonRoot: true } } },
          },
        },
      },
    });
    const [args] = findAll(job, ['args']);
    await takesArguments(args?.split('\n') ?? []);
    const mounts = textOf('cronjob.yaml').match(/- name: (data|catalog|temporary)$/gm) ?? [];
    expect(mounts).toHaveLength(6);
  });

  it('renovate.json finds every version of the catalogs that are shipped', () => {
    const { customManagers }: { customManagers: readonly { matchStrings: readonly string[] }[] } = JSON.parse(
      textOf('renovate.json'),
    );
    const catalogs = join(FOLDER, '..', '..', 'catalogs');
    for (const file of readdirSync(catalogs)) {
      const text = readFileSync(join(catalogs, file), 'utf8');
      const found = customManagers.flatMap(({ matchStrings }) =>
        matchStrings.flatMap((pattern) => [...text.matchAll(new RegExp(pattern, 'g'))]),
      );
      expect(found.length, file).toBe(text.match(/^ +version: /gm)?.length);
    }
  });

  it('renovate.json finds the versions of a catalog', () => {
    const { customManagers }: { customManagers: readonly Record<string, readonly string[] & string>[] } = JSON.parse(
      textOf('renovate.json'),
    );
    const catalog = [
      'addons:',
      '  - chart: metrics-server',
      '    repository: https://kubernetes-sigs.github.io/metrics-server',
      '    oci_namespace: ""',
      '    version: "3.12.2"',
      '  - chart: karpenter',
      '    repository: oci://public.ecr.aws',
      '    oci_namespace: karpenter',
      "    version: '1.5.0'",
      '  - chart: web',
      '    repository: oci://ghcr.io/org/charts',
      '    oci_namespace: ""',
      '    version: 2.0.0',
      '',
    ].join('\n');
    const found = customManagers.flatMap(({ matchStrings = [], packageNameTemplate, datasourceTemplate }) =>
      matchStrings.flatMap((text: string) =>
        [...catalog.matchAll(new RegExp(text, 'g'))].map(({ groups = {} }) => [
          datasourceTemplate,
          packageNameTemplate === undefined
            ? `${groups.registryUrl} ${groups.depName}`
            : filled(packageNameTemplate, groups),
          groups.currentValue,
        ]),
      ),
    );
    expect(found).toEqual([
      ['helm', 'https://kubernetes-sigs.github.io/metrics-server metrics-server', '3.12.2'],
      ['docker', 'public.ecr.aws/karpenter/karpenter', '1.5.0'],
      ['docker', 'ghcr.io/org/charts/web', '2.0.0'],
    ]);
  });
});
