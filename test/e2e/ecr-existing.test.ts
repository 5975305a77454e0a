import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildImage } from '../../src/demo/synthetic-image.ts';
import type { ImageStatus, ReportedImage } from '../../src/domain/report/report.ts';
import { type EcrWorld, startEcrWorld } from '../support/ecr-world.ts';
import {
  EXISTING_CASES,
  type ExistingCase,
  type ExistingFlags,
  type ExistingOutcome,
  FLAG_COMBINATIONS,
  outcomeOf,
} from '../support/existing-table.ts';
import { imageChart, type NetOutcome } from '../support/net-world.ts';

const SHAPE = { ownLayers: 1 };
const KINDS = (['absent', 'same', 'other'] as const).flatMap((standing) =>
  [false, true].map((immutable) => ({ standing, immutable })),
);
const STATUSES: Readonly<Record<ExistingOutcome['word'], ImageStatus>> = {
  copied: 'copied',
  'copied again': 'copied',
  replaced: 'copied',
  present: 'present',
  'present, not compared': 'present-unverified',
  refused: 'refused',
};

type Kind = Pick<ExistingCase, 'standing' | 'immutable'>;

const nameOf = ({ standing, immutable }: Kind): string => `${standing}-${immutable ? 'locked' : 'open'}`;
const prefixOf = (flags: ExistingFlags): string => `c${FLAG_COMBINATIONS.indexOf(flags)}`;
const repositoryOf = (flags: ExistingFlags, kind: Kind): string => `${prefixOf(flags)}/team/${nameOf(kind)}`;

function argvOf({ skip, verify, overwrite }: ExistingFlags): readonly string[] {
  return [
    ...(skip ? [] : ['--no-skip-existing']),
    ...(verify ? [] : ['--no-verify-existing-digest']),
    ...(overwrite ? ['--overwrite-existing'] : []),
  ];
}

const wantedOf = (kind: Kind) => buildImage(`team/${nameOf(kind)}:1.0`, SHAPE);
const otherOf = (kind: Kind) => buildImage(`team/${nameOf(kind)}:another`, SHAPE);

/** The image that the target has before the run; undefined for none. */
function standingImage(kind: Kind) {
  if (kind.standing === 'absent') return undefined;
  return kind.standing === 'same' ? wantedOf(kind) : otherOf(kind);
}

describe('the flags about existing tags, at repositories with and without immutable tags', () => {
  let world: EcrWorld;
  const outcomes = new Map<ExistingFlags, NetOutcome>();
  const writes = new Map<string, readonly string[]>();

  async function run(flags: ExistingFlags): Promise<NetOutcome> {
    const addons = KINDS.map((kind) => ({
      chart: nameOf(kind),
      repository: 'https://charts.example.test',
      version: '1.0.0',
    }));
    return world.mirror(addons, ['--target-registry', `${world.names.registry}/${prefixOf(flags)}`, ...argvOf(flags)]);
  }

  beforeAll(async () => {
    world = await startEcrWorld();
    for (const kind of KINDS) {
      const name = nameOf(kind);
      await world.addImages(`team/${name}:1.0`);
      await world.publish(name, imageChart(`images.example.test/team/${name}:1.0`), 'https://charts.example.test');
      for (const flags of FLAG_COMBINATIONS) {
        const repository = repositoryOf(flags, kind);
        const image = standingImage(kind);
        const mutability = { kind: kind.immutable ? 'IMMUTABLE' : 'MUTABLE', filters: [] } as const;
        world.contents.create(repository, { mutability });
        if (image !== undefined) world.contents.put(repository, '1.0', image);
      }
    }
    world.ecr.log.reset();
    for (const flags of FLAG_COMBINATIONS) outcomes.set(flags, await run(flags));
    for (const { action, repository } of world.ecr.log.writes()) {
      const key = repository ?? '';
      writes.set(key, [...(writes.get(key) ?? []), action]);
    }
  });

  afterAll(() => world.stop());

  function rowOf(one: ExistingCase, flags: ExistingFlags): ReportedImage | undefined {
    const wanted = `${world.names.registry}/${repositoryOf(flags, one)}:1.0`;
    return outcomes.get(flags)?.report.images.find(({ destination }) => destination === wanted);
  }

  const cases = EXISTING_CASES.map((one) => {
    const flags = FLAG_COMBINATIONS.find(
      ({ skip, verify, overwrite }) => skip === one.skip && verify === one.verify && overwrite === one.overwrite,
    );
    if (flags === undefined) throw new Error('every case has a combination');
    const outcome = outcomeOf(one);
    const told = [argvOf(flags).join(' ') || 'no flag', nameOf(one), outcome.word].join(', ');
    return { told: outcome.impossible ? `${told} (impossible)` : told, one, flags, outcome };
  });

  it.each(cases)('$told', ({ one, flags, outcome }) => {
    expect(rowOf(one, flags)?.status).toBe(STATUSES[outcome.word]);
    const row = outcomes.get(flags)?.report.charts.find(({ release }) => release === nameOf(one));
    expect(row?.status).toBe(outcome.word === 'refused' ? 'refused' : 'pushed');
    const repository = repositoryOf(flags, one);
    const isWritten = ['copied', 'replaced'].includes(outcome.word);
    const there = isWritten ? wantedOf(one) : standingImage(one);
    expect(world.contents.image(repository, '1.0').digest).toBe(there?.root.digest);
    const untouched = one.immutable ? one.standing !== 'absent' : !isWritten && outcome.word !== 'copied again';
    if (untouched) expect(writes.get(repository) ?? []).toEqual([]);
    if (outcome.word === 'refused' && one.immutable && one.overwrite) {
      expect(row?.error?.message).toMatch(/, and the tag is immutable$/);
    }
  });

  it('end with 1 exactly where a case was refused', () => {
    for (const flags of FLAG_COMBINATIONS) {
      const refused = cases.some((one) => one.flags === flags && one.outcome.word === 'refused');
      expect(outcomes.get(flags)?.code, argvOf(flags).join(' ')).toBe(refused ? 1 : 0);
    }
  });
});
