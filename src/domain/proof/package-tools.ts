// Shares nothing with the finder, on purpose: see sweep.ts.
import type { Word } from './split-names.ts';

/** Commands of tools that name what they install as images are named, `OWNER/NAME:VERSION`, and fetch it from a place of their own. */
const INSTALLS = [
  // https://docs.confluent.io/platform/current/connect/confluent-hub/client.html
  'confluent-hub install',
  // https://docs.confluent.io/confluent-cli/current/command-reference/connect/plugin/confluent_connect_plugin_install.html
  'confluent connect plugin install',
  // https://getcomposer.org/doc/03-cli.md#require-r
  'composer(?:\\.phar)? (?:global )?(?:require|create-project)',
  // https://github.com/ollama/ollama/blob/main/docs/api.md#model-names
  'ollama (?:pull|run)',
];

// without a host: what has one is fetched from there, whoever does it
const PACKAGE = /^[a-z0-9][a-z0-9_-]*\/[a-z0-9][a-z0-9._-]*:[^@/]+$/i;
// options and further packages; what ends a command, a quoted text, or calls another program is none of them
const ARGUMENTS = /(?: +[\w./:=@{}$~^*-]+)*/.source;
const INSTALLED = new RegExp(
  `(?:^|[\\s;&|(/"'])(?:${INSTALLS.join('|')})${ARGUMENTS} +["']?$`.replaceAll(' ', '[ \\t]'),
);
const INSTALLED_IN_LIST = new RegExp(`^(?:\\S*/)?(?:${INSTALLS.join('|')})${ARGUMENTS} +$`);

/** How many lines of a command, or items of a list, are looked at before a word. */
const FAR = 40;

/** The command of a shell up to a word: lines that end in a backslash go on in the next one. */
function commandBefore(lines: readonly string[], line: number, own: string): string {
  let text = own;
  for (let above = line - 1; above >= Math.max(0, line - FAR) && /\\\s*$/.test(lines[above] ?? ''); above -= 1)
    text = `${(lines[above] ?? '').replace(/\\\s*$/, ' ')}${text.trimStart()}`;
  return text;
}

const ITEM = /^(\s*- )(["']?)([^\s"'#]+)\2\s*$/;

/** The items of a list, a line each, before a word that is one of them. */
function itemsAbove(lines: readonly string[], line: number, own: string): readonly string[] {
  const indent = /^(\s*- )["']?$/.exec(own)?.[1];
  const items: string[] = [];
  for (let above = line - 1; indent !== undefined && above >= Math.max(0, line - FAR); above -= 1) {
    const match = ITEM.exec(lines[above] ?? '');
    if (match?.[1] !== indent) break;
    items.unshift(match[3] ?? '');
  }
  return items;
}

/** The items of a list in brackets before a word that is one of them. */
function itemsBefore(own: string): readonly string[] {
  const inner = /\[((?:\s*(?:"[^\s"]*"|'[^\s']*'|[^\s"',[\]]+)\s*,)+)\s*["']?$/.exec(own)?.[1];
  return inner === undefined ? [] : inner.split(',').map((item) => item.trim().replace(/^["']|["']$/g, ''));
}

/** Whether a word is a package that a tool is told to install, by the form of both. */
export function isPackage(lines: readonly string[], { line, index, text }: Word): boolean {
  if (!PACKAGE.test(text)) return false;
  const own = (lines[line] ?? '').slice(0, index);
  if (INSTALLED.test(commandBefore(lines, line, own).split('\\n').at(-1) ?? '')) return true;
  return [itemsAbove(lines, line, own), itemsBefore(own)].some((items) =>
    INSTALLED_IN_LIST.test(`${items.join(' ')} `),
  );
}
