import type { SourceMirror } from '../domain/network.ts';
import { DOCKER_HUB } from '../domain/reference.ts';
import { buildChartArtifact } from './chart-artifact.ts';
import { type ChartRepositoryServer, startChartRepository } from './chart-repository.ts';
import { type DemoChart, demoCharts } from './demo-charts.ts';
import { demoImages } from './demo-images.ts';
import { createRegistryClient, type RegistryClient } from './registry-client.ts';
import { type RunningServer, startCraneRegistry } from './registry-process.ts';

/** The outside world of the demo, on loopback: a registry with all images and one chart, and two chart repositories. */
export interface SourceWorld {
  readonly registry: RunningServer;
  readonly repository: ChartRepositoryServer;
  /** How the invented hosts are reached. */
  readonly mirrors: readonly SourceMirror[];
  readonly charts: readonly DemoChart[];
  readonly imageCount: number;
  /** How many of the charts the chart repositories serve. */
  readonly servedCharts: number;
  stop(): Promise<void>;
}

function pathOf(url: string): string {
  return url.replace(/^[a-z]+:\/\//, '');
}

function tagOf(version: string): string {
  return version.replaceAll('+', '_');
}

async function pushAll(client: RegistryClient, charts: readonly DemoChart[]): Promise<readonly string[]> {
  const images = demoImages();
  await Promise.all(
    images.map(({ reference, image }) =>
      client.push(`${reference.registry}/${reference.repository}`, reference.tag, image),
    ),
  );
  const artifacts = charts.filter((chart) => chart.publishedAt.startsWith('oci://'));
  await Promise.all(
    artifacts.map(({ name, version, archive, publishedAt }) =>
      client.push(`${pathOf(publishedAt)}/${name}`, tagOf(version), buildChartArtifact(name, version, archive)),
    ),
  );
  return images.map((image) => image.reference.registry);
}

function serveCharts(repository: ChartRepositoryServer, charts: readonly DemoChart[]): readonly SourceMirror[] {
  const served = charts.filter((chart) => !chart.publishedAt.startsWith('oci://'));
  for (const { publishedAt, ...chart } of served) repository.add(pathOf(publishedAt), [chart], publishedAt);
  const urls = [...new Set(served.map((chart) => chart.publishedAt))];
  return urls.map((from) => ({ from, to: `${repository.url}/${pathOf(from)}` }));
}

/** Starts the demo's source side and fills it. Every registry's images lie below its host name in the one registry. */
export async function startSourceWorld(crane: string): Promise<SourceWorld> {
  const charts = await demoCharts();
  const registry = await startCraneRegistry(crane, { ownGroup: true });
  const repository = await startChartRepository();
  const client = createRegistryClient({ base: registry.url });
  const stop = async () => {
    await Promise.all([registry.stop(), repository.stop()]);
  };
  try {
    const hosts = await pushAll(client, charts);
    const mirrors = [...new Set([DOCKER_HUB, ...hosts])].map((host) => ({ from: host, to: `${registry.url}/${host}` }));
    return {
      registry,
      repository,
      charts,
      imageCount: hosts.length,
      servedCharts: charts.filter((chart) => !chart.publishedAt.startsWith('oci://')).length,
      mirrors: [...mirrors, ...serveCharts(repository, charts)],
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    client.close();
  }
}
