const HOSTS = [
  'docker\\.io',
  'quay\\.io',
  'gcr\\.io',
  'ghcr\\.io',
  'registry\\.k8s\\.io',
  'public\\.ecr\\.aws',
  'nvcr\\.io',
  'mcr\\.microsoft\\.com',
  'pkg\\.dev',
  'upbound\\.io',
  'dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com',
  'azurecr\\.io',
  'lscr\\.io',
  'registry\\.gitlab\\.com',
  'registry\\.example\\.test',
];
const URLS = /\b(?:https?|oci|git|ftp):\/\/[^\s"'`)>\]]+/g;

function withoutComment(line: string): string {
  return line.replace(/(^|\s)#.*$/, '');
}

/** The lines of one document that matter: of a CRD only defaults, since the rest of it describes. */
function linesOf(document: string): readonly string[] {
  const lines = document.split('\n');
  return /^kind: *CustomResourceDefinition/m.test(document) ? lines.filter((line) => /^\s*default:/.test(line)) : lines;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Rendered text with base64 values of one line replaced by the text in them. */
function decoded(output: string): string {
  return output.replace(/^(\s+[\w.-]+: *)"?([A-Za-z0-9+/]{16,}={0,2})"?$/gm, (line, key: string, data: string) => {
    const text = Buffer.from(data, 'base64').toString('utf8');
    return /^[\t\n -~]*$/.test(text) ? `${key}\n${text}` : line;
  });
}

/**
 * The lines of rendered text, base64 decoded, that still name a public registry or one of `further`, outside of comments,
 * URLs and what CRDs describe.
 */
export function strayHosts(output: string, further: readonly string[] = []): readonly string[] {
  const named = new RegExp(`(?<![A-Za-z0-9_])(?:${[...HOSTS, ...further.map(escaped)].join('|')})(?![A-Za-z0-9.-])`);
  return decoded(output)
    .split(/^---.*$/m)
    .flatMap(linesOf)
    .map((line) => withoutComment(line).replace(URLS, ''))
    .filter((line) => named.test(line));
}

/** The lines in which `text` stands by itself: not as the end of a longer reference, and not as the start of one. */
export function linesWith(output: string, text: string): readonly string[] {
  const alone = new RegExp(`(?<![A-Za-z0-9_./:@-])${escaped(text)}(?![A-Za-z0-9_./:@-])`);
  return output.split('\n').filter((line) => alone.test(withoutComment(line).replace(URLS, '')));
}

/** All references below `target` that are written in one piece, with a tag or a digest, each once. */
export function referencesTo(output: string, target: string): readonly string[] {
  const pattern = new RegExp(
    `(?<![A-Za-z0-9_./-])${escaped(target)}/[a-z0-9._/-]+(?::[A-Za-z0-9_][A-Za-z0-9_.-]*)?(?:@sha256:[0-9a-f]{64})?`,
    'g',
  );
  const found = new Set(output.match(pattern));
  return [...found].filter((reference) => /:[^/]+$/.test(reference.slice(target.length)));
}

function readable(output: string): string {
  return decoded(output).split('\n').map(withoutComment).join('\n');
}

/** All that follows `target`, a registry with or without a path, wherever it stands: as often as it occurs, sorted. */
export function mentionsOf(output: string, target: string): readonly string[] {
  const pattern = new RegExp(`(?<![A-Za-z0-9_.-])${escaped(target)}((?:/[A-Za-z0-9._/@:-]*)?)(?![A-Za-z0-9_])`, 'g');
  return [...readable(output).matchAll(pattern)].map(([, rest = '']) => rest).sort();
}

/** The lines that name a host, also in base64, once the texts in `stays` are taken out. */
export function linesNaming(output: string, host: string, stays: readonly string[] = []): readonly string[] {
  const named = new RegExp(`(?<![A-Za-z0-9_.-])${escaped(host)}(?![A-Za-z0-9_-]|\\.[A-Za-z0-9])`);
  const text = stays.reduce((rest, stay) => rest.replaceAll(stay, ''), readable(output));
  return text.split('\n').filter((line) => named.test(line));
}
