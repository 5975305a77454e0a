import type { Place, ValuesLayer } from '../../domain/addon.ts';
import { listed, shown } from '../problems.ts';
import type { Checkout } from './checkouts.ts';
import { pathIn } from './checkouts.ts';
import { closedTree } from './fill-tree.ts';
import type { Subject } from './findings.ts';
import { fileLayer, type InputContext, inlineLayer, treesOf, valuesTree } from './input-context.ts';
import { isTrue, itemsAt, mapAt, type Tree, type TreeMap, textAt, textsAt, valueAt } from './tree.ts';
import { mergedMaps, setSteps, setValue, textScalar, withValueAt } from './tree-merge.ts';

/** Where a source's files are: its own directory if it is in Git, and what its `$name` stand for. */
export interface ArgoPlaces {
  /** The checkout and the path of the source in it; undefined for a published chart. */
  readonly own: { readonly checkout: Checkout; readonly path: string } | undefined;
  /** The repositories behind `$name`, and their checkouts where they were given. */
  readonly references: ReadonlyMap<string, { readonly url: string; readonly checkout: Checkout | undefined }>;
}

type Located = { readonly kind: 'path'; readonly path: string } | { readonly kind: 'nowhere'; readonly reason: string };

function nowhere(reason: string): Located {
  return { kind: 'nowhere', reason };
}

/** Where a file is that a source names: `$name/path`, a URL, or a path from the source's own directory. */
function locate(places: ArgoPlaces, written: string): Located {
  if (written.includes('{{')) return nowhere('its name is a template');
  if (/[*?[]/.test(written)) return nowhere('its name is a pattern');
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(written)) return nowhere('it is at a URL');
  const named = /^\$([^/]+)\/(.+)$/.exec(written);
  if (named !== null) {
    const [, name = '', path = ''] = named;
    const reference = places.references.get(name);
    if (reference === undefined) return nowhere(`no source is called $${name}`);
    if (reference.checkout === undefined)
      return nowhere(`it is in ${shown(reference.url)}, name a checkout of it with --checkout`);
    const found = pathIn(reference.checkout, path);
    return found === undefined ? nowhere('it is outside of its repository') : { kind: 'path', path: found };
  }
  if (places.own === undefined) return nowhere('it is in the chart');
  const { checkout, path } = places.own;
  const found = written.startsWith('/') ? pathIn(checkout, written) : pathIn(checkout, path, written);
  return found === undefined ? nowhere('it is outside of its repository') : { kind: 'path', path: found };
}

class ArgoValues {
  readonly context: InputContext;
  readonly subject: Subject;
  readonly places: ArgoPlaces;

  constructor(context: InputContext, subject: Subject, places: ArgoPlaces) {
    this.context = context;
    this.subject = subject;
    this.places = places;
  }

  leaveOut(at: Place | undefined, reason: string): void {
    this.context.findings.leaveOut(this.subject, at, reason);
  }

  async files(helm: TreeMap): Promise<readonly ValuesLayer[]> {
    const layers: ValuesLayer[] = [];
    for (const { text, at } of textsAt(helm, 'valueFiles')) {
      const found = locate(this.places, text);
      if (found.kind === 'nowhere') {
        this.leaveOut(at, `the values file ${shown(text)} is not read: ${found.reason}`);
        continue;
      }
      const isMissing = (await this.context.files.kindOf(found.path)) === 'absent';
      if (isMissing && isTrue(helm, 'ignoreMissingValueFiles')) continue;
      const layer = await fileLayer(this.context, this.subject, at, found.path);
      if (layer !== undefined) layers.push(layer);
    }
    return layers;
  }

  /** What `valuesObject`, or else `values`, says. */
  inline(helm: TreeMap): TreeMap | undefined {
    const object = mapAt(helm, 'valuesObject');
    if (object !== undefined && object.fields.size > 0) return this.closed(object);
    const text = valueAt(helm, 'values');
    if (text?.kind === 'map') return this.closed(text);
    if (text?.kind !== 'scalar' || typeof text.value !== 'string') return undefined;
    const read = valuesTree(text.value, text.at);
    if (read.kind === 'wrong') {
      const why = text.open ?? read.reason;
      this.leaveOut(text.at, `the values are not read: ${why}`);
      return undefined;
    }
    if (text.open === undefined || read.tree === undefined) return read.tree;
    return this.closed(marked(read.tree, text.open), text.at);
  }

  // within a text, places are those of the text
  closed(tree: TreeMap, place?: Place): TreeMap {
    const { tree: closed, left } = closedTree(tree);
    for (const { key, at, reason } of left) this.leaveOut(place ?? at, `the value ${key} is left out: ${reason}`);
    return closed;
  }

  parameter(under: TreeMap | undefined, parameter: Tree): TreeMap | undefined {
    const name = textAt(parameter, 'name');
    const value = valueAt(parameter, 'value');
    const steps = name === undefined ? undefined : setSteps(name);
    const text = value?.kind === 'scalar' ? (typeof value.value === 'string' ? value.value : value.written) : '';
    const open = value?.kind === 'scalar' ? value.open : undefined;
    if (steps === undefined || open !== undefined || name?.includes('{{') === true) {
      this.leaveOut(
        parameter.at,
        `the parameter ${shown(name ?? '')} is left out: ${open ?? 'its name is not understood'}`,
      );
      return under;
    }
    return withValueAt(under, steps, setValue(parameter.at, text, isTrue(parameter, 'forceString')));
  }

  async fileParameter(under: TreeMap | undefined, parameter: Tree): Promise<TreeMap | undefined> {
    const name = textAt(parameter, 'name') ?? '';
    const path = textAt(parameter, 'path') ?? '';
    const steps = setSteps(name);
    const found = steps === undefined ? nowhere('its name is not understood') : locate(this.places, path);
    const isFile = found.kind === 'path' && (await this.context.files.kindOf(found.path)) === 'file';
    if (steps === undefined || found.kind === 'nowhere' || !isFile) {
      const why = found.kind === 'nowhere' ? found.reason : `${shown(path)} is not there`;
      this.leaveOut(parameter.at, `the file parameter ${shown(name)} is not read: ${why}`);
      return under;
    }
    const text = await this.context.files.readText(found.path);
    return withValueAt(under, steps, textScalar(parameter.at, text));
  }
}

// In a text that is values only some templates are open, and which cannot be told any more: all that look like it go.
function marked(tree: TreeMap, open: string): TreeMap {
  const mark = (part: Tree): Tree => {
    if (part.kind === 'scalar')
      return typeof part.value === 'string' && part.value.includes('{{') ? { ...part, open } : part;
    if (part.kind === 'list') return { ...part, items: part.items.map(mark) };
    return {
      ...part,
      fields: new Map([...part.fields].map(([key, field]) => [key, { ...field, value: mark(field.value) }])),
    };
  };
  const result = mark(tree);
  return result.kind === 'map' ? result : tree;
}

/**
 * The values of an Argo CD source, in Argo CD's order: value files, then `valuesObject` or `values`, then parameters and file
 * parameters. What cannot be read is told as left out.
 */
export async function argoLayers(
  context: InputContext,
  subject: Subject,
  helm: TreeMap | undefined,
  places: ArgoPlaces,
): Promise<readonly ValuesLayer[]> {
  if (helm === undefined) return [];
  const reader = new ArgoValues(context, subject, places);
  const parameters = itemsAt(helm, 'parameters');
  const isIndexed = parameters.some((parameter) => (textAt(parameter, 'name') ?? '').includes('['));
  const listed = await reader.files(helm);
  // an index counts in the lists of the files, too
  const files = isIndexed ? [] : listed;
  let values = reader.inline(helm);
  if (isIndexed) values = mergedMaps([...treesOf(listed), ...(values === undefined ? [] : [values])]);
  for (const parameter of parameters) values = reader.parameter(values, parameter);
  for (const parameter of itemsAt(helm, 'fileParameters')) values = await reader.fileParameter(values, parameter);
  return [...files, ...inlineLayer(subject, values)];
}

/** The keys of a source that say it is no helm chart. */
export function otherTools(source: Tree): string | undefined {
  const names = ['kustomize', 'directory', 'plugin'].filter((name) => mapAt(source, name) !== undefined);
  return names.length === 0 ? undefined : listed(names);
}
