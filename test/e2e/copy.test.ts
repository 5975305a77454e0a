import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CopyRequest, type CopyWorld, startCopyWorld } from '../support/copy-world.ts';
import { CLI } from '../support/e2e-cli.ts';
import { installCli, runProgram, shellExamples } from '../support/e2e-command.ts';
import { rawManifest } from '../support/e2e-registry.ts';
import { allTags, summaryOf } from '../support/fault-checks.ts';
import { ROOT } from '../support/shared-charts.ts';
import type { PushedImage } from '../support/synthetic-images.ts';
import { describeWith } from '../support/tools.ts';

/** The images of the list in the document, by host and path, each with its tag. */
const DOCUMENTED = [
  ['docker.io/library/nginx', '1.27'],
  ['quay.io/team/exporter', 'v1.9.1'],
  ['quay.io/team/tool', '2'],
] as const;
const ENGINES = [['native'], ['crane']] as const;

describeWith(['crane', 'registry'], 'a list of images', () => {
  let world: CopyWorld;
  let index: PushedImage;
  let single: PushedImage;
  let untagged: PushedImage;
  let pinned: PushedImage;
  /** One of every kind. */
  let lines: readonly string[];
  /** The tag of an image that has none. */
  let mirrored: string;

  beforeAll(async () => {
    world = await startCopyWorld();
    index = await world.push('team/index', '1.0', { attestations: true });
    single = await world.push('team/single', '2', { platforms: [], format: 'docker' });
    untagged = await world.pushUntagged('team/untagged', 'untagged');
    pinned = await world.push('team/pinned', '4');
    mirrored = `mirrored-${untagged.digest.slice('sha256:'.length).slice(0, 12)}`;
    lines = [
      ...['# images of the platform', '', 'SOURCE/team/index:1.0', '  SOURCE/team/single:2 # of docker'],
      ...[`SOURCE/team/untagged@${untagged.digest}`, `SOURCE/team/pinned:4@${pinned.digest}`],
      ...['SOURCE/team/single:2 TARGET/elsewhere/own-name', 'SOURCE/team/index:1.0'],
    ];
  });

  afterAll(() => world?.stop());

  async function expectAll(path: string): Promise<void> {
    expect(await world.at(`${path}/team/index`, '1.0')).toBe(index.digest);
    expect(await world.at(`${path}/team/single`, '2')).toBe(single.digest);
    expect(await world.at(`${path}/team/untagged`, mirrored)).toBe(untagged.digest);
    expect(await world.at(`${path}/team/pinned`, '4')).toBe(pinned.digest);
    expect(await world.at('elsewhere/own-name', '2')).toBe(single.digest);
    expect(index.attestations.length).toBeGreaterThan(0);
    for (const digest of [...index.children.map((child) => child.digest), ...index.attestations])
      expect(await rawManifest(world.target.url, `${path}/team/index`, digest)).toBeDefined();
  }

  describe.each(ENGINES)('with the engine %s', (engine) => {
    const flags = ['--engine', engine];
    // the native engine needs no program at all
    const env = (): CopyRequest['env'] & object => (engine === 'native' ? { PATH: world.machine.home } : {});

    it('is copied from a file, each image digest for digest, with all that belongs to an index', async () => {
      const { code, stderr, report, rows } = await world.copy({ lines, path: engine, flags, env: env() });
      expect(code, stderr).toBe(0);
      await expectAll(engine);
      expect(report).toMatchObject({
        ...{ mode: 'list', scanOnly: false, charts: [], unmirrorable: [], notes: [], ecr: null, interrupted: false },
        target: `${world.target.host}/${engine}`,
        tools: { helm: null, crane: engine === 'native' ? null : expect.stringMatching(/^v?\d/) },
        totals: { addons: { declared: 0 }, charts: {} },
      });
      expect(rows.map((row) => row.replace(/@sha256:[0-9a-f]+/, '@DIGEST'))).toEqual([
        'team/index:1.0 copied',
        'team/single:2 copied',
        'team/untagged@DIGEST copied',
        'team/pinned:4@DIGEST copied',
        `team/single:2 ${engine === 'native' ? 'copied' : 'present'}`,
      ]);
      const file = `out-${engine}.txt`;
      expect(report.images.map(({ listed }) => listed.map(({ line }) => line))).toEqual([[3, 8], [4], [5], [6], [7]]);
      expect(new Set(report.images.flatMap(({ listed }) => listed.map((place) => place.file)))).toEqual(
        new Set([file]),
      );
      for (const row of report.images) expect(row).toMatchObject({ evidence: 'listed', usedBy: [], platform: null });
      expect(report.images.at(-1)?.destination).toBe(`${world.target.host}/elsewhere/own-name:2`);
      expect(stderr).toMatch(/^images: \d copied/m);
      expect(stderr).not.toMatch(/addons|helm/);
      expect(stderr).toMatch(/^all done$/m);
      expect(await world.machine.files(world.machine.temporary)).toEqual([]);
    });

    it('is all present the second time: one question to each side for a tag, none to the source for a digest', async () => {
      world.source.reset();
      world.target.reset();
      const { code, stderr, report } = await world.copy({ lines, path: engine, flags, env: env() });
      expect(code, stderr).toBe(0);
      expect(report.totals.images).toEqual({ present: 5 });
      expect(report.totals.bytesCopied).toBe(0);
      expect(world.target.writes()).toEqual([]);
      expect(world.asked(world.target)).toEqual(
        [
          'HEAD /v2/elsewhere/own-name/manifests/2',
          `HEAD /v2/${engine}/team/index/manifests/1.0`,
          `HEAD /v2/${engine}/team/pinned/manifests/4`,
          `HEAD /v2/${engine}/team/single/manifests/2`,
          `HEAD /v2/${engine}/team/untagged/manifests/${mirrored}`,
        ].sort(),
      );
      // two destinations of one source are two rows
      expect(world.asked(world.source)).toEqual([
        'HEAD /v2/team/index/manifests/1.0',
        ...['HEAD /v2/team/single/manifests/2', 'HEAD /v2/team/single/manifests/2'],
      ]);
    });

    it('is copied from standard input', async () => {
      const path = `${engine}-piped`;
      const { code, stderr, report } = await world.copy({ lines, path, flags, env: env(), by: 'standard input' });
      expect(code, stderr).toBe(0);
      await expectAll(path);
      expect(report.images[0]?.listed).toEqual([
        { file: 'standard input', line: 3 },
        { file: 'standard input', line: 8 },
      ]);
    });
  });

  it('asks for nothing but what it is to copy: each manifest is read once, each blob leaves its source once', async () => {
    world.source.reset();
    world.target.reset();
    const path = 'counted';
    const { code, stderr } = await world.copy({ lines: lines.slice(0, 6), path, flags: ['--engine', 'native'] });
    expect(code, stderr).toBe(0);
    const children = [...index.children, ...pinned.children, ...untagged.children].map((child) => child.digest);
    const gets = (...names: readonly (readonly [string, string])[]): readonly string[] =>
      names.map(([repository, name]) => `GET /v2/team/${repository}/manifests/${name}`);
    const below = world.asked(world.source).filter((line) => children.some((digest) => line.endsWith(digest)));
    expect(below).toHaveLength(children.length);
    const above = world.asked(world.source).filter((line) => !below.includes(line));
    expect(above.filter((line) => !index.attestations.some((digest) => line.endsWith(digest)))).toEqual(
      gets(['index', '1.0'], ['pinned', pinned.digest], ['single', '2'], ['untagged', untagged.digest]),
    );
    const blobs = world.source.requests().filter(({ path: asked }) => asked.includes('/blobs/'));
    expect(new Set(blobs.map(({ path: asked }) => asked.replace(/.*\/blobs\//, ''))).size).toBe(blobs.length);
  });

  it('is looked at by a scan, which copies nothing, does not ask the target, and says what would be copied', async () => {
    world.target.reset();
    const flags = ['--scan-only', '--engine', 'native', '--json'];
    const { code, stdout, stderr, report } = await world.copy({ lines, path: 'scanned', flags });
    expect(code, stderr).toBe(0);
    expect(world.target.requests()).toEqual([]);
    expect(report).toMatchObject({
      mode: 'list',
      scanOnly: true,
      totals: { images: { 'to-copy': 5 }, bytesCopied: 0 },
    });
    expect(JSON.parse(stdout)).toEqual(report);
    const { host } = world.target;
    expect(stderr).toContain(`to copy         ${world.source.host}/team/index:1.0 → ${host}/scanned/team/index:1.0\n`);
    expect(stderr).toContain(` → ${host}/elsewhere/own-name:2\n`);
    expect(stderr).toMatch(/^scan only: nothing was pushed, and the target was not asked\nall done$/m);
    const missing = { lines: [...lines, 'SOURCE/team/gone:1'], path: 'scanned', flags };
    expect((await world.copy(missing)).rows.at(-1)).toBe('team/gone:1 refused IMAGE_SOURCE_ABSENT');
  });

  it('is copied but for what its sources do not have, and the exit code is 1', async () => {
    const gone = `SOURCE/team/untagged@${`sha256:${'0'.repeat(64)}`}`;
    const more = ['SOURCE/team/gone:1', 'SOURCE/team/single:9', gone, 'SOURCE/team/single:2'];
    const list = ['SOURCE/team/index:1.0', ...more];
    const { code, stderr, rows, image } = await world.copy({ lines: list, path: 'gaps' });
    expect(code).toBe(1);
    expect(rows.map((row) => row.replace(/@sha256:[0-9a-f]+/, '@DIGEST'))).toEqual([
      'team/index:1.0 copied',
      'team/gone:1 refused IMAGE_SOURCE_ABSENT',
      'team/single:9 refused IMAGE_SOURCE_ABSENT',
      'team/untagged@DIGEST refused IMAGE_SOURCE_ABSENT',
      'team/single:2 copied',
    ]);
    expect(await world.at('gaps/team/index', '1.0')).toBe(index.digest);
    expect(await world.at('gaps/team/single', '2')).toBe(single.digest);
    expect(await world.at('gaps/team/gone', '1')).toBeUndefined();
    const { error, listed } = image('team/gone:1');
    expect(listed).toEqual([{ file: 'out-gaps.txt', line: 2 }]);
    expect(summaryOf(stderr)).toContain(`REFUSED         ${world.source.host}/team/gone:1: IMAGE_SOURCE_ABSENT `);
    expect(summaryOf(stderr)).toContain(`→ ${error?.hint}\n`);
    expect(stderr).toMatch(/^NOT ALL DONE \(exit code 1\)$/m);
  });

  it('does not replace a tag that holds other content, but with --overwrite-existing', async () => {
    const other = await world.occupy('taken/team/single', '2', 'other');
    const request = { lines: ['SOURCE/team/index:1.0', 'SOURCE/team/single:2'], path: 'taken' };
    const refused = await world.copy(request);
    expect([refused.code, refused.rows]).toEqual([
      1,
      ['team/index:1.0 copied', 'team/single:2 refused IMAGE_TAG_TAKEN'],
    ]);
    expect(refused.image('team/single:2').error?.message).toContain(other.digest);
    expect(await world.at('taken/team/single', '2')).toBe(other.digest);
    const replaced = await world.copy({ ...request, flags: ['--overwrite-existing'] });
    expect([replaced.code, replaced.rows]).toEqual([0, ['team/index:1.0 present', 'team/single:2 copied']]);
    expect(await world.at('taken/team/single', '2')).toBe(single.digest);
  });

  it('heeds the rules for moved tags of the configuration, and trusts tags where it is told to', async () => {
    const other = await world.occupy('moved/team/single', '2', 'other');
    const rules = { moved: [{ match: '*/team/single:*', action: 'keep' }] };
    await world.machine.write('moved.yaml', JSON.stringify(rules));
    const request = { lines: ['SOURCE/team/single:2'], path: 'moved' };
    const kept = await world.copy({ ...request, flags: ['--config', 'moved.yaml'] });
    expect([kept.code, kept.rows]).toEqual([0, ['team/single:2 kept']]);
    world.source.reset();
    const trusted = await world.copy({ ...request, flags: ['--no-verify-existing-digest'] });
    expect([trusted.code, trusted.rows]).toEqual([0, ['team/single:2 present-unverified']]);
    expect(world.source.requests()).toEqual([]);
    expect(await world.at('moved/team/single', '2')).toBe(other.digest);
  });

  describe('whose images meet at one destination', () => {
    const meet = (at: string, names: readonly string[]): readonly string[] =>
      names.map((name) => `SOURCE/${name} TARGET/${at}:1`);

    it.each([
      ['two', ['team/index:1.0', 'team/single:2']],
      ['three, of which two are the same', ['team/index:1.0', 'team/single:2', 'same/index:1.0']],
      ['three, of which the last two are the same', ['team/single:2', 'team/index:1.0', 'same/index:1.0']],
    ])('with different content has all of these refused, and the others copied: %s', async (_, names) => {
      await world.push('same/index', '1.0', { attestations: true, name: 'team/index:1.0' });
      const path = `met-${names.length}-${names[0]?.replace(/\W/g, '-')}`;
      const list = [...meet(`${path}/both`, names), 'SOURCE/team/pinned:4'];
      const { code, stderr, rows, image } = await world.copy({ lines: list, path, flags: ['--engine', 'native'] });
      expect(code, stderr).toBe(1);
      expect(rows).toEqual([...names.map((name) => `${name} refused DESTINATION_COLLISION`), 'team/pinned:4 copied']);
      expect(image('team/single:2').error?.message).toMatch(/ meet at \S+\/both:1 with different content$/);
      expect(await world.at(`${path}/both`, '1')).toBeUndefined();
      expect(await world.at(`${path}/team/pinned`, '4')).toBe(pinned.digest);
    });

    it.each(ENGINES)('with the same content is copied, by the engine %s', async (engine) => {
      await world.push('same/index', '1.0', { attestations: true, name: 'team/index:1.0' });
      const list = meet(`equal/${engine}`, ['team/index:1.0', 'same/index:1.0']);
      const { code, stderr } = await world.copy({ lines: list, path: `equal-${engine}`, flags: ['--engine', engine] });
      expect(code, stderr).toBe(0);
      expect(await world.at(`equal/${engine}`, '1')).toBe(index.digest);
    });
  });

  it.each(ENGINES)('can be copied for one platform, by the engine %s', async (engine) => {
    const [amd, arm] = ['linux/amd64', 'linux/arm64'].map((platform) =>
      index.children.find((child) => child.platform === platform),
    );
    const path = `one-platform-${engine}`;
    const list = ['SOURCE/team/index:1.0', `SOURCE/team/pinned:4@${pinned.digest}`, 'SOURCE/team/single:2'];
    const flags = ['--platform', 'linux/arm64', '--engine', engine];
    const { code, rows, image } = await world.copy({ lines: list, path, flags });
    expect(code).toBe(1);
    expect(rows[2]).toBe('team/single:2 refused IMAGE_PLATFORM_MISSING');
    expect(image('team/index:1.0')).toMatchObject({ status: 'copied', platform: 'linux/arm64', digest: arm?.digest });
    expect(await world.at(`${path}/team/index`, '1.0')).toBe(arm?.digest);
    expect(await rawManifest(world.target.url, `${path}/team/index`, amd?.digest ?? '')).toBeUndefined();
    const child = pinned.children.find(({ platform }) => platform === 'linux/arm64');
    expect(await world.at(`${path}/team/pinned`, '4')).toBe(child?.digest);
    const again = await world.copy({ lines: list.slice(0, 2), path, flags });
    expect([again.code, again.report.totals.images]).toEqual([0, { present: 2 }]);
  });

  describe('that is wrong', () => {
    async function refused(argv: readonly string[], input = ''): Promise<readonly string[]> {
      world.source.reset();
      world.target.reset();
      const where = ['--target-registry', `${world.target.host}/wrong`, '--output-dir', 'out-wrong', '--plain-http'];
      const command = [process.execPath, ...CLI, 'copy', ...where, ...argv];
      const { code, stdout, stderr } = await runProgram(world.machine, command, { input });
      expect([code, stdout], stderr).toEqual([2, '']);
      expect([...world.source.requests(), ...world.target.requests()]).toEqual([]);
      expect((await world.machine.files()).filter((file) => file.startsWith('out-wrong'))).toEqual([]);
      const lines = stderr.trimEnd().split('\n');
      expect(lines.pop()).toMatch(/^INPUT_INVALID: .*airgap-charts errors INPUT_INVALID explains it$/);
      return lines;
    }

    it('is told of at once, each line at its place, with what else is wrong', async () => {
      const list = ['docker://nginx', 'nginx:1', ' a:b:c x@sha256:1', 'nginx:1 r/a:1 more'].join('\n');
      await world.machine.write('wrong.txt', list);
      const words = (line: string): string => line.slice(0, line.indexOf(': '));
      const lines = await refused(['--images', 'wrong.txt', '--platform', 'linux/386', '--concurrency', '0']);
      expect(lines.map(words).sort()).toEqual(
        ['wrong.txt:1:1', 'wrong.txt:3:2', 'wrong.txt:3:8', 'wrong.txt:4:15', '--platform', '--concurrency'].sort(),
      );
    });

    it('is told of at its lines where it goes to another registry, with what else is wrong with it', async () => {
      await world.machine.write('foreign.txt', 'nginx:1 other.example/a\nquay.io/a/b:1 team/b\n');
      expect(await refused(['--images', 'foreign.txt'])).toEqual([
        `foreign.txt:1:1: the target is at other.example, and the target registry is ${world.target.host}, name it with ${world.target.host}/, or run once for each registry`,
        `foreign.txt:2:1: the target is at docker.io, and the target registry is ${world.target.host}, name it with ${world.target.host}/, or run once for each registry`,
      ]);
    });

    it.each([
      ['there is no file', ['--images', 'no.txt'], '--images: "no.txt" cannot be read (ENOENT), name a file '],
      ['it is a directory', ['--images', '.'], '--images: "." cannot be read (EISDIR), name a file '],
      ['it names nothing', ['--images', '-'], '--images: standard input names no image, write one reference a line'],
    ])('is told of when %s', async (_, argv, message) => {
      const lines = await refused(argv, '# nothing\n');
      expect(lines).toEqual([expect.stringContaining(message)]);
    });

    it('is told of when it is no text', async () => {
      await world.machine.write('utf16.txt', Buffer.from('\uFEFFnginx:1\n', 'utf16le'));
      expect(await refused(['--images', 'utf16.txt'])).toEqual([
        expect.stringContaining('--images: "utf16.txt" is not UTF-8 text, '),
      ]);
    });

    it('is asked for where it is left out', async () => {
      expect((await refused([]))[0]).toContain("required option '--images <file>' not specified");
    });
  });

  it('is not read beyond what is needed: without crane, the engine crane ends with exit code 2', async () => {
    await world.machine.write('few.txt', `${world.source.host}/team/index:1.0\n`);
    const argv = ['copy', '--images', 'few.txt', '--target-registry', world.target.host, '--engine', 'crane'];
    world.target.reset();
    const { code, stderr } = await world.machine.run(argv, { env: { PATH: world.machine.home } });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^TOOL_MISSING: /)]);
    expect(world.target.requests()).toEqual([]);
  });

  it.each(ENGINES)('goes on after an interruption, with the engine %s', async (engine) => {
    const path = `cut-${engine}`;
    const request = { lines: ['SOURCE/team/index:1.0', 'SOURCE/team/single:2'], path, flags: ['--engine', engine] };
    const held = world.target.addFault({
      path: new RegExp(`/${path}/team/index/manifests/1`),
      method: 'PUT',
      delayMs: 60_000,
    });
    const running = await world.start(request);
    await Promise.all([held.firstHit, running.says(`→ ${world.target.host}/${path}/team/single:2 ${single.digest}`)]);
    running.interrupt('SIGINT');
    const cut = await world.conclude(path, await running.ended);
    held.remove();
    expect(cut.code, cut.stderr).toBe(130);
    expect(cut.rows).toEqual(['team/index:1.0 unfinished INTERRUPTED', 'team/single:2 copied']);
    expect(cut.report.interrupted).toBe(true);
    expect(summaryOf(cut.stderr)).toMatch(/^INTERRUPTED: .*run again/m);
    expect(await world.machine.files(world.machine.temporary)).toEqual([]);
    world.source.reset();
    const again = await world.copy(request);
    expect([again.code, again.rows], again.stderr).toEqual([0, ['team/index:1.0 copied', 'team/single:2 present']]);
    expect(await world.at(`${path}/team/index`, '1.0')).toBe(index.digest);
    expect(world.source.requests().filter(({ path: asked }) => asked.includes('/blobs/'))).toEqual([]);
  });

  it('is interrupted while it waits for standard input, and leaves nothing', async () => {
    const argv = ['copy', '--images', '-', '--target-registry', world.target.host, '--output-dir', 'out-waiting'];
    const child = spawn(process.execPath, [...CLI, ...argv], { cwd: world.machine.work, env: world.machine.env });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    child.stdin.write('nginx:1\n');
    await new Promise((resolve) => setTimeout(resolve, 2000));
    child.kill('SIGINT');
    expect(await ended, said).toBe(130);
    expect(said).toContain('INTERRUPTED');
    expect((await world.machine.files()).filter((file) => file.startsWith('out-waiting'))).toEqual([]);
  });

  it('is asked for by HEAD first where manifests count against a quota', async () => {
    const names = ['library/one', 'library/two'];
    for (const name of names) await world.push(`hub/${name}`, '1');
    world.source.reset();
    const flags = ['--source-mirror', `docker.io=${world.source.url}/hub`, '--engine', 'native'];
    const list = ['one:1', 'two:1', 'SOURCE/team/single:2'];
    const { code, stderr } = await world.copy({ lines: list, path: 'hub', flags });
    expect(code, stderr).toBe(0);
    const heads = world.asked(world.source).filter((line) => line.startsWith('HEAD'));
    expect(heads).toEqual(names.map((name) => `HEAD /v2/hub/${name}/manifests/1`));
  });

  it('is asked for by HEAD where a source told its quota', async () => {
    const many = Array.from({ length: 40 }, (_, index) => `many/app${index}`);
    for (const name of many) await world.push(name, '1', { platforms: [] });
    world.source.reset();
    const headers = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '80;w=21600' };
    const told = world.source.addFault({ path: /manifests/, headers });
    const { code, stderr } = await world.copy({ lines: many.map((name) => `SOURCE/${name}:1`), path: 'told' });
    told.remove();
    expect(code, stderr).toBe(0);
    // the first ones were under way before the first answer came
    expect(world.asked(world.source).filter((line) => line.startsWith('HEAD')).length).toBeGreaterThan(15);
  });

  it('leaves nothing at the target but what it names', async () => {
    const path = 'exact';
    expect((await world.copy({ lines: lines.slice(0, 6), path })).code).toBe(0);
    const tags = (await allTags(world.target.url)).filter((tag) => tag.startsWith(`${path}/`));
    expect(tags).toEqual(
      ['team/index:1.0', 'team/pinned:4', 'team/single:2', `team/untagged:${mirrored}`].map((tag) => `${path}/${tag}`),
    );
  });

  it.each(shellExamples('copy.md').map((script) => [script]))('does what its document says: %s', async (script) => {
    const { machine, source, target } = world;
    const [, list = ''] = /^```\n(#.*?)^```$/ms.exec(readFileSync(join(ROOT, 'docs', 'copy.md'), 'utf8')) ?? [];
    const hosted = (text: string): string => text.replaceAll('registry.example.com', target.host);
    for (const [repository, tag] of DOCUMENTED) await world.push(`documented/${repository}`, tag, { platforms: [] });
    const agent = await world.pushUntagged('documented/ghcr.io/team/agent', 'agent');
    await machine.write('docs/images.txt', hosted(list).replace(/sha256:[0-9a-f]{64}/, agent.digest));
    await machine.write('docs/more.txt', 'nginx:1.27\n');
    const from = ['docker.io', 'quay.io', 'ghcr.io'].map((host) => ({
      from: host,
      to: `${source.url}/documented/${host}`,
    }));
    await machine.write('docs/airgap-charts.yaml', JSON.stringify({ plainHttp: true, sourceMirrors: from }));
    await installCli(machine);
    const env = { PATH: `${join(machine.work, '..', 'bin')}:/usr/bin:/bin` };
    const shell = ['/bin/sh', '-e', '-c', `cd docs\n${hosted(script)}`];
    const { code, stdout, stderr } = await runProgram(machine, shell, { env });
    expect(code, stdout + stderr).toBe(0);
    const { images, scanOnly } = await machine.report('docs');
    expect(images.map(({ destination }) => destination.replace(`${target.host}/`, '')).sort()).toEqual([
      ...['platform/library/nginx:1.27', `platform/team/agent:mirrored-${agent.digest.slice(7, 19)}`],
      ...['platform/team/exporter:v1.9.1', 'tools/tool:2.0'],
    ]);
    if (!scanOnly) expect(await world.at('tools/tool', '2.0')).toBeDefined();
  });
});
