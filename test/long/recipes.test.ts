import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { goProgram, goTool } from '../support/go-modules.ts';
import { npmTool } from '../support/npm-tool.ts';
import { ROOT } from '../support/shared-charts.ts';
import { describeUnless } from '../support/tools.ts';

const ACTIONLINT = goTool('github.com/rhysd/actionlint/cmd/actionlint@v1.7.7');
const STRICT = goProgram(readFileSync(join(ROOT, 'test/fixtures/go/strict-objects.go'), 'utf8'), [
  ...['k8s.io/api v0.34.1', 'k8s.io/apimachinery v0.34.1', 'sigs.k8s.io/yaml v1.6.0'],
]);

// it holds files against the schema of GitLab, and resolves what they extend
const GITLAB = npmTool('gitlab-ci-local@4.75.1', 'gitlab-ci-local');

/** What GitLab's schema says of a file, in a repository of its own; empty where it fits. */
async function gitlabSays(text: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'gitlab-'));
  try {
    writeFileSync(join(directory, '.gitlab-ci.yml'), text);
    await execa('git', ['init', '--quiet', '.'], { cwd: directory });
    const { all, exitCode } = await execa(GITLAB.path, ['--preview'], { cwd: directory, all: true, reject: false });
    return exitCode === 0 ? '' : (all ?? '');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

describeUnless(GITLAB.reason, 'the schema of GitLab', () => {
  it.each(['recipes/gitlab-ci.yaml'])('takes %s', async (file) => {
    const text = readFileSync(join(ROOT, 'docs', file), 'utf8');
    expect(await gitlabSays(text)).toBe('');
    // and nothing that it does not know
    expect(await gitlabSays(text.replace(/^ {2}artifacts:$/m, '  artefacts:'))).not.toBe('');
  });
});

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
