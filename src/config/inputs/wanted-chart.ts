import type { Addon, ChartSource, ValuesLayer } from '../../domain/addon.ts';
import { parseConstraint } from '../../domain/version/constraint.ts';
import { versionRequest } from '../catalog-entry.ts';
import { type Location, parseLocation, remoteSource, type SourceResult } from '../chart-location.ts';
import { isChartName, isNamespace, isReleaseName, releaseNameFrom } from '../names.ts';
import { shown } from '../problems.ts';
import type { Findings, Subject } from './findings.ts';

/** Where a chart is: a repository as it was written, or a directory or archive on this disk. */
export type WantedFrom =
  | { readonly kind: 'repository'; readonly text: string }
  | { readonly kind: 'local'; readonly path: string };

/** A release as an input describes it, not yet checked. Texts are as they were written. */
export interface WantedChart {
  readonly subject: Subject;
  readonly chart: string;
  readonly from: WantedFrom;
  readonly version: string | undefined;
  readonly release: string | undefined;
  readonly namespace: string | undefined;
  readonly kubeVersion?: string | undefined;
  readonly apiVersions?: readonly string[];
  readonly layers: readonly ValuesLayer[];
  /** Why a text still holds a template, by that text. */
  readonly openReason?: (text: string) => string | undefined;
}

function templateReason(wanted: WantedChart, what: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (text.includes('{{')) {
    const why = wanted.openReason?.(text);
    return `the ${what} ${shown(text)} is a template${why === undefined ? '' : ` (${why})`}`;
  }
  return text.includes('${') ? `the ${what} ${shown(text)} holds a variable that is filled in elsewhere` : undefined;
}

function versionReason(text: string | undefined): string | undefined {
  if (text === undefined || parseConstraint(text) !== undefined) return undefined;
  const digest = /^sha256:/.test(text) ? ' (a digest; write the version it stands for)' : '';
  return `${shown(text)} is no version and no range${digest}`;
}

function locationReason(location: Location): string | undefined {
  switch (location.kind) {
    case 'http':
    case 'oci':
      return undefined;
    case 'wrong':
      return location.complaint.what;
    case 'local':
    case 'bare':
      return `repository ${shown(location.path)} is no URL and no registry host`;
  }
}

function locationOf(wanted: WantedChart): Location | undefined {
  return wanted.from.kind === 'repository' ? parseLocation(wanted.from.text) : undefined;
}

function reasonsOf(wanted: WantedChart): readonly string[] {
  const { from, chart, version } = wanted;
  const repository = from.kind === 'repository' ? from.text : undefined;
  const templates = [
    templateReason(wanted, 'repository', repository),
    templateReason(wanted, 'chart', chart),
    templateReason(wanted, 'version', version),
  ].filter((reason) => reason !== undefined);
  if (templates.length > 0) return templates;
  const location = locationOf(wanted);
  const reasons = [
    isChartName(chart) ? undefined : `${shown(chart)} is no chart name`,
    location === undefined ? undefined : locationReason(location),
  ].filter((reason) => reason !== undefined);
  // a branch, say, is wrong only where nothing else is: it fits what is wrong before it
  const wrongVersion = from.kind === 'local' || reasons.length > 0 ? undefined : versionReason(version);
  return wrongVersion === undefined ? reasons : [wrongVersion];
}

function sourceOf(wanted: WantedChart): SourceResult {
  const { from, chart } = wanted;
  if (from.kind === 'local') {
    return {
      kind: 'source',
      source: { kind: 'local', path: from.path, chart } satisfies ChartSource,
      ociNamespace: '',
    };
  }
  const location = parseLocation(from.text);
  if (location.kind === 'http' || location.kind === 'oci') return remoteSource(location, '', chart);
  return { kind: 'wrong', complaint: { what: locationReason(location) ?? '', instead: '' } };
}

function releaseOf(findings: Findings, wanted: WantedChart, chart: string): string | undefined {
  const { release, subject } = wanted;
  const template = templateReason(wanted, 'release name', release);
  const own = releaseNameFrom(chart);
  if (release === undefined) return own;
  if (template === undefined && isReleaseName(release)) return release;
  const why = template ?? `${shown(release)} is no release name`;
  const name = template === undefined ? (releaseNameFrom(release) ?? own) : own;
  if (name !== undefined) findings.leaveOut(subject, undefined, `${why}, the release is called ${name} here`);
  return name;
}

function namespaceOf(findings: Findings, wanted: WantedChart): string | undefined {
  const { namespace, subject } = wanted;
  if (namespace === undefined || isNamespace(namespace)) return namespace;
  const why = templateReason(wanted, 'namespace', namespace) ?? `${shown(namespace)} is no namespace`;
  findings.leaveOut(subject, undefined, `${why}, it is left out`);
  return undefined;
}

const KUBE_VERSION = /^v?[0-9]+\.[0-9]+(?:\.[0-9]+)?(?:[-+][0-9A-Za-z.+-]+)?$/;
const API_VERSION = /^[A-Za-z0-9.-]+(?:\/[A-Za-z0-9.-]+){0,2}$/;

/** Puts a release among the addons, or among what cannot be mirrored, with every reason. */
export function addWanted(findings: Findings, wanted: WantedChart): void {
  const { subject } = wanted;
  const reasons = reasonsOf(wanted);
  const found = reasons.length > 0 ? undefined : sourceOf(wanted);
  if (found?.kind !== 'source') {
    findings.refuse(subject, reasons.length > 0 ? reasons.join(', ') : (found?.complaint.what ?? ''));
    return;
  }
  const release = releaseOf(findings, wanted, found.source.chart);
  if (release === undefined) {
    findings.refuse(subject, 'no release name can be made for it');
    return;
  }
  const isLocal = found.source.kind === 'local';
  const addon: Addon = {
    release,
    chart: found.source.chart,
    source: found.source,
    ociNamespace: found.ociNamespace,
    // a chart on disk has the version that it has
    version: versionRequest(isLocal ? undefined : wanted.version, false),
    namespace: namespaceOf(findings, wanted),
    layers: wanted.layers,
    profiles: [],
    kubeVersion: KUBE_VERSION.test(wanted.kubeVersion ?? '') ? wanted.kubeVersion : undefined,
    apiVersions: (wanted.apiVersions ?? []).filter((text) => API_VERSION.test(text)),
    platforms: [],
    images: [],
    excluded: [],
    places: [subject.place],
  };
  findings.addons.push(addon);
}
