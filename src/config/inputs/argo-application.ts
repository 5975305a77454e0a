import { parseLocation } from '../chart-location.ts';
import { shown } from '../problems.ts';
import { type ArgoPlaces, argoLayers, otherTools } from './argo-values.ts';
import { chartAddress } from './chart-address.ts';
import { checkoutNote, pathIn } from './checkouts.ts';
import type { Subject } from './findings.ts';
import { chartIn, type InputContext } from './input-context.ts';
import { kustomizationIn } from './kustomization.ts';
import { itemsAt, mapAt, type Tree, type TreeMap, textAt, textsAt } from './tree.ts';
import { addWanted, type WantedChart } from './wanted-chart.ts';

/** An Application, or what an ApplicationSet makes. Its `metadata.name` is the release where a source names none. */
export interface ArgoApplication {
  readonly subject: Subject;
  readonly name: string | undefined;
  readonly spec: TreeMap;
  /** Why a text still holds a template. */
  readonly openReason?: (text: string) => string | undefined;
}

function sourcesOf(spec: TreeMap): readonly Tree[] {
  const several = itemsAt(spec, 'sources');
  if (several.length > 0) return several;
  const one = mapAt(spec, 'source') ?? mapAt(spec, 'sourceHydrator', 'drySource');
  return one === undefined ? [] : [one];
}

function isReferenceOnly(source: Tree): boolean {
  return (
    textAt(source, 'ref') !== undefined && textAt(source, 'chart') === undefined && textAt(source, 'path') === undefined
  );
}

function referencesOf(context: InputContext, sources: readonly Tree[]): ArgoPlaces['references'] {
  return new Map(
    sources.flatMap((source) => {
      const name = textAt(source, 'ref');
      const url = textAt(source, 'repoURL');
      return name === undefined || url === undefined
        ? []
        : [[name, { url, checkout: context.checkouts.find(url) }] as const];
    }),
  );
}

class ArgoReader {
  readonly context: InputContext;
  readonly app: ArgoApplication;
  readonly references: ArgoPlaces['references'];

  constructor(context: InputContext, app: ArgoApplication, references: ArgoPlaces['references']) {
    this.context = context;
    this.app = app;
    this.references = references;
  }

  #refuse(subject: Subject, reason: string): void {
    this.context.findings.refuse(subject, reason);
  }

  async #add(
    subject: Subject,
    source: Tree,
    chart: Pick<WantedChart, 'chart' | 'from' | 'version'>,
    own: ArgoPlaces['own'],
  ): Promise<void> {
    const { spec, name, openReason } = this.app;
    const helm = mapAt(source, 'helm');
    const layers = await argoLayers(this.context, subject, helm, { own, references: this.references });
    addWanted(this.context.findings, {
      ...chart,
      subject,
      release: textAt(helm, 'releaseName') ?? name,
      namespace: textAt(helm, 'namespace') ?? textAt(spec, 'destination', 'namespace'),
      kubeVersion: textAt(helm, 'kubeVersion'),
      apiVersions: textsAt(helm, 'apiVersions').map(({ text }) => text),
      layers,
      ...(openReason === undefined ? {} : { openReason }),
    });
  }

  async source(subject: Subject, source: Tree): Promise<void> {
    const repository = textAt(source, 'repoURL');
    const chart = textAt(source, 'chart');
    const revision = textAt(source, 'targetRevision');
    if (repository === undefined) return this.#refuse(subject, 'its source has no repoURL');
    if (chart !== undefined) {
      return this.#add(
        subject,
        source,
        { chart, from: { kind: 'repository', text: repository }, version: revision },
        undefined,
      );
    }
    if (repository.startsWith('oci://') && !repository.includes('{{')) {
      const address = chartAddress(repository);
      if (address === undefined) return this.#refuse(subject, `${shown(repository)} names no chart`);
      const from = { kind: 'repository', text: address.repository } as const;
      return this.#add(subject, source, { chart: address.chart, from, version: revision }, undefined);
    }
    return this.#git(subject, source, repository);
  }

  async #whatElse(source: Tree, directory: string): Promise<string> {
    const isKustomization = (await kustomizationIn(this.context, directory)) !== undefined;
    if (isKustomization) return ' (it is a kustomization: name it with --manifests, for its charts to be read)';
    const tool = otherTools(source);
    return tool === undefined ? '' : ` (it is for ${tool})`;
  }

  /** A directory in Git: a chart in a checkout is a chart on disk, everything else is told. */
  async #git(subject: Subject, source: Tree, repository: string): Promise<void> {
    const path = textAt(source, 'path') ?? '.';
    const open = [repository, path].find((text) => text.includes('{{'));
    if (open !== undefined) {
      const why = this.app.openReason?.(open);
      return this.#refuse(subject, `${shown(open)} is a template${why === undefined ? '' : ` (${why})`}`);
    }
    const checkout = this.context.checkouts.find(repository);
    const what = `${shown(path)} in the Git repository ${shown(repository)}`;
    const location = parseLocation(repository);
    if (checkout === undefined && textAt(source, 'path') === undefined && location.kind !== 'wrong') {
      return this.#refuse(subject, 'its source names neither a chart nor a path');
    }
    if (checkout === undefined) return this.#refuse(subject, `it is ${what}, name a checkout of it with --checkout`);
    const directory = pathIn(checkout, path);
    if (directory === undefined || (await this.context.files.kindOf(directory)) !== 'directory') {
      return this.#refuse(subject, `${shown(path)} is no directory in the checkout ${shown(checkout.shown)}`);
    }
    const chart = await chartIn(this.context, directory);
    const isRead = [...this.context.manifestFiles].some((file) => file.startsWith(`${directory}/`));
    if (chart === undefined && isRead) {
      return this.context.findings.note(
        `${subject.label} is of the manifests in ${path}, which are read here themselves`,
      );
    }
    if (chart === undefined) {
      return this.#refuse(subject, `${what} holds no chart${await this.#whatElse(source, directory)}`);
    }
    this.context.findings.note(checkoutNote(repository, checkout));
    await this.#add(
      subject,
      source,
      { chart, from: { kind: 'local', path: directory }, version: undefined },
      { checkout, path },
    );
  }
}

/**
 * Reads an Application: each of its sources that is a helm chart is a release. References (`ref`) are only places of values files.
 */
export async function readApplication(context: InputContext, app: ArgoApplication): Promise<void> {
  const sources = sourcesOf(app.spec);
  if (sources.length === 0) context.findings.refuse(app.subject, 'it has no source');
  const reader = new ArgoReader(context, app, referencesOf(context, sources));
  for (const source of sources) {
    if (isReferenceOnly(source)) continue;
    const place = { ...source.at, file: app.subject.place.file, key: app.subject.place.key };
    await reader.source({ label: app.subject.label, place: sources.length > 1 ? place : app.subject.place }, source);
  }
}
