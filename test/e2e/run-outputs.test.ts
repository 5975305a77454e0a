import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CopyWorld, startCopyWorld } from '../support/copy-world.ts';
import { ROOT } from '../support/shared-charts.ts';
import { describeWith } from '../support/tools.ts';

const LINES = ['SOURCE/team/app:1', 'SOURCE/team/other:1'];

async function isEvent(): Promise<(value: unknown) => string> {
  // a checked boundary: ajv validates the schema against its meta-schema and throws when it is none
  const schema = JSON.parse(await readFile(join(ROOT, 'schemas/event.schema.json'), 'utf8')) as AnySchemaObject;
  const validate = new Ajv2020({ allErrors: true, strict: true }).compile(schema);
  return (value) => (validate(value) ? '' : JSON.stringify([value, validate.errors]));
}

describeWith(['registry'], 'beside report.json, a run', () => {
  let world: CopyWorld;

  const text = (path: string) => readFile(join(world.machine.work, path), 'utf8');

  function parsed(lines: string): readonly Readonly<Record<string, unknown>>[] {
    return lines
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }

  beforeAll(async () => {
    world = await startCopyWorld();
    await world.push('team/app', '1', { name: 'app' });
    await world.push('team/other', '1', { name: 'other' });
  });

  afterAll(async () => {
    await world?.stop();
  });

  it('writes a page, a page of Markdown, JUnit and events, which agree with it', async () => {
    const flags = ['--markdown', 'made/summary.md', '--junit', 'made/junit.xml', '--events', 'made/events.ndjson'];
    const { code, report } = await world.copy({ lines: [...LINES, 'SOURCE/team/absent:1'], path: 'all', flags });
    expect([code, report.changes]).toEqual([1, null]);
    expect(report.layers).toMatchObject({ images: 2 });

    const page = await text('out-all/report.html');
    expect(page).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
    expect(page).toContain('NOT ALL DONE (exit code 1)');
    expect(page).not.toMatch(/https?:\/\/|<link|<img/);
    expect(await text('made/summary.md')).toMatch(/^## airgap-charts: NOT ALL DONE/);
    expect(await text('made/junit.xml')).toMatch(/tests="3" failures="1"[\s\S]*type="IMAGE_SOURCE_ABSENT"/);

    const events = parsed(await text('made/events.ndjson'));
    const problems = await isEvent();
    expect(events.map(problems).filter((problem) => problem !== '')).toEqual([]);
    expect([events[0]?.event, events.at(-1)]).toMatchObject(['run-began', { event: 'run-ended', exitCode: 1 }]);
    const ended = events.filter(({ event }) => event === 'image-ended');
    expect(ended.map(({ source, status }) => [source, status])).toEqual(
      report.images.map(({ source, status }) => [source, status]),
    );
    expect(events.some(({ event, code: said }) => event === 'item-failed' && said === 'IMAGE_SOURCE_ABSENT')).toBe(
      true,
    );
  });

  it('puts nothing but events on standard output where they go there', async () => {
    const { stdout, stderr } = await world.copy({ lines: LINES, path: 'stdout', flags: ['--events', '-'] });
    expect(parsed(stdout).at(-1)).toMatchObject({ event: 'run-ended', exitCode: 0 });
    expect(stderr).toContain('all done');
  });

  it('says in one line that nothing has changed, and names what has', async () => {
    const path = 'since';
    await world.copy({ lines: LINES, path });
    await world.copy({ lines: LINES, path });
    const flags = ['--previous', 'out-since/report.json'];
    const quiet = await world.copy({ lines: LINES, path, flags });
    expect(quiet.report.changes?.nothing).toBe(true);
    const [, summary = ''] = quiet.stderr.split('\n\n');
    expect(summary.split('\n')[0]).toMatch(/^nothing has changed since \d{4}-.* UTC: 0 charts and 2 images are at /);
    expect(summary.trim().split('\n').slice(1)).toEqual([
      expect.stringMatching(/^report: .*report\.json$/),
      expect.stringMatching(/^to read: .*report\.html$/),
    ]);

    const more = await world.copy({ lines: [...LINES, 'SOURCE/team/absent:1'], path, flags });
    expect(more.code).toBe(1);
    expect(more.report.changes?.newlyFailing.map(({ name }) => name.replace(/^[^/]*/, ''))).toEqual(['/team/absent:1']);
    expect(more.stderr).toMatch(/^newly failing +\S+team\/absent:1: not there → refused \(IMAGE_SOURCE_ABSENT\)$/m);
  });

  it('tells that there is no earlier report, and compares with none', async () => {
    const flags = ['--previous', 'reports/none.json'];
    const { code, stderr, report } = await world.copy({ lines: LINES, path: 'first', flags });
    expect([code, report.changes]).toEqual([0, null]);
    expect(stderr).toContain('note: there is no earlier report at reports/none.json: nothing is compared');
  });

  it('does not begin with outputs that cannot be: all of it at once, exit code 2, nothing written', async () => {
    await world.machine.write('broken.json', '{"version": 1}');
    await world.machine.write('dir/file', '');
    const { ended } = await world.start({
      lines: LINES,
      path: 'wrong',
      flags: ['--previous', 'broken.json', '--markdown', 'dir', '--junit', 'x', '--events', '-', '--json'],
    });
    const { code, stderr } = await ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/broken\.json: this is no report: /);
    expect(stderr).toMatch(/--markdown: dir is a directory, name a file/);
    expect(stderr).toMatch(/--events: the report and the events would both go to standard output/);
    expect((await world.machine.files()).filter((file) => file.startsWith('out-wrong/'))).toEqual([]);
  });

  it('fails where a file cannot be written, after all others were', async () => {
    await world.machine.write('taken', 'a file where a directory would have to be');
    const flags = ['--markdown', 'taken/summary.md'];
    const { ended } = await world.start({ lines: LINES, path: 'unwritable', flags });
    const { code, stderr } = await ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/WORKSPACE_FAILED: .*taken\/summary\.md IS MISSING/);
    expect(JSON.parse(await text('out-unwritable/report.json'))).toMatchObject({ exitCode: 0 });
  });

  it('keeps another run out of its directory as long as it goes on', async () => {
    let open = (): void => {};
    const until = new Promise<void>((resolve) => {
      open = resolve;
    });
    const fault = world.source.addFault({ path: /team\/app\/manifests/, until, status: 503 });
    const first = await world.start({ lines: LINES, path: 'one-at-a-time' });
    await fault.firstHit;
    const second = await (await world.start({ lines: LINES, path: 'one-at-a-time' })).ended;
    expect(second.code).toBe(2);
    expect(second.stderr).toMatch(/^OUTPUT_IN_USE: another run works in the output directory .*: process \d+ holds/m);
    fault.remove();
    open();
    expect((await first.ended).code).toBe(0);
    const third = await world.copy({ lines: LINES, path: 'one-at-a-time' });
    expect(third.code).toBe(0);
    expect((await world.machine.files()).filter((file) => /one-at-a-time\/.*lock/.test(file))).toEqual([]);
  });

  it('goes on where a killed run has left its lock', async () => {
    let open = (): void => {};
    const until = new Promise<void>((resolve) => {
      open = resolve;
    });
    const fault = world.source.addFault({ path: /team\/app\/manifests/, until, status: 503 });
    const first = await world.start({ lines: LINES, path: 'killed' });
    await fault.firstHit;
    first.interrupt('SIGKILL');
    await first.ended;
    fault.remove();
    open();
    expect((await world.machine.files()).filter((file) => /killed\/.*lock/.test(file))).toHaveLength(1);
    expect((await world.copy({ lines: LINES, path: 'killed' })).code).toBe(0);
  });
});
