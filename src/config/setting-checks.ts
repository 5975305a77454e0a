import type { SourceMirror } from '../domain/network.ts';
import { canonicalRegistry, isRegistryHost, isRepositoryName, looksLikeRegistry } from '../domain/reference.ts';
import { type Complaint, listed, shown } from './problems.ts';

/** What is wrong with a setting's value; undefined when nothing is. */
export type Check = (text: string) => Complaint | undefined;

function hostAndPath(text: string): { readonly host: string; readonly path: string } {
  const slash = text.indexOf('/');
  return slash < 0 ? { host: text, path: '' } : { host: text.slice(0, slash), path: text.slice(slash + 1) };
}

/** A target must be told from an image's path in every reference that will be written, so a bare word is none. */
export function checkTargetRegistry(text: string): Complaint | undefined {
  const what = `the target registry cannot be ${shown(text)}`;
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0];
  if (text.includes('@')) return { what, instead: 'write it without user and password and log in with docker login' };
  if (scheme !== undefined) return { what, instead: `leave ${scheme} out` };
  const { host, path } = hostAndPath(text);
  if (!isRegistryHost(host))
    return { what, instead: 'write a host like "registry.example.org:5000", with a path if need be' };
  if (!looksLikeRegistry(host))
    return { what, instead: `add a domain or a port, for example ${shown(`${host}:5000`)}` };
  if (text.includes('/') && !isRepositoryName(path)) {
    return { what, instead: 'write a path of lower case components without a slash at its end' };
  }
  return undefined;
}

/** A path of registry components, or nothing. */
export function checkTargetPrefix(text: string): Complaint | undefined {
  if (text === '' || isRepositoryName(text)) return undefined;
  const what = `the target prefix cannot be ${shown(text)}`;
  return { what, instead: 'write lower case path components like "mirror/prod", without a slash at the ends' };
}

/** A Kubernetes version as helm's --kube-version takes it. */
export function checkKubeVersion(text: string): Complaint | undefined {
  if (/^v?[0-9]+\.[0-9]+(?:\.[0-9]+)?(?:[-+][0-9A-Za-z.+-]+)?$/.test(text)) return undefined;
  return { what: `the Kubernetes version cannot be ${shown(text)}`, instead: 'write it like "1.33.0"' };
}

/** Something that makes another version of a version: build metadata or a prerelease. */
export function checkVersionSuffix(text: string): Complaint | undefined {
  if (/^[+-][0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*$/.test(text)) return undefined;
  return { what: `the version suffix cannot be ${shown(text)}`, instead: 'write it like "+mirror.2"' };
}

/** One of a few words. */
export function checkOneOf(name: string, words: readonly string[]): Check {
  return (text) =>
    words.includes(text)
      ? undefined
      : { what: `${name} cannot be ${shown(text)}`, instead: `write ${listed(words, 'or')}` };
}

/** A whole number between 1 and 64. */
export function checkConcurrency(text: string): Complaint | undefined {
  if (/^[0-9]{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= 64) return undefined;
  return { what: `the concurrency cannot be ${shown(text)}`, instead: 'write a whole number from 1 to 64' };
}

/** The number of an AWS account. */
export function checkEcrAccount(text: string): Complaint | undefined {
  if (/^[0-9]{12}$/.test(text)) return undefined;
  return { what: `the AWS account cannot be ${shown(text)}`, instead: 'write its twelve digits, like "123456789012"' };
}

/** An AWS region of any partition: `us-east-1`, `us-gov-west-1`, `eusc-de-east-1`. */
export function checkEcrRegion(text: string): Complaint | undefined {
  if (/^[a-z]{2,5}(?:-[a-z]+)+-[0-9]{1,2}$/.test(text)) return undefined;
  return { what: `the AWS region cannot be ${shown(text)}`, instead: 'write it like "eu-central-1"' };
}

/** The name of a profile in the AWS configuration files, where it stands in brackets on one line. */
export function checkProfile(text: string): Complaint | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (text.trim() !== '' && !/[\u0000-\u001f\u007f[\]]/.test(text)) return undefined;
  return { what: `the AWS profile cannot be ${shown(text)}`, instead: 'write a name that stands in ~/.aws/config' };
}

/** The name of a Secret: a DNS subdomain (RFC 1123, as Kubernetes takes it). */
export function checkSecretName(text: string): Complaint | undefined {
  const labels = text.split('.');
  const isName = text.length <= 253 && labels.every((label) => /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(label));
  if (isName) return undefined;
  return { what: `a secret cannot be called ${shown(text)}`, instead: 'write lower case letters, digits, "-" and "."' };
}

/** A key of `registries`. */
export function checkRegistryHost(text: string): Complaint | undefined {
  if (isRegistryHost(text)) return undefined;
  const instead =
    'write a host with its port if it has one, such as "registry.example.org:5000", without scheme and path';
  return { what: `${shown(text)} is no registry host`, instead };
}

function mirrorEnd(text: string, isTarget: boolean): string | undefined {
  const trimmed = text.replace(/\/+$/, '');
  const scheme = /^(https?|oci):\/\//i.exec(trimmed)?.[0].toLowerCase();
  const rest = scheme === undefined ? trimmed : trimmed.slice(scheme.length);
  const { host, path } = hostAndPath(rest);
  if (!isRegistryHost(host) || /[\s?#@\\{}]/.test(rest)) return undefined;
  const isUrl = scheme !== undefined && scheme !== 'oci://';
  const canonical = isUrl || isTarget ? host.toLowerCase() : canonicalRegistry(host);
  const joined = path === '' ? canonical : `${canonical}/${path}`;
  return isUrl ? `${scheme}${joined}` : joined;
}

/** A source mirror in the spelling of `SourceMirror`, or what is wrong with it. */
export function parseMirror(from: string, to: string): SourceMirror | Complaint {
  const source = mirrorEnd(from, false);
  const target = mirrorEnd(to, true);
  if (source === undefined) {
    const instead = 'write a registry host, a host with a path, or the URL of a chart repository';
    return { what: `a source mirror cannot be for ${shown(from)}`, instead };
  }
  if (target === undefined) {
    const instead = 'write a host or an http:// or https:// URL, with a path if need be and without a password';
    return { what: `a source mirror cannot be at ${shown(to)}`, instead };
  }
  return { from: source, to: target };
}

/** A value of --source-mirror: `FROM=TO`. */
export function parseMirrorFlag(text: string): SourceMirror | Complaint {
  const equals = text.indexOf('=');
  if (equals > 0) return parseMirror(text.slice(0, equals), text.slice(equals + 1));
  return {
    what: `${shown(text)} is no source mirror`,
    instead: 'write FROM=TO, for example docker.io=cache.example.org/hub',
  };
}
