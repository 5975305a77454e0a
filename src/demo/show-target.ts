import { join } from 'node:path';
import { run } from '../adapters/process.ts';
import { DemoEnd, say } from './demo-end.ts';
import type { RunResult } from './run-result.ts';

function helmEnvironment(home: string): Readonly<Record<string, string>> {
  const config = join(home, 'registry.json');
  return {
    HOME: home,
    HELM_CONFIG_HOME: home,
    HELM_CACHE_HOME: home,
    HELM_DATA_HOME: home,
    HELM_REGISTRY_CONFIG: config,
    DOCKER_CONFIG: home,
    KUBECONFIG: join(home, 'no-kubeconfig'),
  };
}

/**
 * Renders a relocated chart straight from the target, as its users will, and shows the images that it names.
 *
 * @param home a directory for helm's own files.
 * @throws DemoEnd when the run reports no such release or helm cannot render it.
 */
export async function showRendered(helm: string, home: string, result: RunResult, release: string): Promise<void> {
  const destination = result.charts.find((chart) => chart.release === release)?.destination ?? '';
  const [, reference, version] = /^(oci:\/\/.+):([^:/]+)$/.exec(destination) ?? [];
  if (reference === undefined || version === undefined) {
    throw new DemoEnd(1, `the report names no oci:// destination of ${release}, but "${destination}"`);
  }
  const argv = ['template', release, reference, '--version', version, '--plain-http'];
  const rendered = await run(helm, argv, { env: helmEnvironment(home), timeoutMs: 60_000 });
  if (rendered.kind !== 'exited' || rendered.code !== 0) {
    const reason = rendered.kind === 'spawn-failed' ? rendered.reason : rendered.stderr.trim();
    throw new DemoEnd(1, `helm ${argv.join(' ')} failed: ${reason}`);
  }
  say(`$ helm ${argv.join(' ')} | grep image:`);
  for (const line of rendered.stdout.split('\n').filter((text) => /^ *image:/.test(text))) say(line);
  say();
}

/** Shows what a registry's catalog lists. */
export async function showRepositories(url: string, host: string): Promise<void> {
  const answer: unknown = await (await fetch(`${url}/v2/_catalog`)).json();
  const listed = typeof answer === 'object' && answer !== null && 'repositories' in answer ? answer.repositories : [];
  const names = Array.isArray(listed) ? listed.map(String).sort() : [];
  say(`The target's catalog lists ${names.length} repositories:`);
  for (const name of names) say(`  ${host}/${name}`);
  say();
}
