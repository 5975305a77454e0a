/** The text with the escapes of a quoted text inside it (`\n`) as spaces, so that a word behind one begins there. */
export function withoutEscapes(value: string): string {
  return value.replace(/\\+(?:[nrt]|u[0-9a-f]{4})/gi, (found) => ' '.repeat(found.length));
}

// no comment is longer than this before a reference; looking further back would make long lines slow
const COMMENT_LIMIT = 5_000;

/** Whether the place is in a comment line of a text with several lines. */
export function isCommented(value: string, index: number): boolean {
  const from = Math.max(0, index - COMMENT_LIMIT);
  const before = value.slice(from, index);
  const start = before.lastIndexOf('\n') + 1;
  if (start === 0 && from > 0) return false;
  return /^\s*#/.test(before.slice(start)) && value.includes('\n');
}

/** Words that a text announces as images: one, or several in brackets (`list`). `end` is behind them. */
export interface AnnouncedWords {
  readonly words: string;
  readonly start: number;
  readonly end: number;
  readonly list: boolean;
}

const IMAGE_NAME = '(?:[A-Za-z0-9_.-]*[iI]mages?|(?:[A-Z0-9]+_)*IMAGES?)';
// `spark.kubernetes.container.image org/app:1` is a property, too
const IMAGE_LINE = new RegExp(
  String.raw`(?:^|[\s"'{,(>])(?:<${IMAGE_NAME}>|${IMAGE_NAME}\\?["']?\s*[:=]|--?${IMAGE_NAME}[=\s]|(?:[A-Za-z0-9_-]+\.){2,}image[ \t])\s*(?:\[([^\]]*)\]|\\?["']?([A-Za-z0-9_.@:/-]+))`,
  'gm',
);
// a Dockerfile's first line, and commands that pull the word behind them
const COMMAND =
  /(?:^[ \t]*FROM[ \t]+(?:--platform=\S+[ \t]+)?|\b(?:docker|podman|nerdctl|crictl|ctr|crane|skopeo)[ \t]+(?:images?[ \t]+)?(?:pull|run)[ \t]+(?:-(?:-rm|it|i|t|d)[ \t]+)*["']?)([A-Za-z0-9_.@:/-]+)/gm;

/** Whether a text may have such a command: a quick look before a text is read. */
export function mayPull(text: string): boolean {
  if (!/FROM|pull|run/.test(text)) return false;
  return /^[ \t]*FROM[ \t]|\b(?:docker|podman|nerdctl|crictl|ctr|crane|skopeo)[ \t]/m.test(text);
}

function announced(match: RegExpMatchArray): AnnouncedWords {
  const list = match[1] !== undefined && match[2] === undefined && match[0].endsWith(']');
  const words = match[2] ?? match[1] ?? '';
  const end = (match.index ?? 0) + match[0].length;
  return { words, start: end - words.length - (list ? 1 : 0), end, list };
}

/** What follows `image:`, `image=`, `--image`, `<image>`, a Dockerfile's `FROM` or `docker pull` in a text without escapes. */
export function announcedImages(text: string): readonly AnnouncedWords[] {
  const commands = mayPull(text) ? [...text.matchAll(COMMAND)] : [];
  const lines = /image/i.test(text) ? [...text.matchAll(IMAGE_LINE)] : [];
  return [...lines, ...commands].map(announced);
}
