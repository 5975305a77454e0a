import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningServer, startServer } from '../../../src/demo/registry-process.ts';

/** What registries of a benchmark are started with. */
export interface RegistryOptions {
  /** The program of CNCF Distribution. */
  readonly program: string;
  /** Where it keeps its content. */
  readonly content: string;
  /** For its configuration. */
  readonly scratch: string;
}

/** Starts CNCF Distribution on a free port of loopback, with its content in a directory. */
export function startRegistry({ program, content, scratch }: RegistryOptions): Promise<RunningServer> {
  mkdirSync(scratch, { recursive: true });
  mkdirSync(content, { recursive: true });
  const file = join(scratch, 'config.yml');
  const configuration = {
    version: '0.1',
    log: { level: 'info', formatter: 'text', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: content, maxthreads: 100 },
      cache: { blobdescriptor: 'inmemory' },
      delete: { enabled: false },
      maintenance: { uploadpurging: { enabled: false } },
    },
    http: { addr: '127.0.0.1:0', secret: 'for benchmarks' },
  };
  // JSON is YAML
  writeFileSync(file, JSON.stringify(configuration));
  return startServer({
    file: program,
    argv: ['serve', file],
    env: { OTEL_TRACES_EXPORTER: 'none' },
    scheme: 'http',
    portPattern: /listening on 127\.0\.0\.1:(\d+)/,
    // Ctrl-C at the terminal is for the benchmark, which then stops it
    ownGroup: true,
  });
}
