import { buildChartArtifact } from '../../src/demo/chart-artifact.ts';
import type { ChartRepositoryServer, ServedChart } from '../../src/demo/chart-repository.ts';
import { createRegistryClient } from '../../src/demo/registry-client.ts';
import type { RunningServer } from '../../src/demo/registry-process.ts';
import { buildImage, type ImageShape } from '../../src/demo/synthetic-image.ts';
import type { SourceMirror } from '../../src/domain/network.ts';
import { canonicalRegistry, type Digest, parseReference } from '../../src/domain/reference.ts';
import { startChartRepository } from './chart-repository.ts';
import { startCraneRegistry } from './registries.ts';

/** A synthetic image that stands for a real reference. */
export interface StandIn {
  /** `registry/repository:tag`, or `registry/repository@digest` for a reference without a tag. Decides the content. */
  readonly name: string;
  readonly registry: string;
  readonly repository: string;
  /** Undefined for a reference by digest alone. */
  readonly tag: string | undefined;
  readonly digest: Digest;
  /** The digest that the reference was pinned to, if it was. */
  readonly pinned: Digest | undefined;
}

/** How large stand-ins are: the bytes of each layer of their own. */
export type StandInShape = Partial<Pick<ImageShape, 'layerBytes'>>;

/** The stand-in for a reference: Docker Hub names in full, `latest` where there is neither tag nor digest. */
export function standInFor(text: string, shape: StandInShape = {}): StandIn {
  const reference = parseReference(text);
  if (reference === undefined) throw new Error(`${text} is not an image reference`);
  const { registry, repository, digest: pinned } = reference;
  const tag = reference.tag ?? (pinned === undefined ? 'latest' : undefined);
  const name = `${registry}/${repository}${tag === undefined ? `@${pinned}` : `:${tag}`}`;
  return { name, registry, repository, tag, pinned, digest: buildImage(name, shape).root.digest };
}

/** All registries and chart repositories that a test needs as sources, on loopback, under their own names. */
export interface LoopbackSources {
  /** Holds every registry's content below the registry's host name. */
  readonly registry: RunningServer;
  readonly repository: ChartRepositoryServer;
  /** Leads from the real addresses to loopback. */
  mirrors(): readonly SourceMirror[];
  /** Publishes a chart at an `http(s)://` or `oci://` address; of the latter, the path without the chart's name. */
  addChart(address: string, chart: ServedChart): Promise<void>;
  /** Pushes stand-ins for references; those that are there already are left alone. */
  addImages(references: Iterable<string>): Promise<void>;
  /** The stand-ins so far, by name. */
  images(): ReadonlyMap<string, StandIn>;
  stop(): Promise<void>;
}

function pathOf(address: string): string {
  return address.replace(/^[a-z]+:\/\//, '').replace(/\/$/, '');
}

function registryPath(address: string): { readonly host: string; readonly path: string } {
  const [host = '', ...rest] = pathOf(address).split('/');
  return { host: canonicalRegistry(host), path: rest.join('/') };
}

/** Starts both servers, empty. Index files name archives by their real, absolute addresses. */
export async function startLoopbackSources(shape: StandInShape = {}): Promise<LoopbackSources> {
  const registry = await startCraneRegistry();
  const repository = await startChartRepository();
  const client = createRegistryClient({ base: registry.url });
  const mirrors = new Map<string, string>();
  const images = new Map<string, StandIn>();

  async function addChart(address: string, chart: ServedChart): Promise<void> {
    if (!address.startsWith('oci://')) {
      repository.add(pathOf(address), [chart], address);
      mirrors.set(address, `${repository.url}/${pathOf(address)}`);
      return;
    }
    const { host, path } = registryPath(address);
    mirrors.set(host, `${registry.url}/${host}`);
    const artifact = buildChartArtifact(chart.name, chart.version, chart.archive);
    const target = [host, path, chart.name].filter((part) => part !== '').join('/');
    await client.push(target, chart.version.replaceAll('+', '_'), artifact);
  }

  async function addImage(standIn: StandIn): Promise<void> {
    mirrors.set(standIn.registry, `${registry.url}/${standIn.registry}`);
    images.set(standIn.name, standIn);
    await client.push(`${standIn.registry}/${standIn.repository}`, standIn.tag, buildImage(standIn.name, shape));
  }

  return {
    registry,
    repository,
    mirrors: () => [...mirrors].map(([from, to]) => ({ from, to })),
    addChart,
    async addImages(references) {
      const wanted = new Map(
        [...references].map((text) => standInFor(text, shape)).map((standIn) => [standIn.name, standIn]),
      );
      const missing = [...wanted.values()].filter((standIn) => !images.has(standIn.name));
      await Promise.all(missing.map(addImage));
    },
    images: () => images,
    async stop() {
      client.close();
      await Promise.all([registry.stop(), repository.stop()]);
    },
  };
}
