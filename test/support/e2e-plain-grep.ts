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
const KNOWN = new RegExp(`(?<![A-Za-z0-9_])(?:${HOSTS.join('|')})(?![A-Za-z0-9.-])`);
const URLS = /\b(?:https?|oci|git|ftp):\/\/[^\s"'`)>\]]+/g;

function withoutComment(line: string): string {
  return line.replace(/(^|\s)#.*$/, '');
}

/** The lines of one document that matter: of a CRD only defaults, since the rest of it describes. */
function linesOf(document: string): readonly string[] {
  const lines = document.split('\n');
  return /^kind: *CustomResourceDefinition/m.test(document) ? lines.filter((line) => /^\s*default:/.test(line)) : lines;
}

/** The lines of rendered text that still name a public registry, outside of comments, URLs and what CRDs describe. */
export function strayHosts(output: string): readonly string[] {
  return output
    .split(/^---.*$/m)
    .flatMap(linesOf)
    .map((line) => withoutComment(line).replace(URLS, ''))
    .filter((line) => KNOWN.test(line));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
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
