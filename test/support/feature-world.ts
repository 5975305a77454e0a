import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildImage } from '../../src/demo/synthetic-image.ts';
import { readText } from './charts.ts';
import type { CountingProxy } from './counting-proxy.ts';
import { type ConsumerHelm, createConsumerHelm } from './e2e-helm.ts';
import { rawChart, rawDigest } from './e2e-registry.ts';
import type { Outcome } from './e2e-world.ts';
import { chartOf, type FaultWorld, startFaultWorld } from './fault-world.ts';

/** The images of the charts that every world of this kind publishes: `app`, `pinned` and `both`. */
export const APP = 'a.example.test/team/app:1';
export const AGENT = 'a.example.test/team/agent:2';
export const PINNED = `a.example.test/team/pinned@${buildImage('pinned').root.digest}`;
export const BOTH = `a.example.test/team/both:3@${buildImage('both').root.digest}`;

/** The entry of the chart that is used most. */
export const ENTRY = { chart: 'app' };

/** The digest of an image with this content. */
export function digestOf(name: string): string {
  return buildImage(name).root.digest;
}

/** The tag at the target of an image that has only a digest. */
export function shortTag(digest: string): string {
  return `mirrored-${digest.slice('sha256:'.length, 'sha256:'.length + 12)}`;
}

/** The images of rendered text, sorted. */
export function imagesIn(text: string): readonly (string | undefined)[] {
  return [...text.matchAll(/^\s*(?:- )?image: "?([^"\s]+)"?$/gm)].map(([, image]) => image).sort();
}

/** A world in which nothing fails, with a few charts, and a consumer's helm. */
export interface FeatureWorld extends FaultWorld {
  readonly helm: ConsumerHelm;
  /** The digest of a tag at the target, `path/repository:tag`. */
  at(path: string, repository: string, tag?: string): Promise<string | undefined>;
  /** The requests that wrote below a path of the target. */
  writesTo(path: string): ReturnType<CountingProxy['writes']>;
  /** The values.yaml of a chart at the target, without the quotes that an edited scalar may have got. */
  valuesAt(path: string, chart: string): Promise<string | undefined>;
  /** The original archive as a consumer would have it from its publisher. */
  original(name: string): Promise<string>;
  /** The absolute path of an output of a run. */
  output(outcome: Outcome, path: string): string;
}

/** Starts it. */
export async function startFeatureWorld(): Promise<FeatureWorld> {
  const [world, helm] = await Promise.all([startFaultWorld(), createConsumerHelm()]);
  await world.addImages(APP, AGENT);
  await world.addImage(PINNED, { name: 'pinned' });
  await world.addImage(BOTH, { name: 'both' });
  await world.publish('app', chartOf(APP));
  await world.publish('pinned', chartOf(PINNED));
  await world.publish('both', chartOf(BOTH));

  return {
    ...world,
    helm,
    at: (path, repository, tag = '1.0.0') => rawDigest(world.behind, `${path}/${repository}`, tag),
    writesTo: (path) => world.target.writes().filter((request) => request.path.startsWith(`/v2/${path}/`)),
    async valuesAt(path, chart) {
      const text = await readText(await rawChart(world.behind, `${path}/${chart}`, '1.0.0'), `${chart}/values.yaml`);
      return text?.replaceAll('"', '');
    },
    async original(name) {
      const answer = await fetch(`${world.sources.repository.url}/charts.example.test/stable/${name}-1.0.0.tgz`);
      const file = join(helm.directory, `${name}-original.tgz`);
      await writeFile(file, Buffer.from(await answer.arrayBuffer()));
      return file;
    },
    output: (outcome, path) => join(world.machine.work, outcome.directory, path),
    async stop() {
      await Promise.all([world.stop(), helm.remove()]);
    },
  };
}
