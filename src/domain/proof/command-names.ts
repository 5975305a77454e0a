// Shares nothing with the finder, on purpose: see sweep.ts.
import type { Word } from './split-names.ts';

const STEP = '[a-z0-9]+(?:[._-]+[a-z0-9]+)*';
const NAME = `${STEP}(?::\\d+)?(?:/${STEP})*(?::[\\w.-]+)?(?:@sha256:[0-9a-f]{64})?`;
const QUOTE = `\\\\{0,3}["']`;

// `kubectl set image deployment/web web=org/app`:
// https://kubernetes.io/docs/reference/kubectl/generated/kubectl_set/kubectl_set_image/
const SET_IMAGE = /\b(?:kubectl|oc)\b[^;|&]*?\bset[\s"',]+image[\s"',]+/gi;
const CONTAINER = `(?:\\*|[a-z0-9$][\\w.\${}-]*)`;
const SET_TO = new RegExp(`(?<=[\\s"',]${CONTAINER}=\\\\?["']?)${NAME}(?=[\\s"',;|&)\\]\\\\]|$)`, 'g');
const COMMAND_END = /[;|&]|\\n/;

// `docker.image('org/app')` of a pipeline, but not what it has built to push it:
// https://www.jenkins.io/doc/book/pipeline/docker/
const CALLED = new RegExp(`(\\bdocker\\.image\\(\\s*${QUOTE})(${NAME})(?=${QUOTE}\\s*\\)(?!\\s*\\.push\\b))`, 'g');
// `docker { image 'org/app' }` of its agent, on one line or over several
const AGENT = new RegExp(`(\\bdocker\\s*\\{[^{}]*\\bimage\\s+${QUOTE})(${NAME})(?=${QUOTE})`, 'g');
const AGENT_IMAGE = new RegExp(`^(\\s*image\\s+${QUOTE})(${NAME})(?=${QUOTE}\\s*$)`, 'g');
const AGENT_OPEN = /\bdocker\s*\{\s*$/;
// how many lines the image of an agent may stand behind its beginning
const NEAR = 6;

/** What `set image` is told to set: up to the end of the command. */
function setImages(text: string, line: number): readonly Word[] {
  return [...text.matchAll(SET_IMAGE)].flatMap((match) => {
    const from = match.index + match[0].length;
    const rest = text.slice(from);
    const end = COMMAND_END.exec(rest)?.index ?? rest.length;
    return [...rest.slice(0, end).matchAll(SET_TO)].map((hit) => ({ line, index: from + hit.index, text: hit[0] }));
  });
}

function behind(pattern: RegExp, text: string, line: number): readonly Word[] {
  return [...text.matchAll(pattern)].map((match) => {
    const [, before = '', name = ''] = match;
    return { line, index: match.index + before.length, text: name };
  });
}

/** Whether a line stands in the `docker { … }` of an agent that begins on a line before it. */
function isOfAgent(lines: readonly string[], line: number): boolean {
  const before = lines.slice(Math.max(0, line - NEAR), line);
  const open = before.findLastIndex((text) => /[{}]/.test(text));
  return AGENT_OPEN.test(before[open] ?? '');
}

/** Images without anything that tells them from other words but the command or call that takes them. */
export function commandNames(lines: readonly string[]): readonly Word[] {
  return lines.flatMap((text, line) => {
    if (!text.includes('image')) return [];
    const agent = behind(AGENT_IMAGE, text, line).filter(() => isOfAgent(lines, line));
    return [...setImages(text, line), ...behind(CALLED, text, line), ...behind(AGENT, text, line), ...agent];
  });
}
