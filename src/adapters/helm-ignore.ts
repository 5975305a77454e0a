/** Decides whether a path of a chart directory is left out of its archive. */
export type Ignored = (path: string, isDirectory: boolean) => boolean;

interface Rule {
  readonly negated: boolean;
  readonly directoryOnly: boolean;
  readonly anchored: boolean;
  readonly pattern: RegExp;
}

/** Go's `path.Match`: `*` and `?` stop at slashes, `[...]` is a class. */
function globToRegExp(glob: string): RegExp {
  const body = glob.replace(/\\.|\*|\?|\[[^\]]*\]|[.+^${}()|]/g, (part) => {
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part.startsWith('[')) return part;
    return part.startsWith('\\') ? part : `\\${part}`;
  });
  return new RegExp(`^${body}$`);
}

function parseRule(line: string): Rule | undefined {
  let text = line.trim();
  if (text === '' || text.startsWith('#')) return undefined;
  const negated = text.startsWith('!');
  if (negated) text = text.slice(1);
  if (text.includes('**')) throw new SyntaxError('two stars have no meaning');
  const directoryOnly = text.endsWith('/');
  if (directoryOnly) text = text.slice(0, -1);
  const anchored = text.includes('/');
  return { negated, directoryOnly, anchored, pattern: globToRegExp(text.replace(/^\//, '')) };
}

function hits(rule: Rule, path: string, isDirectory: boolean): boolean {
  if (rule.directoryOnly && !isDirectory) return false;
  return rule.pattern.test(rule.anchored ? path : (path.split('/').at(-1) ?? path));
}

/**
 * The rules of a `.helmignore` (helm's pkg/ignore): one glob a line, `!` negates, a trailing slash means directories,
 * a slash inside anchors at the chart's root; `templates/.?*` is always left out.
 *
 * @throws SyntaxError for `**` and for patterns that helm refuses, too.
 */
export function parseHelmIgnore(text: string): Ignored {
  const rules = [...text.split(/\r?\n/), 'templates/.?*'].flatMap((line, index) => {
    try {
      return parseRule(line) ?? [];
    } catch (error) {
      throw new SyntaxError(`line ${index + 1} of .helmignore, ${JSON.stringify(line)}, is no pattern`, {
        cause: error,
      });
    }
  });
  return (path, isDirectory) => rules.some((rule) => hits(rule, path, isDirectory) !== rule.negated);
}
