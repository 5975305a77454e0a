// This file shares nothing with the finder, on purpose: it reads the output as plain text with rules of its own, so
// that what the finder cannot see cannot be proven by it.

/** A suspicious word in the output. `explained` says why it is harmless; undefined means it is not known to be. */
export interface SweepHit {
  readonly template: string;
  readonly line: number;
  readonly text: string;
  readonly explained: 'comment' | 'address of a web page' | 'documentation of a custom resource' | undefined;
}

/** What to look for. `target` is the registry with its path, whose references are removed before looking. */
export interface SweepQuery {
  readonly target: string;
  readonly sourceTexts: readonly string[];
  readonly sourceHosts: readonly string[];
}

const HOSTS = [
  'docker.io',
  'quay.io',
  'ghcr.io',
  'gcr.io',
  'registry.k8s.io',
  'public.ecr.aws',
  'nvcr.io',
  'mcr.microsoft.com',
  'registry.gitlab.com',
  'docker.elastic.co',
  'registry.redhat.io',
  'registry.access.redhat.com',
  'registry.suse.com',
  'xpkg.upbound.io',
  'xpkg.crossplane.io',
  'cgr.dev',
  'lscr.io',
  'icr.io',
  '[a-z0-9-]+\\.azurecr.io',
  '[a-z0-9-]+-docker\\.pkg.dev',
  '[0-9]{12}\\.dkr\\.ecr[a-z0-9.-]*\\.amazonaws\\.com(?:\\.cn)?',
];

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function hostPattern(hosts: readonly string[]): RegExp {
  const known = HOSTS.map((host) => (host.includes('\\') ? host : escaped(host)));
  const all = [...known, ...hosts.map(escaped)].join('|');
  return new RegExp(
    `(?<![A-Za-z0-9-])(?:[a-z0-9-]+\\.)*(?:${all})(?![A-Za-z0-9-]|\\.[A-Za-z0-9])[^\\s"'\`,;)\\]}<>]*`,
    'g',
  );
}

function textPattern(texts: readonly string[]): RegExp | undefined {
  const telling = [...new Set(texts)].filter((text) => /[:@/]/.test(text)).sort((a, b) => b.length - a.length);
  if (telling.length === 0) return undefined;
  return new RegExp(
    `(?<![A-Za-z0-9._/@-])(?:${telling.map(escaped).join('|')})(?![A-Za-z0-9_-]|[.:@/][A-Za-z0-9])`,
    'g',
  );
}

function explain(line: string, index: number, crd: boolean): SweepHit['explained'] {
  if (/^\s*(?:- )?#/.test(line)) return 'comment';
  if (/https?:\/\/[^\s"'/]*$/.test(line.slice(0, index))) return 'address of a web page';
  return crd && !/^\s*(?:default|image|value):/.test(line) ? 'documentation of a custom resource' : undefined;
}

interface Patterns {
  readonly own: RegExp;
  readonly hosts: RegExp;
  readonly texts: RegExp | undefined;
}

function wordsIn(line: string, patterns: Patterns): readonly RegExpExecArray[] {
  const cleaned = line.replace(patterns.own, (match) => ' '.repeat(match.length));
  const hosts = [...cleaned.matchAll(patterns.hosts)];
  const texts = patterns.texts === undefined ? [] : [...cleaned.matchAll(patterns.texts)];
  const covered = (at: number): boolean => hosts.some((hit) => hit.index <= at && at < hit.index + hit[0].length);
  return [...hosts, ...texts.filter((hit) => !covered(hit.index))];
}

function decoded(line: string): readonly string[] {
  return [...line.matchAll(/(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{12,}={0,2}/g)].flatMap((match) => {
    const text = Buffer.from(match[0], 'base64').toString('utf8');
    return text.includes('\ufffd') ? [] : [text];
  });
}

function sweepLine(line: string, crd: boolean, patterns: Patterns): readonly Pick<SweepHit, 'text' | 'explained'>[] {
  const plain = wordsIn(line, patterns).map((hit) => ({ text: hit[0], explained: explain(line, hit.index, crd) }));
  const hidden = decoded(line).flatMap((text) =>
    text.split('\n').flatMap((inner) =>
      wordsIn(inner, patterns).map((hit) => ({
        text: `${hit[0]} (in base64)`,
        explained: explain(inner, hit.index, false),
      })),
    ),
  );
  return [...plain, ...hidden];
}

/** Reads rendered output as text, base64 decoded, for source references and hosts of registries. Lines count from 1. */
export function sweep(output: string, query: SweepQuery): readonly SweepHit[] {
  const patterns: Patterns = {
    own: new RegExp(`${escaped(query.target)}(?![A-Za-z0-9.-])[A-Za-z0-9._/@:+-]*`, 'g'),
    hosts: hostPattern(query.sourceHosts),
    texts: textPattern(query.sourceTexts),
  };
  const hits: SweepHit[] = [];
  let template = '';
  let line = 0;
  for (const document of output.split(/^(?=---)/m)) {
    const crd = /^kind: *["']?CustomResourceDefinition/m.test(document);
    for (const text of document.replace(/\n$/, '').split('\n')) {
      line += 1;
      const source = /^# Source: (.+)$/.exec(text)?.[1];
      if (source !== undefined) template = source.trim();
      for (const hit of sweepLine(text, crd, patterns)) hits.push({ template, line, ...hit });
    }
  }
  return hits;
}
