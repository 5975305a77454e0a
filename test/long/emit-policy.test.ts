import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { specialReport } from '../support/emit-reports.ts';
import { emitFrom } from '../support/emitted-files.ts';
import { goProgram } from '../support/go-modules.ts';
import { ROOT } from '../support/shared-charts.ts';
import { describeUnless } from '../support/tools.ts';

const POLICY = goProgram(readFileSync(join(ROOT, 'test/fixtures/go/admission-policy.go'), 'utf8'), [
  ...['k8s.io/apiserver v0.34.1', 'k8s.io/api v0.34.1', 'k8s.io/apimachinery v0.34.1'],
  ...['github.com/google/cel-go v0.26.0', 'sigs.k8s.io/yaml v1.6.0'],
]);

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
