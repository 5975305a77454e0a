import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startCountingProxy } from '../support/counting-proxy.ts';
import { mirrorFlags } from '../support/e2e-machine.ts';
import { startWorld, type World } from '../support/e2e-world.ts';
import { drawnAndWritten, runOnTerminal, type Screen, terminalReason } from '../support/net-terminal.ts';
import { imageChart } from '../support/net-world.ts';
import { describeUnless, skipReason } from '../support/tools.ts';

const ESCAPE = '\u001b';
/** Colours, bold, dim: everything that NO_COLOR forbids. Moving the cursor is not among it. */
const PAINT = new RegExp(`${ESCAPE}\\[(?:[0-9]+;)*(?:[1-9]|[34][0-9]|9[0-7])m`);

describeUnless(skipReason(['helm', 'crane']) ?? terminalReason(), 'a terminal', () => {
  let world: World;
  let colourful: Screen;
  let plain: Screen;

  async function show(directory: string, env: Readonly<Record<string, string>>): Promise<Screen> {
    const addons = ['app', 'leaky'].map((chart) => ({ chart, version: '1.0.0' }));
    const argv = await world.commandLine(directory, directory, addons, []);
    const { home, temporary, work } = world.machine;
    const PATH = [join(home, '..', 'bin'), process.env.PATH].join(':');
    const own = { HOME: home, TMPDIR: temporary, PATH, TERM: 'xterm-256color' };
    return runOnTerminal(argv, { cwd: join(work, directory), env: { ...own, ...env } });
  }

  beforeAll(async () => {
    world = await startWorld();
    const dependency = '  - { name: kv, version: 1.0.0, repository: "git://me:dep-secret@git.example.com/charts" }';
    await world.publish('app', imageChart('quay.io/team/app:1'));
    await world.publish('leaky', { ...imageChart('quay.io/team/app:1'), yaml: ['dependencies:', dependency] });
    await world.sources.addImages(['quay.io/team/app:1']);
    colourful = await show('colourful', {});
    plain = await show('plain', { NO_COLOR: '1' });
  });

  afterAll(() => world?.stop());

  it('shows the tasks as they go, and the summary at the end', () => {
    const { code, text } = colourful;
    expect(code, text).toBe(1);
    for (const step of ['Resolve versions', 'Trace, rewrite and repack', 'Copy images', 'Push or confirm charts']) {
      expect(text).toMatch(new RegExp(`✔${ESCAPE}\\[39m ${step}`));
    }
    expect(text).toMatch(PAINT);
    const summary = text.slice(text.lastIndexOf('Write archives and consumer values'));
    expect(summary).toMatch(/pushed +\S* app 1\.0\.0, 1 image, 1 references? proven/);
    expect(summary).toMatch(/FAILED +\S* leaky 1\.0\.0/);
    expect(summary).toContain('NOT ALL DONE (exit code 1)');
    // the cursor is given back
    expect(text.lastIndexOf(`${ESCAPE}[?25h`)).toBeGreaterThan(text.lastIndexOf(`${ESCAPE}[?25l`));
  });

  it('is left alone where CI is set: a log, line by line', async () => {
    const { code, text } = await show('ci', { CI: 'true' });
    expect(code, text).toBe(1);
    expect(text).not.toContain(ESCAPE);
    expect(text).toContain('Resolve versions');
    expect(text).toContain('NOT ALL DONE (exit code 1)');
  });

  it('names what is at work of many images, how much has moved and how fast, and what waits until when', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `quay.io/team/many:${index}`);
    await world.sources.addImages(names);
    const { home, temporary, work } = world.machine;
    await world.machine.write('many/images.txt', names.join('\n'));
    const limited = await startCountingProxy(world.sources.registry.url);
    const headers = { 'retry-after': '1' };
    limited.addFault({ method: 'GET', path: /\/blobs\//, times: 1, status: 429, headers });
    const behind = new URL(world.sources.registry.url).host;
    const moved = world.sources.mirrors().map(({ from, to }) => ({ from, to: to.replace(behind, limited.host) }));
    const mirrors = mirrorFlags(moved);
    const target = ['--target-registry', `${world.proxy.host}/many`, '--plain-http'];
    const PATH = [join(home, '..', 'bin'), process.env.PATH].join(':');
    const env = { HOME: home, TMPDIR: temporary, PATH, TERM: 'xterm-256color', NO_COLOR: '1' };
    const argv = ['copy', '--images', 'images.txt', ...target, ...mirrors];
    const { code, text } = await runOnTerminal(argv, { cwd: join(work, 'many'), env });
    await limited.stop();
    expect(code, text).toBe(0);
    expect(text).toMatch(/Copy images \(20\/20, [0-9.]+ kB of [0-9.]+ kB/);
    expect(text).toMatch(/ answered 429: waiting 1 s, until \d\d:\d\d:\d\d UTC, as it asks/);
    expect(text).toMatch(/and \d+ more/);
  });

  it.each([
    [80, 24],
    [40, 24],
  ])('of %d columns and %d rows shows a run of 32 charts of which 20 fail on one screen', async (columns, rows) => {
    const failing = Array.from({ length: 20 }, (_, index) => `absent-${index}`);
    const good = Array.from({ length: 12 }, (_, index) => `good-${index}`);
    for (const name of failing) await world.publish(name, imageChart(`quay.io/team/a-component-of-${name}:1`));
    for (const name of good) await world.publish(name, imageChart('quay.io/team/app:1'));
    const directory = `screen-${columns}`;
    const addons = [...good, ...failing].map((chart) => ({ chart, version: '1.0.0' }));
    const argv = await world.commandLine(directory, directory, addons, []);
    const { home, temporary, work } = world.machine;
    const PATH = [join(home, '..', 'bin'), process.env.PATH].join(':');
    const env = { HOME: home, TMPDIR: temporary, PATH, TERM: 'xterm-256color' };
    const { code, text } = await runOnTerminal(argv, { cwd: join(work, directory), env, columns, rows });
    expect(code, text).toBe(1);
    const { drawn, written } = drawnAndWritten(text);
    const isPath = (line: string): boolean => /^(report|to read|helm|crane): |\/bin\//.test(line);
    expect([...drawn, ...written].filter((line) => line.length > columns && !isPath(line))).toEqual([]);
    // the prompt of the shell comes below
    const taken = written.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 1);
    expect(taken, written.join('\n')).toBeLessThanOrEqual(rows);
    const said = written.map((line) => line.trim()).join(' ');
    expect(said).toMatch(/REFUSED +20 charts: IMAGE_SOURCE_ABSENT: absent-0,? .*… \d+ more/);
    expect(said).toContain('NOT ALL DONE (exit code 1)');
    expect(said).toMatch(
      /next: correct what is not done \(airgap-charts errors IMAGE_SOURCE_ABSENT explains it\), and run the same command again: it goes on from there$/,
    );
  });

  it('gets no colour with NO_COLOR', () => {
    expect(plain.code, plain.text).toBe(1);
    expect(plain.text).toContain('✔ Resolve versions');
    expect(plain.text).not.toMatch(PAINT);
  });

  it('is shown no password', () => {
    for (const { text } of [colourful, plain]) {
      // not as a matcher on the text: its failure would draw the whole screen
      expect([text.includes('git.example.com'), text.includes('dep-secret')]).toEqual([true, false]);
    }
  });
});
