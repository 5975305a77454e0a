import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { specialReport } from '../support/emit-reports.ts';
import { emitFrom } from '../support/emitted-files.ts';
import { goModuleProgram, goProgram } from '../support/go-modules.ts';
import { ROOT } from '../support/shared-charts.ts';
import { describeUnless } from '../support/tools.ts';

const POLICY = goProgram(readFileSync(join(ROOT, 'test/fixtures/go/admission-policy.go'), 'utf8'), [
  ...['k8s.io/apiserver v0.34.1', 'k8s.io/api v0.34.1', 'k8s.io/apimachinery v0.34.1'],
  ...['github.com/google/cel-go v0.26.0', 'sigs.k8s.io/yaml v1.6.0'],
]);

const KYVERNO = goModuleProgram('github.com/kyverno/kyverno@v1.19.1', 'cmd/cli/kubectl-kyverno');

const INSIDE = 'registry.example.com/platform/mirror/library/nginx:1.27';

interface Question {
  readonly object: object;
  readonly old?: object;
}

function containers(...images: readonly string[]): readonly object[] {
  return images.map((one, index) => ({ name: `c${index}`, image: one }));
}

function pod(spec: object): object {
  return { apiVersion: 'v1', kind: 'Pod', spec };
}

function made(apiVersion: string, kind: string, ...images: readonly string[]): object {
  return { apiVersion, kind, spec: { template: { spec: { containers: containers(...images) } } } };
}

describeUnless(POLICY.reason, 'the admission policy, compiled and asked as the API server does', () => {
  let directory: string;
  let files: readonly string[];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'emit-policy-'));
    const documents = parseAllDocuments(await emitFrom(directory, specialReport(), 'admission-policy'));
    files = await Promise.all(
      documents.map(async (document, index) => {
        const path = join(directory, `${index}.json`);
        await writeFile(path, JSON.stringify(document.toJS()));
        return path;
      }),
    );
  });

  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  /** For each question which images were refused. */
  async function refused(...questions: readonly Question[]): Promise<readonly string[]> {
    const path = join(directory, 'questions.json');
    await writeFile(path, JSON.stringify(questions));
    const { stdout, stderr } = spawnSync(POLICY.path, [...files, path], { encoding: 'utf8' });
    expect(stderr).toBe('');
    const answers: readonly string[] = JSON.parse(stdout);
    return answers.map((one) =>
      one.replace('images have to come from registry.example.com/platform, and these do not: ', ''),
    );
  }

  it('takes what comes from the target', async () => {
    const spec = {
      containers: containers(INSIDE),
      initContainers: containers(INSIDE),
      ephemeralContainers: containers(INSIDE),
      volumes: [
        { name: 'a', emptyDir: {} },
        { name: 'b', image: { reference: INSIDE } },
      ],
    };
    const cronJob = { apiVersion: 'batch/v1', kind: 'CronJob', spec: { jobTemplate: made('', '', INSIDE) } };
    expect(
      await refused({ object: pod(spec) }, { object: made('apps/v1', 'Deployment', INSIDE) }, { object: cronJob }),
    ).toEqual(['', '', '']);
  });

  it('refuses everything else, wherever a pod names it, and says what', async () => {
    const spec = {
      containers: containers('nginx', INSIDE),
      initContainers: containers('registry.example.com/platformer/a:1'),
      ephemeralContainers: containers('registry.example.com/other/b:1'),
      volumes: [{ name: 'b', image: { reference: 'quay.io/c:1' } }],
    };
    expect(await refused({ object: pod(spec) })).toEqual([
      'nginx, registry.example.com/platformer/a:1, registry.example.com/other/b:1, quay.io/c:1',
    ]);
  });

  it('refuses it in all that makes pods', async () => {
    const kinds = [
      ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'].map((kind) => made('apps/v1', kind, 'a')),
      made('batch/v1', 'Job', 'a'),
      made('v1', 'ReplicationController', 'a'),
      { apiVersion: 'v1', kind: 'PodTemplate', template: { spec: { containers: containers('a') } } },
      {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        spec: { jobTemplate: { spec: { template: { spec: { containers: containers('a') } } } } },
      },
    ];
    expect(await refused(...kinds.map((object) => ({ object })))).toEqual(kinds.map(() => 'a'));
  });

  it('takes objects without a template, and containers without an image', async () => {
    const bare = [
      { apiVersion: 'v1', kind: 'ReplicationController', spec: {} },
      { apiVersion: 'v1', kind: 'PodTemplate' },
      { apiVersion: 'apps/v1', kind: 'Deployment', spec: { template: { spec: { containers: [{ name: 'a' }] } } } },
    ];
    expect(await refused(...bare.map((object) => ({ object })))).toEqual(['', '', '']);
  });

  it('lets an object keep what it has, and take nothing new', async () => {
    const old = made('apps/v1', 'Deployment', 'old');
    expect(await refused({ object: old, old }, { object: made('apps/v1', 'Deployment', 'old', 'new'), old })).toEqual([
      '',
      'new',
    ]);
  });
});

/** An object with a name, in a namespace. */
function named(name: string, object: object, namespace = 'apps'): object {
  return { ...object, metadata: { name, namespace } };
}

/** A result in the report that Kyverno's own program prints. */
interface KyvernoResult {
  readonly result: string;
  readonly message: string;
  readonly resources: readonly { readonly name: string }[];
}

describeUnless(KYVERNO.reason, 'the policy for Kyverno, applied by its own program', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'emit-kyverno-'));
    await emitFrom(directory, specialReport(), 'kyverno', '--out', 'policy.yaml');
  });

  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  /** For each object that the policy looked at: `name: result`, and why it was refused. */
  async function applied(...objects: readonly object[]): Promise<readonly string[]> {
    await writeFile(join(directory, 'objects.yaml'), objects.map((one) => stringify(one)).join('---\n'));
    const argv = ['apply', 'policy.yaml', '-r', 'objects.yaml', '--policy-report', '--output-format', 'json'];
    const { stdout, stderr } = spawnSync(KYVERNO.path, argv, { cwd: directory, encoding: 'utf8' });
    expect(stderr).toBe('');
    const report: { readonly results: readonly KyvernoResult[] } = JSON.parse(stdout.slice(stdout.indexOf('{')));
    return report.results.map(({ result, message, resources }) => `${resources[0]?.name}: ${result}: ${message}`);
  }

  it('takes what comes from the target, and refuses everything else', async () => {
    const cronJob = { apiVersion: 'batch/v1', kind: 'CronJob', spec: { jobTemplate: made('', '', 'quay.io/a:1') } };
    const answers = await applied(
      named('good', pod({ containers: containers(INSIDE), initContainers: containers(INSIDE) })),
      named('bad', pod({ containers: containers(INSIDE), initContainers: containers('nginx:1.27', 'quay.io/a:1') })),
      named('good-deployment', made('apps/v1', 'Deployment', INSIDE)),
      named('bad-deployment', made('apps/v1', 'Deployment', 'registry.example.com/platformer/a:1')),
      named('bad-job', cronJob),
    );
    const refusal = 'images have to come from registry.example.com/platform, and these do not:';
    expect(answers.toSorted()).toEqual([
      `bad-deployment: fail: ${refusal} registry.example.com/platformer/a:1`,
      `bad-job: fail: ${refusal} quay.io/a:1`,
      `bad: fail: ${refusal} nginx:1.27, quay.io/a:1`,
      'good-deployment: pass: success',
      'good: pass: success',
    ]);
  });

  it('does not look at kube-system, and at what makes no pods', async () => {
    const system = named('system', pod({ containers: containers('nginx:1.27') }), 'kube-system');
    const other = named('other', { apiVersion: 'v1', kind: 'ConfigMap', data: { image: 'nginx:1.27' } });
    const seen = named('seen', pod({ containers: containers(INSIDE) }));
    expect(await applied(system, other, seen)).toEqual(['seen: pass: success']);
  });
});
