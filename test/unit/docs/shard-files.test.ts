import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { takesArguments } from '../../support/takes-arguments.ts';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'docs', 'shards');

type Json = Readonly<Record<string, unknown>>;

function documentsOf(file: string): readonly Json[] {
  return parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8')).map((document) => {
    if ('errors' in document) expect(document.errors).toEqual([]);
    return document.toJS();
  });
}

/** What stands at a path of keys and indexes. */
function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((node, key) => {
    if (typeof node !== 'object' || node === null) throw new Error(`${path.join('.')} is not there`);
    return new Map(Object.entries(node)).get(String(key));
  }, value);
}

describe('the ready files for shards', () => {
  it('are an Indexed Job of Kubernetes and a last step, which share volumes', async () => {
    const [job, last] = documentsOf('kubernetes-job.yaml');
    expect(job).toMatchObject({ apiVersion: 'batch/v1', kind: 'Job', spec: { completionMode: 'Indexed' } });
    expect(at(job, 'spec', 'completions')).toBe(at(job, 'spec', 'parallelism'));
    expect(last).toMatchObject({ apiVersion: 'batch/v1', kind: 'CronJob', spec: { suspend: true } });
    const pods = [at(job, 'spec', 'template', 'spec'), at(last, 'spec', 'jobTemplate', 'spec', 'template', 'spec')];
    for (const pod of pods) {
      expect(pod).toMatchObject({ restartPolicy: 'Never', automountServiceAccountToken: false });
      const names = (value: unknown) => (Array.isArray(value) ? value.map((one: unknown) => at(one, 'name')) : []);
      expect(names(at(pod, 'containers', 0, 'volumeMounts'))).toEqual(names(at(pod, 'volumes')));
    }
    const script = String(at(pods[0], 'containers', 0, 'command', 2));
    expect(script).toContain('$((JOB_COMPLETION_INDEX + 1))');
    const [, words = ''] =
      /main\.js (.*)$/s.exec(script.replace('"plan.shard-$((JOB_COMPLETION_INDEX + 1)).json"', 'plan.shard-1.json')) ??
      [];
    await takesArguments(words.trim().split(/\s+/));
    const finish = at(pods[1], 'containers', 0, 'args');
    await takesArguments(Array.isArray(finish) ? finish.map(String) : []);
  });

  it('are a workflow of Argo whose steps run templates that are there', async () => {
    const [workflow] = documentsOf('argo-workflow.yaml');
    expect(workflow).toMatchObject({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Workflow',
      spec: { entrypoint: 'mirror' },
    });
    expect(at(workflow, 'spec', 'templates', 0)).toMatchObject({ name: 'mirror' });
    expect(at(workflow, 'spec', 'templates', 1)).toMatchObject({
      name: 'run',
      inputs: { parameters: [{ name: 'arguments' }] },
    });
    const steps = [0, 1].map((index) => at(workflow, 'spec', 'templates', 0, 'steps', index, 0));
    expect(steps[0]).toMatchObject({ template: 'run', withSequence: { start: '1', end: '4' } });
    expect(steps[1]).toMatchObject({ template: 'run' });
    const args = String(at(workflow, 'spec', 'templates', 1, 'container', 'args', 0));
    for (const step of steps) {
      const own = String(at(step, 'arguments', 'parameters', 0, 'value')).replace('{{item}}', '1');
      const [, words = ''] = /main\.js (.*)$/.exec(args.replace('{{inputs.parameters.arguments}}', own)) ?? [];
      await takesArguments(words.split(' '));
    }
  });

  it('are a matrix of GitHub Actions with a last job that waits for it', async () => {
    const [workflow] = documentsOf('github-actions.yaml');
    expect(workflow).toMatchObject({
      jobs: {
        shard: { strategy: { 'fail-fast': false, matrix: { shard: [1, 2, 3, 4] } } },
        finish: { needs: 'shard' },
      },
    });
    const runs = ['shard', 'finish'].flatMap((job) => {
      const steps = at(workflow, 'jobs', job, 'steps');
      return Array.isArray(steps) ? steps.flatMap(({ run }: { readonly run?: string }) => run ?? []) : [];
    });
    const own = runs.flatMap(
      (run) => /^airgap-charts (.*)$/.exec(run.replace(/\$\{\{ matrix\.shard \}\}/, '1'))?.[1] ?? [],
    );
    expect(own).toHaveLength(4);
    for (const words of own) await takesArguments(words.split(' '));
    expect(own[0]).toContain('--shards 4');
  });
});
