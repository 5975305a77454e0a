import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type ICruiseResult, type IFlattenedRuleSet } from 'dependency-cruiser';
import { beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** What each layer may import of the others. Types count as imports. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/domain': ['src/domain', 'src/errors.ts'],
  'src/config': ['src/config', 'src/domain', 'src/errors.ts', 'src/package-root.ts'],
  'src/adapters': [
    ...['src/adapters', 'src/domain', 'src/errors.ts', 'src/package-root.ts', 'src/ports', 'src/redaction.ts'],
  ],
  'src/pipeline': ['src/pipeline', 'src/domain', 'src/errors.ts', 'src/ports'],
  'src/report': ['src/report', 'src/domain', 'src/errors.ts'],
  'src/view': ['src/view', 'src/domain/report/size.ts', 'src/pipeline/progress.ts', 'src/errors.ts'],
  'src/cli': ['src/cli', 'src/errors.ts'],
  'src/ports': ['src/ports', 'src/domain', 'src/errors.ts'],
  'src/errors.ts': [],
  'src/package-root.ts': [],
  'src/redaction.ts': [],
};

/** Where each package is at home: nothing else may import it. */
const HOMES: Readonly<Record<string, string>> = {
  execa: 'src/adapters/process.ts',
  undici: 'src/adapters/(?:http|undici)\\.ts',
  'tar-stream': 'src/adapters/(?:archive|tools/release)\\.ts|src/demo/tar.ts',
  'p-queue': 'src/adapters/queue.ts',
  ajv: 'src/config/documents.ts|src/config/schema-problems.ts',
  listr2: 'src/view/run-steps.ts',
  commander: 'src/cli/|src/run-cli.ts',
  deepmerge: 'src/config/settings.ts',
  semver: 'src/domain/tool.ts',
  '@sigstore/bundle': 'src/adapters/signatures/',
  '@sigstore/protobuf-specs': 'src/adapters/signatures/certificates.ts',
  '@sigstore/verify': 'src/adapters/signatures/certificates.ts',
};

function asPattern(paths: readonly string[]): string {
  return paths.length === 0 ? '^$' : `^(?:${paths.map((path) => path.replaceAll('.', '\\.')).join('|')})`;
}

function layerRules(): IFlattenedRuleSet['forbidden'] {
  return Object.entries(MAY_IMPORT).map(([layer, allowed]) => ({
    name: `${layer} imports only ${allowed.join(', ') || 'nothing'}`,
    severity: 'error' as const,
    from: { path: asPattern([layer]) },
    to: { path: '^src/', pathNot: asPattern(allowed) },
  }));
}

function homeRules(): IFlattenedRuleSet['forbidden'] {
  return Object.entries(HOMES).map(([name, home]) => ({
    name: `${name} is at home in ${home}`,
    severity: 'error' as const,
    from: { path: '^src/', pathNot: `^(?:${home})` },
    to: { path: `node_modules/${name}/` },
  }));
}

describe('layers', () => {
  let result: ICruiseResult;

  beforeAll(async () => {
    const forbidden = [
      ...(layerRules() ?? []),
      ...(homeRules() ?? []),
      { name: 'no cycles', severity: 'error' as const, from: { path: '^src/' }, to: { circular: true } },
      {
        name: 'the domain does no input and output',
        severity: 'error' as const,
        from: { path: '^src/(?:domain|pipeline|report)/' },
        to: { dependencyTypes: ['core' as const], pathNot: '^(?:node:)?(?:crypto|util|path)$' },
      },
    ];
    const reply = await cruise(['src'], {
      baseDir: ROOT,
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
      validate: true,
      ruleSet: { forbidden },
    });
    if (typeof reply.output === 'string') throw new Error(reply.output);
    result = reply.output;
  }, 60_000);

  it('reads the whole tree', () => {
    const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    );
    const read = new Set(result.modules.map(({ source }) => source));
    expect(files.map((name) => `src/${name.replaceAll('\\', '/')}`).filter((name) => !read.has(name))).toEqual([]);
    expect(result.modules.some(({ dependencies }) => dependencies.length > 5)).toBe(true);
  });

  it('imports go one way, without cycles, and every package has one home', () => {
    expect(result.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);
  });
});
