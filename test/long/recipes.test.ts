import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { goProgram, goTool } from '../support/go-modules.ts';
import { ROOT } from '../support/shared-charts.ts';
import { describeUnless } from '../support/tools.ts';

const ACTIONLINT = goTool('github.com/rhysd/actionlint/cmd/actionlint@v1.7.7');
const STRICT = goProgram(readFileSync(join(ROOT, 'test/fixtures/go/strict-objects.go'), 'utf8'), [
  ...['k8s.io/api v0.34.1', 'k8s.io/apimachinery v0.34.1', 'sigs.k8s.io/yaml v1.6.0'],
]);

describeUnless(ACTIONLINT.reason, 'actionlint', () => {
  it.each(['recipes/github-actions.yaml', 'shards/github-actions.yaml'])('takes %s', async (file) => {
    const argv = ['-no-color', '-shellcheck=', '-pyflakes=', join(ROOT, 'docs', file)];
    const { all, exitCode } = await execa(ACTIONLINT.path, argv, { all: true, reject: false });
    expect(all).toBe('');
    expect(exitCode).toBe(0);
  });
});

describeUnless(STRICT.reason, 'the types of Kubernetes', () => {
  it.each([
    ['recipes/cronjob.yaml', ['ServiceAccount', 'CronJob']],
    ['shards/kubernetes-job.yaml', ['Job', 'CronJob']],
  ] as const)('take %s', async (file, kinds) => {
    const { all, exitCode } = await execa(STRICT.path, [join(ROOT, 'docs', file)], { all: true, reject: false });
    expect(all?.split('\n')).toEqual(kinds);
    expect(exitCode).toBe(0);
  });
});
