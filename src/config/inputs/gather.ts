import type { Addon, Unmirrorable } from '../../domain/addon.ts';
import { selectAddons } from '../../domain/selection.ts';
import type { ValuesCatalog } from '../catalog-document.ts';
import { faultProblem } from '../load-catalog.ts';
import { mergeAddons } from '../merge-addons.ts';
import { flagProblem, orderProblems, type Problem, shown } from '../problems.ts';
import { Checkouts } from './checkouts.ts';
import { Findings } from './findings.ts';
import { type GatherRequest, STANDARD_INPUT } from './gather-request.ts';
import type { InputContext } from './input-context.ts';
import { readInputs } from './read-inputs.ts';

/** What the inputs ask for, as one catalog. */
export interface Gathered {
  readonly kind: 'gathered';
  readonly catalog: ValuesCatalog;
  /** What entries lack because it could not be read. */
  readonly unread: readonly Unmirrorable[];
  /** Releases that several inputs ask for in the same way, one line each. */
  readonly merged: readonly string[];
}

/** A catalog, or all that is wrong with the inputs. */
export type GatherResult = Gathered | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

function flagProblems(request: GatherRequest): readonly Problem[] {
  const problems: Problem[] = [];
  if (request.repositories !== undefined && request.helmLists.length === 0) {
    const complaint = {
      what: 'there is no list of releases to use it for',
      instead: 'add --helm-list, or leave it out',
    };
    problems.push(flagProblem('--repositories', complaint));
  }
  const inputs = [...request.lists, ...request.helmLists].filter((name) => name === STANDARD_INPUT);
  if (inputs.length > 1) {
    const complaint = { what: 'standard input is named more than once', instead: 'write one of the two to a file' };
    problems.push(flagProblem('command line', complaint));
  }
  if (request.values?.trim() === '') {
    problems.push(flagProblem('--values', { what: 'no file is named', instead: 'name a values file' }));
  }
  return problems;
}

function pathsOf(addon: Addon): readonly string[] {
  const local = addon.source.kind === 'local' ? [addon.source.path] : [];
  return [...local, ...addon.layers.flatMap(({ origin, name }) => (origin === 'values-file' ? [name] : []))];
}

// braces in a catalog are templates
function refuseUnwritable(findings: Findings): readonly Addon[] {
  return findings.addons.filter((addon) => {
    const path = pathsOf(addon).find((text) => /[{}\p{Cc}]/u.test(text));
    const [place] = addon.places;
    if (path === undefined || place === undefined) return true;
    findings.refuse({ label: addon.release, place }, `a catalog cannot name the path ${shown(path)}`);
    return false;
  });
}

/**
 * Reads all inputs and makes one catalog of them. Releases that are asked for several times in the same way are one; of
 * different ones of one chart and name the later get names of their own. What cannot be an entry and what could not be read
 * comes back beside it, and a catalog without addons where nothing was found. Problems are those of flags and of files that are written for us.
 */
export async function gatherInputs(request: GatherRequest): Promise<GatherResult> {
  const findings = new Findings();
  findings.problems.push(...flagProblems(request));
  const { files, cwd } = request;
  const context: InputContext = { files, cwd, checkouts: new Checkouts(), findings, manifestFiles: new Set() };
  await readInputs(request, context);
  const merged = mergeAddons('values', refuseUnwritable(findings));
  const problems = [...findings.problems, ...merged.problems];
  if (problems.length > 0) return { kind: 'problems', problems: orderProblems(problems) };
  const catalog = {
    mode: 'values',
    addons: merged.addons,
    unmirrorable: findings.unmirrorable,
    moved: [],
    notes: [...findings.notes, ...merged.notes],
  } as const;
  const { unread } = findings;
  // of nothing nothing can be selected, and the notes say why there is nothing
  if (merged.addons.length === 0 && findings.unmirrorable.length === 0)
    return { kind: 'gathered', catalog, unread, merged: merged.merged };
  const selection = selectAddons(catalog, { only: request.onlyAddon, exclude: request.excludeAddons });
  if (selection.kind === 'faults')
    return { kind: 'problems', problems: selection.faults.map((fault) => faultProblem(fault, 'values')) };
  const { addons, unmirrorable } = selection.catalog;
  return {
    kind: 'gathered',
    catalog: { ...catalog, addons, unmirrorable },
    unread,
    merged: merged.merged,
  };
}
