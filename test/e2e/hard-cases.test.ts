import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReportedChart } from '../../src/domain/report/report.ts';
import { packChart } from '../support/charts.ts';
import { type ChartParts, chartFiles } from '../support/e2e-charts.ts';
import { type ConsumerHelm, createConsumerHelm } from '../support/e2e-helm.ts';
import { linesNaming, mentionsOf } from '../support/e2e-plain-grep.ts';
import { type Outcome, STABLE, startWorld, type World } from '../support/e2e-world.ts';
import type { HardCase } from '../support/hard-case.ts';
import { hardCaseTable } from '../support/hard-case-table.ts';
import { HARD_CASES } from '../support/hard-cases.ts';
import { describeWith } from '../support/tools.ts';
import { readDocument } from '../unit/docs/documents.ts';

const MINUTES = 60_000;
const AT_ONCE = 4;
const CASES = Object.values(HARD_CASES).flat();
const NAMED = CASES.map((one) => [one.name, one] as const);
const LATER = CASES.flatMap((one) => (one.later === undefined ? [] : [[one.name, one, one.later] as const]));

/** A chart with its packed subcharts in place. */
async function partsOf({ parts, packed = {} }: HardCase): Promise<ChartParts> {
  const files = new Map(Object.entries(parts.files ?? {}));
  for (const [name, inner] of Object.entries(packed)) {
    files.set(`charts/${name}-1.0.0.tgz`, await packChart(name, chartFiles(name, inner)));
  }
  return { ...parts, files: Object.fromEntries(files) };
}

/** The hosts from which the images of a case come, as the plain search looks for them. */
function hostsOf({ images }: HardCase): readonly string[] {
  return [...new Set(images.map((image) => image.split('/')[0] ?? ''))];
}

/** The changes of a chart, sorted, but for the marks that name its original. */
function editsOf({ chart, edits }: ReportedChart): readonly string[] {
  const own = edits.filter(({ key }) => !key?.startsWith('annotations."airgap-charts/'));
  const named = own.map(({ file, key, line }) =>
    key === null ? `${file.slice(chart.length + 1)}:${line}` : `${file} ${key}`,
  );
  return named.sort();
}

describeWith(['helm', 'crane', 'registry'], 'hard cases', () => {
  let world: World;
  let helm: ConsumerHelm;
  let outcome: Outcome;
  /** What helm alone renders, or says, by case: from the registry, and from the original with its consumer values. */
  const relocated = new Map<string, string>();
  const original = new Map<string, string>();

  const target = (): string => `${world.proxy.host}/hard`;
  const below = (output: string): readonly string[] => mentionsOf(output, target()).map((rest) => `target${rest}`);

  const consumerValues = (name: string): string =>
    join(world.machine.work, outcome.directory, 'helm-charts', name, 'values.yaml');

  /** Own values name images themselves: they are installed with those that were written for them. */
  function flagsOf({ name, values }: HardCase): readonly string[] {
    return values === undefined ? [] : ['-f', consumerValues(name)];
  }

  async function pulled({ name }: HardCase): Promise<string> {
    return helm.pull(`oci://${target()}/${name}`, '1.0.0');
  }

  async function render(one: HardCase): Promise<void> {
    const { name } = one;
    relocated.set(name, await helm.template('r', await pulled(one), flagsOf(one)));
    const archive = join(helm.directory, `${name}.tgz`);
    const address = STABLE.replace('https:/', world.sources.repository.url);
    const answer = await fetch(`${address}/${name}-1.0.0.tgz`);
    await writeFile(archive, Buffer.from(await answer.arrayBuffer()));
    const values = ['-f', consumerValues(name)];
    original.set(name, await helm.template('r', archive, values).catch((error: Error) => error.message));
  }

  beforeAll(async () => {
    world = await startWorld({ target: 'distribution' });
    helm = await createConsumerHelm();
    await world.sources.addImages(new Set(CASES.flatMap(({ images }) => images)));
    for (const one of CASES) await world.publish(one.name, await partsOf(one));
    const entries = CASES.map(({ name, values }) => ({ chart: name, version: '1.0.0', ...(values && { values }) }));
    outcome = await world.mirror('hard', entries);
    const left = CASES.filter(({ name }) => outcome.row(name).status === 'pushed');
    const worker = async (): Promise<void> => {
      for (let one = left.shift(); one !== undefined; one = left.shift()) await render(one);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }, 6 * MINUTES);

  afterAll(async () => {
    await Promise.all([world?.stop(), helm?.remove()]);
  });

  it('have names of their own', () => {
    expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
    expect(outcome.code, outcome.stderr).toBe(0);
  });

  describe.each(NAMED)('%s', (name, one) => {
    it('is pushed and proven, with exactly its images', () => {
      const row = outcome.row(name);
      expect(row.error).toBeNull();
      expect([row.proof.residue, row.proof.unexplained]).toEqual([[], []]);
      expect([row.status, row.proof.state]).toEqual(['pushed', 'proven']);
      expect([...row.images].sort()).toEqual(one.images);
      for (const image of one.images) expect(outcome.image(image).status, image).toMatch(/^(?:copied|present)$/);
    });

    it('renders, pulled by helm, its references at the target and none of its sources', () => {
      const output = relocated.get(name) ?? '';
      expect(below(output)).toEqual(one.references);
      expect(hostsOf(one).flatMap((host) => linesNaming(output, host, one.stays))).toEqual([]);
      for (const text of one.stays ?? []) expect(output).toContain(text);
    });

    it('is changed where its references are made, and nowhere else', () => {
      expect(editsOf(outcome.row(name))).toEqual(one.edits);
      expect(outcome.row(name).notes.filter((note) => note.includes('are left'))).toEqual([]);
    });

    it('tells of the images that other values bring, in the report and in the consumer values, and of no others', async () => {
      const { hiddenImages } = outcome.row(name);
      const hidden = hiddenImages.map(({ image, evidence, moved }) => `${image} ${evidence} ${moved}`);
      expect(hidden.sort()).toEqual(one.hidden ?? []);
      const head = (await readFile(consumerValues(name), 'utf8')).split('\n').filter((line) => line.startsWith('#   '));
      expect(head.map((line) => /: (\S+?)(?:,.*)?$/.exec(line)?.[1]).sort()).toEqual(
        hiddenImages.flatMap(({ image, mirrored }) => (mirrored ? [] : [image])).sort(),
      );
    });

    it('renders the same from its original with the consumer values, as far as values go', () => {
      const { consumer } = outcome.row(name);
      const output = original.get(name) ?? '';
      expect([consumer.written, consumer.state]).toEqual([true, one.byValues ? 'proven' : 'not-proven']);
      if (one.byValues) {
        expect(below(output)).toEqual(one.references);
        expect(hostsOf(one).flatMap((host) => linesNaming(output, host, one.stays))).toEqual([]);
      } else if (one.refusal !== undefined) {
        expect(output).toContain(one.refusal);
        expect(consumer.reason).toContain(one.refusal);
      } else {
        // what values do not move are exactly the references that the report names
        const left = consumer.residue.filter(({ place }) => !place.endsWith('(beside the references)'));
        const astray = left.map(({ found }) => found?.replace(target(), 'target'));
        const moved = below(output).filter((reference) => !astray.includes(reference));
        expect(one.references).toEqual(expect.arrayContaining([...moved]));
        expect(moved.length + left.length).toBe(one.references.length);
      }
    });
  });

  it.each(LATER)('%s pulls from the target what is turned on later', async (_name, one, { set, references }) => {
    const output = await helm.template('r', await pulled(one), ['--set', set.join(',')]);
    expect(below(output)).toEqual(references);
    expect(hostsOf(one).flatMap((host) => linesNaming(output, host, one.stays))).toEqual([]);
  });

  it('are in the table of the documents as they were measured', () => {
    const rows = (cases: readonly HardCase[]) =>
      cases.map((one) => ({ one, row: outcome.row(one.name), edits: editsOf(outcome.row(one.name)) }));
    const table = hardCaseTable(Object.entries(HARD_CASES).map(([group, cases]) => ({ group, cases: rows(cases) })));
    expect(readDocument('docs/hard-cases.md').text).toContain(table);
  });
});
