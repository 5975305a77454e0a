import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { startChartRepository } from '../support/chart-repository.ts';
import { makeChart } from '../support/e2e-charts.ts';
import { npmTool } from '../support/npm-tool.ts';
import { startDistribution } from '../support/registries.ts';
import { ROOT } from '../support/shared-charts.ts';
import { pushImage } from '../support/synthetic-images.ts';
import { describeUnless, describeWith } from '../support/tools.ts';

const RENOVATE = npmTool('renovate@44.121.2', 'renovate');
const CONFIGURATION = readFileSync(join(ROOT, 'docs/recipes/renovate.json'), 'utf8');

interface Said {
  readonly code: number | undefined;
  readonly text: string;
}

/** What a program of Renovate says in a repository of its own with these files; a HOME of its own, too. */
async function renovateSays(
  program: string,
  argv: readonly string[],
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const cwd = mkdtempSync(join(tmpdir(), 'renovate-'));
  try {
    await execa('git', ['init', '--quiet', '.'], { cwd });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
    await execa('git', ['add', ...Object.keys(files)], { cwd });
    const home = { HOME: cwd, RENOVATE_BASE_DIR: join(cwd, '.git', 'renovate'), RENOVATE_X_IGNORE_RE2: 'true' };
    const path = join(RENOVATE.path, '..', program);
    const { all, exitCode } = await execa(path, argv, { cwd, all: true, reject: false, env: { ...home, ...env } });
    return { code: exitCode, text: all ?? '' };
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

describeUnless(RENOVATE.reason, "Renovate's own check", () => {
  it('takes the recipe as it is, and nothing that it does not know', async () => {
    const argv = ['--strict', '--no-global', 'renovate.json'];
    const good = await renovateSays('renovate-config-validator', argv, { 'renovate.json': CONFIGURATION });
    expect(good.code, good.text).toBe(0);
    const broken = CONFIGURATION.replace('"datasourceTemplate"', '"datasourceTemplates"');
    const bad = await renovateSays('renovate-config-validator', argv, { 'renovate.json': broken });
    expect(bad.code, bad.text).toBe(1);
  });
});

describeUnless(RENOVATE.reason, 'Renovate', () => {
  describeWith(['registry'], 'on a catalog', () => {
    it('finds the newer version of a chart in a repository, and in a registry', async () => {
      const charts = await Promise.all(['1.0.0', '1.1.0'].map((version) => makeChart('web', { version })));
      const repository = await startChartRepository();
      repository.add('/stable', charts);
      const registry = await startDistribution();
      try {
        for (const tag of ['2.0.0', '2.3.0'])
          await pushImage(registry.url, 'charts/store', tag, { name: `store ${tag}` });
        const host = new URL(registry.url).host;
        const catalog = [
          'addons:',
          '  - chart: web',
          `    repository: ${repository.url}/stable`,
          '    oci_namespace: ""',
          '    version: "1.0.0"',
          '  - chart: store',
          `    repository: oci://${host}`,
          '    oci_namespace: charts',
          '    version: "2.0.0"',
          '',
        ].join('\n');
        const rules = JSON.stringify([{ matchHost: host, insecureRegistry: true }]);
        const { code, text } = await renovateSays(
          'renovate',
          ['--platform=local', '--dry-run=lookup', '--report-type=logging', '--onboarding=false'],
          { 'renovate.json': CONFIGURATION, 'catalog.yaml': catalog },
          { LOG_LEVEL: 'info', LOG_FORMAT: 'json', RENOVATE_HOST_RULES: rules },
        );
        expect(code, text).toBe(0);
        expect(newVersions(text)).toEqual(['web 1.0.0 -> 1.1.0', 'store 2.0.0 -> 2.3.0']);
      } finally {
        await registry.stop();
        await repository.stop();
      }
    });
  });
});

interface Dependency {
  readonly depName: string;
  readonly currentValue: string;
  readonly updates: readonly { readonly newValue: string }[];
}

interface Line {
  readonly report?: {
    readonly repositories: {
      readonly local: {
        readonly packageFiles: { readonly regex: readonly { readonly deps: readonly Dependency[] }[] };
      };
    };
  };
}

/** What its report proposes, a line for each. */
function newVersions(text: string): readonly string[] {
  const lines: readonly Line[] = text.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  const files = lines.flatMap(({ report }) => report?.repositories.local.packageFiles.regex ?? []);
  return files.flatMap(({ deps }) =>
    deps.flatMap(({ depName, currentValue, updates }) =>
      updates.map(({ newValue }) => `${depName} ${currentValue} -> ${newValue}`),
    ),
  );
}
