import { describe, expect, it } from 'vitest';
import type { RepositorySettings } from '../../../src/domain/ecr/repository-settings.ts';
import { MirrorError } from '../../../src/errors.ts';
import { preflightImage } from '../../../src/pipeline/preflight.ts';
import {
  changeRepository,
  createRepository,
  isToChange,
  isToCreate,
  isToLookUp,
  lookAtRepositories,
  lookUpTags,
} from '../../../src/pipeline/repositories.ts';
import type { Run } from '../../../src/pipeline/run.ts';
import type { MirrorOptions } from '../../../src/pipeline/run-settings.ts';
import type { Repositories, RepositoryState, TagState } from '../../../src/ports/repositories.ts';
import { addonOf, anyDigest, chartOf, imageOf, portsOf, relocatedAs, runOf } from './runs.ts';

const WANTED = anyDigest('at the source');
const OTHER = anyDigest('another');

function settings(parts: Partial<RepositorySettings> = {}): RepositorySettings {
  return {
    tags: { 'chart-syncer': 'true' },
    tagMutability: undefined,
    scanOnPush: undefined,
    encryption: undefined,
    lifecyclePolicy: undefined,
    repositoryPolicy: undefined,
    ...parts,
  };
}

const present = (parts: Partial<RepositorySettings> = {}): RepositoryState => ({
  kind: 'present',
  settings: settings(parts),
  createdAt: undefined,
});
const IMMUTABLE = { tagMutability: { kind: 'immutable', exceptions: [] } } as const;
const found = (digest: typeof WANTED): TagState => ({ kind: 'found', digest, mediaType: 'x', bytes: Buffer.from('') });

/** A registry in memory: what exists, what tags hold, and what was asked and done. */
interface Registry {
  readonly states?: Readonly<Record<string, RepositoryState>>;
  readonly tags?: Readonly<Record<string, TagState>>;
  readonly create?: () => 'created' | 'existed';
  readonly lacks?: MirrorError;
}

function repositoriesOf(registry: Registry, log: string[]): Repositories {
  return {
    async describe(wanted) {
      log.push(`describe ${[...wanted.keys()].join(' ')}`);
      return new Map([...wanted.keys()].map((name) => [name, registry.states?.[name] ?? { kind: 'absent' }]));
    },
    async create(name) {
      log.push(`create ${name}`);
      const kind = registry.create?.() ?? 'created';
      return kind === 'existed' ? { kind } : { kind, lacks: registry.lacks };
    },
    async change(name, _, changes) {
      log.push(`change ${name} ${changes.join(' ')}`);
    },
    async lookUp(name, tags) {
      log.push(`look up ${name} ${tags.join(' ')}`);
      return new Map(tags.map((tag) => [tag, registry.tags?.[`${name}:${tag}`] ?? { kind: 'absent' }]));
    },
    mounting: async () => 'unknown',
    calls: () => ({}),
  };
}

function denied(): MirrorError {
  return new MirrorError('not allowed', { code: 'REPOSITORY_FAILED', origin: 'destination' });
}

/** A run with one chart and one image, at a registry that has to be asked for its repositories. */
function runAt(
  registry: Registry,
  options: Partial<MirrorOptions> = {},
): { readonly run: Run; readonly log: string[] } {
  const log: string[] = [];
  const ports = portsOf({
    head: (_, side) => {
      log.push(`head ${side}`);
      return { kind: 'found', digest: WANTED, mediaType: 'x', size: 1 };
    },
  });
  const run = runOf([addonOf('web')], options, { ...ports, repositories: repositoriesOf(registry, log) });
  const chart = chartOf(run.releases);
  chart.relocated = relocatedAs(chart, 'relocated');
  run.charts = [chart];
  run.images = [imageOf('app', chart)];
  return { run, log };
}

async function preflighted(registry: Registry, options: Partial<MirrorOptions> = {}) {
  const at = runAt(registry, options);
  await lookAtRepositories(at.run);
  for (const one of at.run.repositories.filter((repository) => isToLookUp(repository, at.run)))
    await lookUpTags(one, at.run);
  for (const image of at.run.images) await preflightImage(image, at.run).catch(() => undefined);
  return at;
}

describe('the repositories of a run', () => {
  it('are those of its images and charts, each with its tags, asked for at once', async () => {
    const { run, log } = runAt({});
    await lookAtRepositories(run);
    expect(run.repositories.map(({ name, tags }) => [name, tags])).toEqual([
      ['m/app', ['1']],
      ['m/web', ['1.0.0']],
    ]);
    expect(log).toEqual(['describe m/app m/web']);
    expect(run.repositories[0]?.wanted.tags).toEqual({ 'chart-syncer': 'true' });
  });

  it('are not asked for where a registry creates them by itself', async () => {
    const { run } = runAt({});
    const plain = { ...run, ports: { ...run.ports, repositories: undefined } };
    await lookAtRepositories(plain);
    expect(plain.repositories).toEqual([]);
  });

  it('leave out what only failed charts need', async () => {
    const { run } = runAt({});
    for (const chart of run.charts) chart.failure = denied();
    await lookAtRepositories(run);
    expect(run.repositories).toEqual([]);
  });

  it('are unknown in a scan that gets no answer, and fail a run that gets none', async () => {
    const silent = { describe: () => Promise.reject(denied()) };
    const withSilence = (scanOnly: boolean): Run => {
      const { run } = runAt({}, { scanOnly });
      return { ...run, ports: { ...run.ports, repositories: { ...repositoriesOf({}, []), ...silent } } };
    };
    const scan = withSilence(true);
    await lookAtRepositories(scan);
    expect(scan.repositories.map(({ state }) => state)).toEqual([
      { kind: 'unknown', detail: 'not allowed' },
      { kind: 'unknown', detail: 'not allowed' },
    ]);
    await expect(lookAtRepositories(withSilence(false))).rejects.toThrow('not allowed');
  });
});

describe('a password without an AWS identity', () => {
  it('leaves everything to the registry itself: tags are read one by one, nothing is created', async () => {
    const { run, log } = runAt({});
    const none = new MirrorError('no identity', { code: 'CREDENTIALS_UNREADABLE', origin: 'destination' });
    const repositories = { ...repositoriesOf({}, []), describe: () => Promise.reject(none) };
    const at = { ...run, ports: { ...run.ports, repositories } };
    await lookAtRepositories(at);
    expect(at.repositories.filter((one) => isToLookUp(one, at) || isToCreate(one, at))).toEqual([]);
    for (const image of at.images) await preflightImage(image, at);
    expect(log).toEqual(['head destination', 'head source']);
    expect(at.repositories[0]?.state).toEqual({ kind: 'unasked', detail: 'no identity' });
  });
});

describe('what tags hold', () => {
  it('is not asked of repositories that are absent, nor of the image', async () => {
    const { run, log } = await preflighted({});
    expect(log).toEqual(['describe m/app m/web', 'head source']);
    expect(run.images[0]?.state).toMatchObject({ kind: 'cleared', decision: { kind: 'copy', replaces: undefined } });
  });

  it('is asked once for a repository, and the target is not asked for the image', async () => {
    const states = { 'm/app': present(), 'm/web': present() };
    const { run, log } = await preflighted({ states, tags: { 'm/app:1': found(WANTED) } });
    expect(log).toEqual(['describe m/app m/web', 'look up m/app 1', 'look up m/web 1.0.0', 'head source']);
    expect(run.images[0]?.state).toMatchObject({ kind: 'cleared', decision: { kind: 'present', verified: true } });
  });

  it.each([
    ['immutable, with --overwrite-existing', IMMUTABLE, found(OTHER), /m\/app:1 holds .* and the tag is immutable$/],
    ['archived', {}, { kind: 'archived' }, /m\/app:1 is archived$/],
    ['denied', {}, { kind: 'denied', detail: 'no right' }, /may not be looked up: no right$/],
  ] as const)('refuses a tag that is %s before anything is copied', async (_, parts, state, message) => {
    const existing = { skipExisting: true, verifyDigest: true, overwrite: true, moved: [] };
    const { run } = await preflighted(
      { states: { 'm/app': present(parts) }, tags: { 'm/app:1': state } },
      { existing },
    );
    expect(run.images[0]?.failure?.message).toMatch(message);
    expect(run.charts[0]?.failure).toBe(run.images[0]?.failure);
  });

  it('fails what goes to a repository whose tags cannot be read', async () => {
    const { run } = runAt({ states: { 'm/app': present() } });
    await lookAtRepositories(run);
    const [app] = run.repositories;
    if (app === undefined || run.ports.repositories === undefined) throw new Error('it was planned');
    const ports = { ...run.ports, repositories: { ...run.ports.repositories, lookUp: () => Promise.reject(denied()) } };
    await expect(lookUpTags(app, { ...run, ports })).rejects.toThrow('not allowed');
    expect([run.images[0]?.failure?.message, run.charts[0]?.failure?.message]).toEqual(['not allowed', 'not allowed']);
  });
});

describe('creating repositories', () => {
  it('creates what is absent and still needed, and nothing else', async () => {
    const { run, log } = await preflighted({ states: { 'm/app': present() }, tags: { 'm/app:1': found(WANTED) } });
    const missing = run.repositories.filter((repository) => isToCreate(repository, run));
    expect(missing.map(({ name }) => name)).toEqual(['m/web']);
    for (const one of missing) await createRepository(one, run);
    expect(log.filter((line) => line.startsWith('create'))).toEqual(['create m/web']);
    expect(missing[0]?.outcome).toEqual({ kind: 'created' });
  });

  it('fails what goes there when it cannot be created', async () => {
    const { run } = await preflighted({
      create: () => {
        throw denied();
      },
    });
    const [app] = run.repositories;
    if (app === undefined) throw new Error('it was planned');
    await expect(createRepository(app, run)).rejects.toThrow('not allowed');
    expect([app.failure?.message, run.charts[0]?.failure?.message]).toEqual(['not allowed', 'not allowed']);
  });

  it.each([
    ['may not be looked at', { kind: 'unknown', detail: 'no right' }],
    ['is absent', { kind: 'absent' }],
  ] as const)('says what a created repository lacks where it %s, and goes on', async (_, state) => {
    const { run } = await preflighted({ states: { 'm/app': state, 'm/web': state }, lacks: denied() });
    const [app] = run.repositories;
    if (app === undefined) throw new Error('it was planned');
    await createRepository(app, run);
    expect([app.outcome.kind, app.failure?.message, run.charts[0]?.failure]).toEqual([
      'created',
      'not allowed',
      undefined,
    ]);
  });

  it('lets the push decide where the registry may not be looked at', async () => {
    const unknown = { kind: 'unknown', detail: 'no right' } as const;
    const { run } = await preflighted({
      states: { 'm/app': unknown, 'm/web': unknown },
      create: () => {
        throw denied();
      },
    });
    const tried = run.repositories.filter((repository) => isToCreate(repository, run));
    expect(tried).toHaveLength(2);
    for (const one of tried) await createRepository(one, run);
    expect(tried.map(({ outcome }) => outcome)).toEqual([
      { kind: 'left', detail: 'not allowed' },
      { kind: 'left', detail: 'not allowed' },
    ]);
    expect(run.charts[0]?.failure).toBeUndefined();
  });

  it('does not try to create a repository that may not be looked at but holds a tag', async () => {
    const states = { 'm/app': { kind: 'unknown', detail: 'no right' } } as const;
    const { run } = await preflighted({ states, tags: { 'm/app:1': found(OTHER) } });
    expect(run.repositories.filter((repository) => isToCreate(repository, run)).map(({ name }) => name)).toEqual([]);
  });

  it('decides again when somebody else was first and has pushed another image', async () => {
    const states: Record<string, RepositoryState> = {};
    const tags: Record<string, TagState> = {};
    const { run } = await preflighted({
      states,
      tags,
      create: () => {
        states['m/app'] = present(IMMUTABLE);
        tags['m/app:1'] = found(OTHER);
        return 'existed';
      },
    });
    const [app] = run.repositories;
    if (app === undefined) throw new Error('it was planned');
    await createRepository(app, run);
    expect(app.outcome).toEqual({ kind: 'existed' });
    expect(run.images[0]?.failure?.code).toBe('IMAGE_TAG_TAKEN');
  });
});

describe('existing repositories that differ', () => {
  const rules = [{ match: '*', ...settings(IMMUTABLE), tags: {} }];
  const states = { 'm/app': present({ tagMutability: { kind: 'mutable', exceptions: [] } }) };

  it('are reported and left alone', async () => {
    const { run } = await preflighted({ states }, { repositories: { rules, applySettings: false } });
    expect(run.repositories[0]?.differences.map(({ setting }) => setting)).toEqual(['tagMutability']);
    expect(run.repositories.filter((repository) => isToChange(repository, run))).toEqual([]);
  });

  it('are changed when that is asked for', async () => {
    const { run, log } = await preflighted({ states }, { repositories: { rules, applySettings: true } });
    const differing = run.repositories.filter((repository) => isToChange(repository, run));
    for (const one of differing) await changeRepository(one, run);
    expect(log.filter((line) => line.startsWith('change'))).toEqual(['change m/app tagMutability']);
    expect(differing[0]?.outcome).toEqual({ kind: 'changed', changes: ['tagMutability'] });
  });

  it('decide about tags by the mutability that they are going to have', async () => {
    const existing = { skipExisting: true, verifyDigest: true, overwrite: true, moved: [] };
    const tags = { 'm/app:1': found(OTHER) };
    const becoming = { existing, repositories: { rules, applySettings: true } };
    const locked = await preflighted({ states, tags }, becoming);
    expect(locked.run.images[0]?.failure?.message).toMatch(/the tag is immutable$/);
    const open = { match: '*', ...settings({ tagMutability: { kind: 'mutable', exceptions: [] } }), tags: {} };
    const loosened = { existing, repositories: { rules: [open], applySettings: true } };
    const { run } = await preflighted({ states: { 'm/app': present(IMMUTABLE) }, tags }, loosened);
    expect(run.images[0]?.state).toMatchObject({ kind: 'cleared', decision: { kind: 'copy', replaces: OTHER } });
  });

  it.each([
    ['tagMutability', { tagMutability: { kind: 'mutable', exceptions: [] } }, 'not allowed'],
    ['scanOnPush', { ...IMMUTABLE, scanOnPush: false }, undefined],
  ] as const)('that cannot be changed in %s fail what depends on it', async (_, before, failed) => {
    const wanted = { match: '*', ...settings({ ...IMMUTABLE, scanOnPush: true }), tags: {} };
    const rulesOf = { rules: [wanted], applySettings: true };
    const is = { scanOnPush: true, ...before };
    const { run } = await preflighted({ states: { 'm/app': present(is) } }, { repositories: rulesOf });
    const [app] = run.repositories;
    if (app === undefined || run.ports.repositories === undefined) throw new Error('it was planned');
    const ports = { ...run.ports, repositories: { ...run.ports.repositories, change: () => Promise.reject(denied()) } };
    await expect(changeRepository(app, { ...run, ports })).rejects.toThrow('not allowed');
    expect([app.failure?.message, run.images[0]?.failure?.message]).toEqual(['not allowed', failed]);
  });

  it('leave out what ECR Public does not have, and say so', async () => {
    const ecr = { kind: 'public', host: 'public.ecr.aws', alias: 'm' } as const;
    const wanted = { match: '*', ...settings({ ...IMMUTABLE, scanOnPush: true, repositoryPolicy: '{}' }), tags: {} };
    const { run } = runAt({}, { ecr, repositories: { rules: [wanted], applySettings: false } });
    await lookAtRepositories(run);
    expect(run.repositories[0]?.unsupported).toEqual(['tagMutability', 'scanOnPush']);
    expect(run.repositories[0]?.wanted).toEqual(settings({ repositoryPolicy: '{}' }));
  });
});
