import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, createMachine, type Machine } from '../support/e2e-machine.ts';
import { BAD_FILES } from '../support/net-bad-files.ts';
import { BAD_FLAGS, type BadInput } from '../support/net-bad-flags.ts';
import { type NetHost, startNetHost } from '../support/net-host.ts';
import { describeWith } from '../support/tools.ts';

const ALL = [...BAD_FILES, ...BAD_FLAGS];
const AT_ONCE = 3;

interface Ended extends CliResult {
  /** Of the working directory, after the run. */
  readonly files: readonly string[];
}

/** The lines that say something, without the one that names --help; the server under its own name again. */
function linesOf(text: string, host: string): readonly string[] {
  const lines = text.replaceAll(host, 'HOST').split('\n');
  return lines.filter((line) => line !== '' && !line.includes('--help'));
}

const EXPLAINED = 'nothing was written; airgap-charts errors INPUT_INVALID explains it';

/** The last line: what commander refuses has no count, and an error that has a code of its own needs no line more. */
function endOf(says: readonly string[]): readonly string[] {
  if (/^[A-Z_]+: /.test(says[0] ?? '')) return [];
  if (says[0]?.startsWith('error: ') === true) return [`INPUT_INVALID: ${EXPLAINED}`];
  return [`INPUT_INVALID: ${says.length === 1 ? '1 problem' : `${says.length} problems`}, ${EXPLAINED}`];
}

describeWith(['helm', 'crane'], 'bad inputs', () => {
  let machine: Machine;
  let server: NetHost;
  const results = new Map<string, Ended>();

  async function tryOut(input: BadInput, cwd: string): Promise<void> {
    const put = (text: string) => text.replaceAll('HOST', server.address);
    for (const [name, text] of Object.entries(input.files ?? {})) await machine.write(`${cwd}/${name}`, put(text));
    await machine.write(`${cwd}/unrelated`, '');
    const env = { AWS_EC2_METADATA_DISABLED: 'true' };
    const result = await machine.run(input.argv.map(put), { cwd, env });
    results.set(input.name, { ...result, files: await machine.files(join(machine.work, cwd)) });
  }

  beforeAll(async () => {
    machine = await createMachine();
    server = await startNetHost({ name: 'counting', backend: (_request, response) => response.writeHead(404).end() });
    const left = ALL.map((input, index) => ({ input, cwd: `case-${index}` }));
    const worker = async (): Promise<void> => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) await tryOut(next.input, next.cwd);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }, 5 * 60_000);

  afterAll(async () => {
    await Promise.all([machine?.remove(), server?.stop()]);
  });

  it('are distinct and many', () => {
    expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length);
    expect(ALL.length).toBeGreaterThanOrEqual(40);
  });

  it.each(ALL)('$name: says what to write instead, ends with 2, writes nothing', ({ name, files, says }) => {
    const result = results.get(name);
    expect(linesOf(result?.stderr ?? '', server.address)).toEqual([...says, ...endOf(says)]);
    expect([result?.code, result?.stdout]).toEqual([2, '']);
    expect(result?.files).toEqual([...Object.keys(files ?? {}), 'unrelated'].sort());
    expect(result?.stderr).not.toContain('s3cret-word');
  });

  it('fetch nothing, and leave nothing behind', async () => {
    expect(server.requests()).toEqual([]);
    expect(await machine.files(machine.home)).toEqual([]);
    expect(await machine.files(machine.temporary)).toEqual([]);
  });

  it('would be seen to be fetched if they were good', async () => {
    const text = `addons: [{ chart: web, repository: "http://${server.address}/stable", version: 1.0.0 }]\n`;
    await machine.write('good/c.yaml', text);
    const argv = ['mirror', '--catalog', 'c.yaml', '--target-registry', server.address, '--scan-only'];
    const { code } = await machine.run(argv, { cwd: 'good' });
    expect(code).toBe(1);
    expect(server.requests().map(({ path }) => path)).toContain('/stable/index.yaml');
    expect(await machine.files(join(machine.work, 'good'))).toContain('report.json');
  });
});

describeWith(['helm', 'crane'], 'missing tools', () => {
  const HINT = '  → run airgap-charts tools install';
  const ARGV = ['mirror', '--catalog', 'c.yaml', '--target-registry', 'registry.example.org', '--scan-only'];
  const CATALOG = 'addons: [{ chart: web, repository: "http://127.0.0.1:1/stable", version: 1.0.0 }]\n';

  async function withMachine(tools: Parameters<typeof createMachine>[0], use: (machine: Machine) => Promise<void>) {
    const machine = await createMachine(tools);
    try {
      await machine.write('c.yaml', CATALOG);
      await use(machine);
      expect(await machine.files(machine.temporary)).toEqual([]);
      expect(await machine.files(machine.home)).toEqual([]);
    } finally {
      await machine.remove();
    }
  }

  describe.each([
    ['helm', { crane: true }, []],
    ['crane', { helm: 'helm' }, ['--engine', 'crane']],
  ] as const)('no %s', (name, tools, flags) => {
    it('ends with 2 and says how to get it', () =>
      withMachine(tools, async (machine) => {
        const { code, stderr } = await machine.run([...ARGV, ...flags]);
        expect([code, stderr.trimEnd().split('\n').at(-1)]).toEqual([2, HINT]);
        expect(stderr).toMatch(
          new RegExp(`TOOL_MISSING: no ${name} of version \\d+\\.\\d+(\\.\\d+)? or newer on PATH`),
        );
        expect(await machine.files()).toEqual(['c.yaml']);
      }));
  });

  it('are told from those that are too old, which are named', () =>
    withMachine({ crane: true }, async (machine) => {
      const old = await machine.write('old/helm', '#!/bin/sh\necho v3.10.0\n');
      await chmod(old, 0o755);
      const { code, stderr } = await machine.run(ARGV, { env: { PATH: join(machine.work, 'old') } });
      expect(code).toBe(2);
      expect(stderr).toContain(`${old}: version 3.10.0 is older than`);
      expect(stderr.trimEnd().split('\n').at(-1)).toBe(HINT);
    }));
});
