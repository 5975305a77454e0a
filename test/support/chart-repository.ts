import { type ChartRepositoryServer, type ServedChart, startChartRepository } from '../../src/demo/chart-repository.ts';

export { startChartRepository };

/** How often a path was asked for, by any method, whatever the answer. */
export function countRequests(server: ChartRepositoryServer, path: string): number {
  return server.requests().filter((request) => request.path === path).length;
}

/** A chart whose digest in the index belongs to other bytes. */
export function withWrongDigest(chart: ServedChart): ServedChart {
  return { ...chart, indexDigest: '0'.repeat(64) };
}
