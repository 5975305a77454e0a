import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MirrorError, oneLine } from '../errors.ts';
import type { Helm, RenderRequest, RenderResult } from '../ports/helm.ts';
import { type ProcessResult, run } from './process.ts';
import { createQueue } from './queue.ts';

const RENDER_TIMEOUT_MS = 300_000;

// helm lives for a moment only: collecting garbage as often as Go does by itself takes up to a fifth of its time
const COLLECTING = { GOGC: '400', GOMEMLIMIT: '1GiB' };

/**
 * The environment helm renders in. Nothing of the user's machine is in it: every directory is inside the sandbox,
 * there is no cluster, no login, no plugin, and the only proxy is a closed port, so that a schema with a remote
 * `$ref` fails at once instead of reaching out.
 */
export function helmEnvironment(sandbox: string): Readonly<Record<string, string>> {
  return {
    HOME: sandbox,
    TMPDIR: sandbox,
    TEMP: sandbox,
    TMP: sandbox,
    TZ: 'UTC',
    LC_ALL: 'C',
    KUBECONFIG: join(sandbox, 'no-kubeconfig'),
    DOCKER_CONFIG: sandbox,
    HELM_CONFIG_HOME: join(sandbox, 'config'),
    HELM_CACHE_HOME: join(sandbox, 'cache'),
    HELM_DATA_HOME: join(sandbox, 'data'),
    HELM_PLUGINS: join(sandbox, 'plugins'),
    HELM_REGISTRY_CONFIG: join(sandbox, 'registry.json'),
    HELM_REPOSITORY_CONFIG: join(sandbox, 'repositories.yaml'),
    HELM_REPOSITORY_CACHE: join(sandbox, 'repositories'),
    HELM_CONTENT_CACHE: join(sandbox, 'content'),
    HTTP_PROXY: 'http://127.0.0.1:9',
    HTTPS_PROXY: 'http://127.0.0.1:9',
    NO_PROXY: '',
    ...COLLECTING,
  };
}

function renderArguments(request: RenderRequest): readonly string[] {
  return [
    'template',
    '--namespace',
    request.namespace,
    '--kube-version',
    request.kubeVersion,
    ...request.apiVersions.flatMap((version) => ['--api-versions', version]),
    ...request.valuesFiles.flatMap((file) => ['--values', file]),
    ...(request.skipSchema ? ['--skip-schema-validation'] : []),
    // behind this nothing is taken for a flag, whatever a release is called
    '--',
    request.release,
    request.archive,
  ];
}

/** Helm's own reason in one line: the `Error:` line and what follows it, without warnings and the debug advice. */
export function helmReason(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => !/^(?:WARNING|level=|time=|\d{4}\/)/.test(line));
  const start = lines.findIndex((line) => line.startsWith('Error:'));
  const text = oneLine(
    lines
      .slice(Math.max(0, start))
      .join(' ')
      .replace(/^Error: /, ''),
  );
  return text.replace(/ ?Use --debug flag to render out invalid YAML/, '').slice(0, 2000) || 'helm gave no reason';
}

// what helm 3 and 4 say when templates, schemas or values are at fault, and not the machine
const BY_CHART =
  /execution error at \(|template: |\.(?:ya?ml|tpl|txt):\d+:\d+[: ]|values don't meet the specifications|YAML parse error|error converting YAML|parse error at|requires kubeVersion/;

/** What helm said, or why it came to say nothing: then another try may end otherwise. */
type Outcome = RenderResult | { readonly kind: 'broken'; readonly reason: string };

function outcomeOf(result: ProcessResult): Outcome {
  switch (result.kind) {
    case 'exited': {
      if (result.code === 0) return { kind: 'rendered', text: result.stdout };
      const reason = helmReason(result.stderr);
      return { kind: 'failed', reason, lasting: BY_CHART.test(reason) };
    }
    case 'spawn-failed':
      return { kind: 'broken', reason: `helm could not be started: ${result.reason}` };
    case 'killed': {
      const reason = `helm was killed by ${result.signal} (a render may take ${RENDER_TIMEOUT_MS / 1000} s)`;
      // a chart may well be what takes helm too long
      return result.why === 'signal' ? { kind: 'broken', reason } : { kind: 'failed', reason, lasting: false };
    }
  }
}

function brokenHelm(release: string, reason: string): MirrorError {
  return new MirrorError(`${release} could not be rendered: ${reason}`, {
    code: 'TOOL_FAILED',
    origin: 'local',
    hint: 'run again; give the machine more memory where it ends helm for it',
  });
}

/** The helm at `path`, of which `width` renders run at once. */
export interface HelmSetup {
  readonly path: string;
  readonly version: string;
  readonly sandboxRoot: string;
  readonly width: number;
}

/**
 * Renders with a helm. Each render has a sandbox of its own below `sandboxRoot`, removed afterwards; further ones wait. A helm
 * that was killed or could not be started is started once more.
 */
export function createHelm({ path, version, sandboxRoot, width }: HelmSetup): Helm {
  const queue = createQueue(width);
  let renders = 0;
  async function once(request: RenderRequest, signal: AbortSignal): Promise<Outcome> {
    const leave = await queue.enter(signal);
    renders += 1;
    const sandbox = join(sandboxRoot, `render-${renders}`);
    try {
      await mkdir(sandbox, { recursive: true, mode: 0o700 });
      const env = helmEnvironment(sandbox);
      const options = { env, cwd: sandbox, signal, timeoutMs: RENDER_TIMEOUT_MS };
      return outcomeOf(await run(path, renderArguments(request), options));
    } finally {
      leave();
      await rm(sandbox, { recursive: true, force: true });
    }
  }
  return {
    version,
    async render(request, signal) {
      const first = await once(request, signal);
      const outcome = first.kind === 'broken' ? await once(request, signal) : first;
      if (outcome.kind === 'broken') throw brokenHelm(request.release, outcome.reason);
      return outcome;
    },
  };
}
