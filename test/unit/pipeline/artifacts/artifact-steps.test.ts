import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/domain/manifest.ts';
import { type Digest, formatReference, type Reference } from '../../../../src/domain/reference.ts';
import type { ReportedArtifacts } from '../../../../src/domain/report/reported-artifacts.ts';
import { MirrorError } from '../../../../src/errors.ts';
import { artifactSteps } from '../../../../src/pipeline/artifacts/artifact-steps.ts';
import { areArtifactsDone, reportArtifacts } from '../../../../src/pipeline/artifacts/report-artifacts.ts';
import type { ImageItem, ImageState } from '../../../../src/pipeline/image-item.ts';
import { startRelease } from '../../../../src/pipeline/release-item.ts';
import type { Run } from '../../../../src/pipeline/run.ts';
import type { MirrorOptions, Ports } from '../../../../src/pipeline/run-settings.ts';
import type { FetchedManifest, ReferrerList, Registry, TagList } from '../../../../src/ports/registry.ts';
import { addonOf, chartOf, imageOf, portsOf, runOf } from '../runs.ts';

const TYPE = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

function manifestOf(...layers: readonly string[]): FetchedManifest {
  const descriptor = (text: string) => ({ mediaType: 'a/b', digest: digestOf(text), size: text.length });
  const value = { schemaVersion: 2, mediaType: TYPE, config: descriptor('{}'), layers: layers.map(descriptor) };
  const bytes = Buffer.from(JSON.stringify(value));
  return { kind: 'found', bytes, digest: digestOf(bytes), mediaType: TYPE };
}

function stem(digest: Digest): string {
  return digest.replace(':', '-');
}

/** Two registries in memory, which tell what they were asked. */
class Registries {
  readonly asked: string[] = [];
  readonly manifests = new Map<string, FetchedManifest>();
  readonly referring = new Map<string, readonly Digest[]>();
  /** Those that list referrers. */
  readonly listing = new Set<string>();
  tagAnswer: ((repository: string) => TagList) | undefined;
  readonly failing = new Set<string>();
  /** Repositories of which lists say that they are not there. */
  readonly unlisted = new Set<string>();

  put(name: string, manifest: FetchedManifest): Digest {
    this.manifests.set(name, manifest);
    const repository = name.replace(/[:@][^/]*$/, '');
    this.manifests.set(`${repository}@${manifest.digest}`, manifest);
    return manifest.digest;
  }

  #found(reference: Reference): FetchedManifest | { readonly kind: 'absent' } {
    const text = formatReference(reference.digest === undefined ? reference : { ...reference, tag: undefined });
    if (this.failing.has(text)) throw new MirrorError(`${text} fails`, { code: 'RATE_LIMITED', origin: 'source' });
    return this.manifests.get(text) ?? { kind: 'absent' };
  }

  #tags(place: string): TagList {
    const tags = [...this.manifests.keys()].flatMap((name) =>
      name.startsWith(`${place}:`) ? [name.slice(place.length + 1)] : [],
    );
    return { kind: 'found', tags };
  }

  registry(): Registry {
    return {
      head: async (reference, side) => {
        this.asked.push(`HEAD ${side} ${formatReference(reference)}`);
        const found = this.#found(reference);
        return found.kind === 'absent' ? found : { ...found, size: found.bytes.length };
      },
      manifest: async (reference, side) => {
        this.asked.push(`GET ${side} ${formatReference(reference)}`);
        return this.#found(reference);
      },
      tags: async (registry, repository) => {
        this.asked.push(`TAGS ${registry}/${repository}`);
        return this.tagAnswer?.(repository) ?? this.#tags(`${registry}/${repository}`);
      },
      referrers: async (reference, _type, side): Promise<ReferrerList> => {
        const text = formatReference(reference);
        this.asked.push(`REFERRERS ${side} ${text}`);
        if (this.unlisted.has(reference.repository)) return { kind: 'unsupported', isOfRepository: true };
        if (!this.listing.has(reference.registry)) return { kind: 'unsupported' };
        return { kind: 'found', digests: this.referring.get(text) ?? [] };
      },
      blob: () => Promise.reject(new Error('no blob is read')),
    };
  }

  ports(): Ports {
    return {
      ...portsOf({}),
      registry: this.registry(),
      copier: {
        copy: async ({ source, destination }) => {
          const text = formatReference({ ...source, tag: undefined });
          const found = this.manifests.get(text);
          if (found === undefined || this.failing.has(`copy ${text}`))
            throw new MirrorError(`copying ${text} failed`, { code: 'IMAGE_COPY_FAILED', origin: 'destination' });
          this.asked.push(`COPY ${formatReference(destination)}`);
          this.put(formatReference(destination), found);
        },
      },
      artifacts: {
        push: async (destination, { manifest, digest, mediaType }) => {
          this.asked.push(`PUSH ${formatReference(destination)}`);
          this.put(formatReference(destination), { kind: 'found', bytes: manifest, digest, mediaType });
          return { kind: 'pushed' };
        },
      },
    };
  }
}

interface Stage {
  readonly run: Run;
  readonly world: Registries;
  readonly app: Digest;
  image(repository: string, tag?: string, state?: Partial<ImageState>): ImageItem;
}

function stage(options: Partial<MirrorOptions> = {}, signal?: AbortSignal): Stage {
  const world = new Registries();
  const run = runOf([addonOf('web')], options, world.ports(), signal);
  const chart = chartOf([startRelease(addonOf('web'))]);
  const app = manifestOf('app');
  const image: Stage['image'] = (repository, tag = '1', state = {}) => {
    const item = imageOf(repository, chart);
    const source = { ...item.source, tag };
    const digest = world.put(formatReference(source), app);
    const cleared = { kind: 'cleared', decision: { kind: 'copy', replaces: undefined }, digest, bytes: 1 } as const;
    const made = { ...item, source, destination: { ...item.destination, tag }, state: { ...cleared, ...state } };
    // a checked boundary: the parts that a test gives belong to the state that it names
    const whole = made as ImageItem;
    run.images = [...run.images, whole];
    return whole;
  };
  return { run, world, app: app.digest, image };
}

async function carryOut(
  { run }: Stage,
  copied = true,
): Promise<{ readonly report: ReportedArtifacts; readonly errors: readonly string[] }> {
  const { look, copy } = artifactSteps(run);
  const errors: string[] = [];
  for (const step of [...look, ...copy]) {
    for (const item of step.items()) {
      await item
        .work({ update: () => undefined, moved: () => undefined })
        .catch((error: Error) => errors.push(error.message));
    }
    if (!copied) continue;
    for (const image of run.images)
      if (image.state.kind === 'cleared')
        image.state = { kind: 'copied', digest: image.state.digest, bytes: 1, moved: 1 };
  }
  return { report: reportArtifacts(run), errors };
}

describe('artifacts of images', () => {
  it('are asked for once in each repository, and of each digest once where the registry knows the API', async () => {
    const made = stage();
    for (const tag of ['1', '2']) made.image('team/app', tag);
    made.image('team/other');
    made.world.put(`quay.io/team/app:${stem(made.app)}.sig`, manifestOf('signed'));
    const { report } = await carryOut(made);
    const { asked } = made.world;
    expect(asked.filter((line) => line.startsWith('TAGS')).sort()).toEqual([
      ...['TAGS quay.io/team/app', 'TAGS quay.io/team/other'],
    ]);
    // the first answer tells that there is no such API
    expect(asked.filter((line) => line.startsWith('REFERRERS'))).toHaveLength(1);
    expect(asked.filter((line) => line.startsWith('COPY'))).toEqual([
      `COPY registry.example.com/m/team/app:${stem(made.app)}.sig`,
    ]);
    expect(report.totals).toEqual({ copied: 1 });
    const { tags, referrers, heads, manifests } = report.requests;
    // images to copy come from memory, and the copy takes its manifest from memory, too
    expect([tags, referrers, heads, manifests]).toEqual([2, 1, 2, 1]);
  });

  it('are asked for by their usual tags where a registry lists none of a repository that it has', async () => {
    const made = stage();
    made.image('team/app');
    made.world.tagAnswer = () => ({ kind: 'absent' });
    made.world.put(`quay.io/team/app:${stem(made.app)}.sig`, manifestOf('signed'));
    const { report } = await carryOut(made);
    expect(report.totals).toEqual({ copied: 1 });
  });

  it('are found by the API although it does not know one repository', async () => {
    const made = stage();
    made.image('a');
    const image = made.image('b');
    made.world.listing.add('quay.io');
    made.world.unlisted.add('a');
    const child = manifestOf('bill of materials');
    made.world.put(`quay.io/b@${child.digest}`, child);
    made.world.referring.set(formatReference({ ...image.source, tag: undefined, digest: made.app }), [child.digest]);
    const { report } = await carryOut(made);
    // the second is the list, which the target does not make by itself
    expect(report.totals).toEqual({ copied: 2 });
    expect(made.world.asked.some((line) => line.startsWith('COPY') && line.endsWith(child.digest))).toBe(true);
  });

  it('are not looked for where nobody wants them, or nobody knows what the target has', async () => {
    const none = stage({ artifacts: 'none' });
    none.image('team/app');
    expect(artifactSteps(none.run)).toEqual({ look: [], copy: [] });
    const made = stage();
    made.image('a', '1', { decision: { kind: 'present', verified: false } } as Partial<ImageState>);
    made.image('b', '1', { decision: { kind: 'kept', digest: made.app } } as Partial<ImageState>);
    await carryOut(made, false);
    expect(made.world.asked).toEqual([]);
  });

  it('of an image that the target has are found by the index that it has', async () => {
    const made = stage();
    const child = manifestOf('child');
    const bytes = Buffer.from(
      JSON.stringify({ schemaVersion: 2, manifests: [{ mediaType: TYPE, digest: child.digest, size: 1 }] }),
    );
    const index: FetchedManifest = { kind: 'found', bytes, digest: digestOf(bytes), mediaType: INDEX };
    const image = made.image('team/app', '1', {
      decision: { kind: 'present', verified: true },
      digest: index.digest,
    } as Partial<ImageState>);
    made.world.put(formatReference(image.destination), index);
    made.world.put(`quay.io/team/app:${stem(child.digest)}.sig`, manifestOf('signed'));
    const { report } = await carryOut(made);
    expect(report.totals).toEqual({ copied: 1 });
    const read = made.world.asked.filter((line) => line.startsWith('GET'));
    expect(read[0]).toBe(`GET destination registry.example.com/m/team/app@${index.digest}`);
    expect(read.slice(1)).toEqual([`GET source quay.io/team/app:${stem(child.digest)}.sig`]);
  });

  it('lead on to what belongs to them, also in a circle', async () => {
    const made = stage();
    made.image('team/app');
    const [sbom, signature] = [manifestOf('sbom'), manifestOf('signature')];
    made.world.put(`quay.io/team/app:${stem(made.app)}.sbom`, sbom);
    made.world.put(`quay.io/team/app:${stem(sbom.digest)}.sig`, signature);
    made.world.put(`quay.io/team/app:${stem(signature.digest)}.sig`, sbom);
    const { report, errors } = await carryOut(made);
    expect(errors).toEqual([]);
    expect(report.totals).toEqual({ copied: 3 });
  });

  it('that do not arrive hold back what belongs to them, and nothing else', async () => {
    const made = stage();
    const image = made.image('team/app');
    const [sbom, signature] = [manifestOf('sbom'), manifestOf('signature')];
    made.world.put(`quay.io/team/app:${stem(made.app)}.sbom`, sbom);
    made.world.put(`quay.io/team/app:${stem(made.app)}.sig`, signature);
    made.world.put(`quay.io/team/app:${stem(sbom.digest)}.sig`, manifestOf('third'));
    made.world.failing.add(`copy quay.io/team/app@${sbom.digest}`);
    const { report, errors } = await carryOut(made);
    expect(errors).toHaveLength(1);
    expect(report.totals).toEqual({ failed: 1, unfinished: 1, copied: 1 });
    expect(image.failure).toBeUndefined();
    expect(areArtifactsDone(report, made.run)).toBe(false);
  });

  it('that a list names by itself are images of the run', async () => {
    const made = stage();
    made.image('team/app');
    made.image('team/app', `${stem(made.app)}.sig`);
    const { report } = await carryOut(made);
    expect(report.rows).toEqual([]);
  });

  it('are found in a list that the source keeps; the target gets it as it is', async () => {
    const made = stage();
    made.image('team/app');
    const bundle = manifestOf('bundle');
    made.world.put(`quay.io/team/app@${bundle.digest}`, bundle);
    const bytes = Buffer.from(
      JSON.stringify({ schemaVersion: 2, manifests: [{ mediaType: TYPE, digest: bundle.digest, size: 1 }] }),
    );
    made.world.put(`quay.io/team/app:${stem(made.app)}`, {
      kind: 'found',
      bytes,
      digest: digestOf(bytes),
      mediaType: INDEX,
    });
    const { report } = await carryOut(made);
    expect(report.totals).toEqual({ copied: 2 });
    const at = `registry.example.com/m/team/app:${stem(made.app)}`;
    expect(made.world.manifests.get(at)?.digest).toBe(digestOf(bytes));
    const order = made.world.asked.filter((line) => /^(?:COPY|PUSH)/.test(line));
    expect(order).toEqual([`COPY registry.example.com/m/team/app@${bundle.digest}`, `PUSH ${at}`]);
  });

  it('that a registry refuses to list are told of, and count with strict only', async () => {
    const made = stage();
    for (const repository of ['a', 'b']) made.image(repository);
    made.world.tagAnswer = () => ({ kind: 'denied', detail: 'answer 403' });
    const { report, errors } = await carryOut(made);
    expect(errors).toEqual([]);
    expect(report.notLookedFor.map(({ repository, what, images }) => [repository, what, images])).toEqual([
      ...[['a', 'tags', 1] as const, ['b', 'tags', 1] as const],
    ]);
    expect(areArtifactsDone(report, made.run)).toBe(true);
    const strict = { ...made.run, options: { ...made.run.options, strict: true } };
    expect(areArtifactsDone(report, strict)).toBe(false);
  });

  it('of a source that breaks off make the run not all done', async () => {
    const made = stage();
    made.image('a');
    made.world.tagAnswer = () => {
      throw new MirrorError('quay.io is silent', { code: 'REGISTRY_UNREACHABLE', origin: 'source' });
    };
    const { report, errors } = await carryOut(made);
    expect(errors).toEqual(['quay.io is silent']);
    expect(report.notLookedFor).toMatchObject([{ error: { code: 'REGISTRY_UNREACHABLE' } }]);
    expect(areArtifactsDone(report, made.run)).toBe(false);
  });

  it('are unfinished where their image did not arrive, and to copy in a scan', async () => {
    const made = stage();
    made.image('team/app');
    made.world.put(`quay.io/team/app:${stem(made.app)}.sig`, manifestOf('signed'));
    const { report } = await carryOut(made, false);
    expect(report.totals).toEqual({ unfinished: 1 });
    const scan = stage({ scanOnly: true });
    scan.image('team/app');
    scan.world.put(`quay.io/team/app:${stem(scan.app)}.sig`, manifestOf('signed'));
    const scanned = await carryOut(scan, false);
    expect(scanned.report.totals).toEqual({ 'to-copy': 1 });
    expect(scan.world.asked.filter((line) => /^GET|destination/.test(line))).toEqual([]);
  });

  it('end with an interrupt', async () => {
    const controller = new AbortController();
    const made = stage({}, controller.signal);
    made.image('a');
    made.world.tagAnswer = () => {
      controller.abort();
      throw new Error('cut');
    };
    const { report, errors } = await carryOut(made, false);
    expect(errors).toHaveLength(1);
    expect(report.notLookedFor).toEqual([]);
  });
});
