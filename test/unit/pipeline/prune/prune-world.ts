import { packChart, unpackChart } from '../../../../src/adapters/archive.ts';
import { digestOf, parseManifest } from '../../../../src/domain/manifest.ts';
import type { KeepRules } from '../../../../src/domain/prune/keep-rules.ts';
import { type PruneReport, pruneReport } from '../../../../src/domain/prune/report.ts';
import type { PruneResult } from '../../../../src/domain/prune/result.ts';
import { subjectIn } from '../../../../src/domain/prune/subject-field.ts';
import { formatRecord, type RecordedImage } from '../../../../src/domain/records/record.ts';
import { recordArtifact } from '../../../../src/domain/records/record-artifact.ts';
import type { Digest } from '../../../../src/domain/reference.ts';
import { MirrorError } from '../../../../src/errors.ts';
import { prune } from '../../../../src/pipeline/prune/prune.ts';
import type { PruneRun } from '../../../../src/pipeline/prune/prune-run.ts';
import type { Registry } from '../../../../src/ports/registry.ts';
import type { ListedImage, RegistryContents, RemovalFailure } from '../../../../src/ports/repositories.ts';
import { archive, chartYaml } from '../../domain/chart/trees.ts';
import { NOW, OLD, rulesOf } from '../../domain/prune/registries.ts';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const HELM = 'application/vnd.cncf.helm.config.v1+json';
const CHART_LAYER = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';

interface Held extends ListedImage {
  readonly bytes: Buffer;
}

/** An ECR in memory, as its port shows it, that fails where a test says so. */
export interface PruneWorld {
  readonly repositories: Map<string, Map<Digest, Held>>;
  readonly blobs: Map<string, Uint8Array>;
  /** Every call, by its name and what it was about. */
  readonly calls: string[];
  /** Repositories without our tag. */
  readonly foreign: Set<string>;
  /** Called before each removal; may throw, or return what fails. */
  onRemove: (repository: string, digests: readonly Digest[]) => readonly RemovalFailure[];
  /** Called before each list of repositories, with how often it was asked for before. */
  onList: (times: number) => unknown;
  onBlob: (repository: string) => void;
  /** Manifests that cannot be read. */
  readonly hidden: Set<Digest>;
  put(repository: string, tags: readonly string[], manifest: object, parts?: Partial<ListedImage>): Digest;
  image(repository: string, tag: string | undefined, parts?: Partial<ListedImage>): Digest;
  index(repository: string, tag: string, children: readonly Digest[], parts?: Partial<ListedImage>): Digest;
  /** A chart with these texts in its files. */
  chart(repository: string, version: string, text?: string, parts?: Partial<ListedImage>): Promise<Digest>;
  /** The record of a chart. */
  record(repository: string, chart: Digest, images: readonly RecordedImage[], parts?: Partial<ListedImage>): Digest;
  run(parts?: Partial<PruneRun> & { readonly keep?: Partial<KeepRules> }): Promise<PruneResult>;
  /** The same with `--yes`. */
  remove(parts?: Partial<PruneRun> & { readonly keep?: Partial<KeepRules> }): Promise<PruneResult>;
  report(result: PruneResult): PruneReport;
  /** `repository:tag` or `repository@digest` of everything there is, sorted. */
  names(): readonly string[];
}

/** What a registry says when it refuses. */
export function refusal(code: MirrorError['code'], message: string): MirrorError {
  return new MirrorError(message, { code, origin: 'destination', hint: 'do something' });
}

function contentsOf(
  world: Pick<PruneWorld, 'repositories' | 'calls' | 'foreign' | 'hidden'>,
  hooks: PruneWorld,
): RegistryContents {
  const { repositories, calls, foreign, hidden } = world;
  let lists = 0;
  const held = (repository: string) => repositories.get(repository) ?? new Map<Digest, Held>();
  return {
    async repositories() {
      await hooks.onList(lists);
      lists += 1;
      calls.push('repositories');
      return [...repositories.keys()];
    },
    async isOurs(repository) {
      calls.push(`isOurs ${repository}`);
      return !foreign.has(repository);
    },
    async images(repository) {
      calls.push(`images ${repository}`);
      return [...held(repository).values()].map(({ bytes, ...listed }) => listed);
    },
    async manifests(repository, digests) {
      calls.push(`manifests ${repository} ${digests.length}`);
      return new Map(
        digests.flatMap((digest) => {
          const one = held(repository).get(digest);
          if (one === undefined || hidden.has(digest)) return [];
          return [[digest, { kind: 'found' as const, bytes: one.bytes, digest, mediaType: one.mediaType }]];
        }),
      );
    },
    async remove(repository, digests, signal) {
      signal.throwIfAborted();
      calls.push(`remove ${repository} ${digests.length}`);
      const failures = hooks.onRemove(repository, digests);
      const kept = new Set(failures.map(({ digest }) => digest));
      for (const digest of digests) if (!kept.has(digest)) held(repository).delete(digest);
      return failures;
    },
  };
}

function registryOf({ blobs }: Pick<PruneWorld, 'blobs'>, hooks: PruneWorld): Registry {
  const notAsked = (): never => {
    throw new Error('prune does not ask this');
  };
  return {
    ...{ head: notAsked, manifest: notAsked, tags: notAsked, referrers: notAsked },
    async blob(reference, digest) {
      hooks.onBlob(reference.repository);
      const bytes = blobs.get(`${reference.repository} ${digest}`);
      if (bytes === undefined) throw refusal('REGISTRY_ANSWER_INVALID', `it has no blob ${digest}`);
      return bytes;
    },
  };
}

/** Makes an empty world; its target is `registry.example/m`. */
export function createPruneWorld(): PruneWorld {
  const repositories: PruneWorld['repositories'] = new Map();
  const blobs: PruneWorld['blobs'] = new Map();
  const state = { repositories, blobs, calls: [] as string[], foreign: new Set<string>(), hidden: new Set<Digest>() };

  function piece(repository: string, mediaType: string, data: Uint8Array | string) {
    const bytes = Buffer.from(data);
    const digest = digestOf(bytes);
    blobs.set(`${repository} ${digest}`, bytes);
    return { mediaType, digest, size: bytes.length };
  }

  const world: PruneWorld = {
    ...state,
    onRemove: () => [],
    onList: () => undefined,
    onBlob: () => undefined,
    put(repository, tags, manifest, parts = {}) {
      const bytes = Buffer.from(JSON.stringify(manifest));
      const digest = digestOf(bytes);
      const mediaType = 'manifests' in manifest ? INDEX : MANIFEST;
      const parsed = parseManifest(bytes, mediaType);
      const said = 'artifactType' in manifest ? String(manifest.artifactType) : undefined;
      const artifactType = said ?? (parsed?.kind === 'image' ? parsed.config.mediaType : undefined);
      const own = repositories.get(repository) ?? new Map<Digest, Held>();
      const listed = {
        digest,
        tags,
        mediaType,
        artifactType,
        subject: subjectIn(bytes),
        pushedAt: OLD,
        isArchived: false,
      };
      repositories.set(repository, own.set(digest, { ...listed, bytes, ...parts }));
      return digest;
    },
    image(repository, tag, parts) {
      const config = piece(repository, 'application/vnd.oci.image.config.v1+json', `{"of":"${repository}:${tag}"}`);
      const layer = piece(repository, 'application/vnd.oci.image.layer.v1.tar+gzip', `layer of ${repository}:${tag}`);
      const tags = tag === undefined ? [] : [tag];
      return world.put(repository, tags, { schemaVersion: 2, mediaType: MANIFEST, config, layers: [layer] }, parts);
    },
    index(repository, tag, children, parts) {
      const manifests = children.map((digest) => ({ mediaType: MANIFEST, digest, size: 1 }));
      return world.put(repository, [tag], { schemaVersion: 2, mediaType: INDEX, manifests }, parts);
    },
    async chart(repository, version, text = '', parts) {
      const name = repository.slice(repository.lastIndexOf('/') + 1);
      const files = { 'Chart.yaml': chartYaml(name, version), 'values.yaml': `# ${text}\n` };
      const config = piece(repository, HELM, JSON.stringify({ name, version }));
      const layer = piece(repository, CHART_LAYER, await packChart(archive(files)));
      return world.put(repository, [version], { schemaVersion: 2, config, layers: [layer] }, parts);
    },
    record(repository, chart, images, parts) {
      const facts = { chart: 'web', chartVersion: '1.0.0', chartDigest: chart, images };
      const subject = { mediaType: MANIFEST, digest: chart, size: 1 };
      const artifact = recordArtifact(facts, subject);
      for (const blob of artifact.blobs) piece(repository, '', blob);
      const manifest: object = JSON.parse(Buffer.from(artifact.manifest).toString());
      if (digestOf(JSON.stringify(manifest)) !== artifact.digest) throw new Error(formatRecord(facts));
      return world.put(repository, [], manifest, parts);
    },
    run: ({ keep, ...parts } = {}) =>
      prune({
        ports: {
          contents: contentsOf(state, world),
          registry: registryOf(state, world),
          archives: { unpack: unpackChart },
        },
        scope: { host: 'registry.example', path: 'm', all: false },
        rules: rulesOf(keep),
        remove: false,
        now: NOW,
        signal: new AbortController().signal,
        say: () => undefined,
        ...parts,
      }),
    remove: (parts = {}) => world.run({ remove: true, ...parts }),
    report: (result) =>
      pruneReport(result, {
        target: 'registry.example/m',
        startedAt: NOW.toISOString(),
        finishedAt: NOW.toISOString(),
        keepCatalogs: [],
        rules: rulesOf(),
        all: false,
      }),
    names: () =>
      [...repositories]
        .flatMap(([name, own]) =>
          [...own.values()].map(({ tags, digest }) => `${name}${tags[0] ? `:${tags[0]}` : `@${digest}`}`),
        )
        .sort(),
  };
  return world;
}
