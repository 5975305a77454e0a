import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { digestOf } from '../domain/manifest.ts';

/** One chart version to serve. */
export interface ServedChart {
  readonly name: string;
  readonly version: string;
  readonly archive: Buffer;
  /** What the index says instead of the archive's own digest (hex); for tests of a repository that lies. */
  readonly indexDigest?: string;
  /** The file beside the archive that is named like it, with `.prov`. */
  readonly provenance?: Buffer;
}

/** A request that the server has answered. `path` is without the query. */
interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** An answer to give instead of the real one. */
interface PlannedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** How many requests get it; undefined means all. */
  readonly times?: number;
}

/** A classic chart repository server on loopback, for any number of repositories, each below a path of its own. */
export interface ChartRepositoryServer {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** `http://` or `https://` and the host. */
  readonly url: string;
  /**
   * Serves charts below `/prefix`, beside what is there already. Archive URLs in the index are relative, or absolute
   * below `absoluteBase`, which may be an address that only a mirror leads back here.
   */
  add(prefix: string, charts: readonly ServedChart[], absoluteBase?: string): void;
  /** Gives another answer for an exact path, such as `/stable/index.yaml`. */
  answer(path: string, answer: PlannedAnswer): void;
  /** All requests so far, in order. */
  requests(): readonly SeenRequest[];
  stop(): Promise<void>;
}

interface Entry extends ServedChart {
  readonly url: string;
}

/** A version of a chart in an index. JSON's quoting is valid YAML. */
function indexEntry(entry: Entry): string {
  const digest = entry.indexDigest ?? digestOf(entry.archive).slice('sha256:'.length);
  return [
    '    - apiVersion: v2',
    '      created: "2020-01-01T00:00:00Z"',
    `      digest: ${JSON.stringify(digest)}`,
    `      name: ${JSON.stringify(entry.name)}`,
    `      version: ${JSON.stringify(entry.version)}`,
    '      urls:',
    `        - ${JSON.stringify(entry.url)}`,
  ].join('\n');
}

/** The text of an index.yaml: charts by name, versions in the order in which they were added. */
function indexOf(entries: readonly Entry[]): string {
  const names = [...new Set(entries.map((entry) => entry.name))].sort();
  const charts = names.map((name) => {
    const versions = entries.filter((entry) => entry.name === name).map(indexEntry);
    return `  ${JSON.stringify(name)}:\n${versions.join('\n')}`;
  });
  return `apiVersion: v1\ngenerated: "2020-01-01T00:00:00Z"\nentries:${charts.length === 0 ? ' {}' : `\n${charts.join('\n')}`}\n`;
}

function normalPrefix(prefix: string): string {
  const trimmed = prefix.replace(/^\/+|\/+$/g, '');
  return trimmed === '' ? '' : `/${trimmed}`;
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

async function listen(tls: { cert: string; key: string } | undefined, listener: Listener) {
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { server, port };
}

/** Everything that the server knows: what it serves, what it was told to answer, and what it was asked. */
class Shelf {
  readonly repositories = new Map<string, Entry[]>();
  readonly files = new Map<string, Buffer>();
  readonly planned = new Map<string, { answer: PlannedAnswer; left: number }>();
  readonly seen: SeenRequest[] = [];

  add(prefix: string, charts: readonly ServedChart[], absoluteBase: string | undefined): void {
    const base = normalPrefix(prefix);
    const entries = this.repositories.get(base) ?? [];
    this.repositories.set(base, entries);
    for (const chart of charts) {
      const file = `${chart.name}-${chart.version}.tgz`;
      this.files.set(`${base}/${file}`, chart.archive);
      if (chart.provenance !== undefined) this.files.set(`${base}/${file}.prov`, chart.provenance);
      const url = encodeURIComponent(file);
      entries.push({ ...chart, url: absoluteBase === undefined ? url : `${absoluteBase.replace(/\/$/, '')}/${url}` });
    }
  }

  contentAt(path: string): { readonly type: string; readonly body: Buffer } | undefined {
    const index = /^(.*)\/index\.yaml$/.exec(path)?.[1];
    const entries = index === undefined ? undefined : this.repositories.get(index);
    if (entries !== undefined) return { type: 'text/yaml', body: Buffer.from(indexOf(entries)) };
    const body = this.files.get(path);
    return body === undefined ? undefined : { type: 'application/gzip', body };
  }

  /** The answer that was planned for a path, as long as it has not been given often enough. */
  plannedFor(path: string): PlannedAnswer | undefined {
    const plan = this.planned.get(path);
    if (plan === undefined || plan.left <= 0) return undefined;
    plan.left -= 1;
    return plan.answer;
  }

  respond(request: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    const method = request.method ?? 'GET';
    const planned = this.plannedFor(path);
    const content = this.contentAt(path);
    const status = planned?.status ?? (content === undefined ? 404 : 200);
    this.seen.push({ method, path, status });
    if (planned !== undefined || content === undefined) {
      response.writeHead(status, { 'content-type': 'text/plain', ...planned?.headers });
      response.end(method === 'HEAD' ? undefined : `${status}\n`);
    } else {
      response.writeHead(200, { 'content-type': content.type, 'content-length': content.body.length });
      response.end(method === 'HEAD' ? undefined : content.body);
    }
  }
}

/** Starts the server on a free loopback port; with `tls` (PEM texts) it speaks HTTPS. */
export async function startChartRepository(tls?: { cert: string; key: string }): Promise<ChartRepositoryServer> {
  const shelf = new Shelf();
  const { server, port } = await listen(tls, (request, response) => shelf.respond(request, response));
  const host = `127.0.0.1:${port}`;
  return {
    host,
    url: `${tls === undefined ? 'http' : 'https'}://${host}`,
    add: (prefix, charts, absoluteBase) => shelf.add(prefix, charts, absoluteBase),
    answer(path, answer) {
      shelf.planned.set(path, { answer, left: answer.times ?? Number.POSITIVE_INFINITY });
    },
    requests: () => [...shelf.seen],
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
