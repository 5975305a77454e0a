import type { ValuePath } from '../chart/values-tree.ts';

/** What helm's reason says of the keys that were set. */
export interface Blame<T> {
  /** Keys that a schema does not know: no form of them helps. */
  readonly forbidden: readonly T[];
  /** Keys whose form a schema refuses. */
  readonly misformed: readonly T[];
  /** Keys that a template names where it stopped. */
  readonly suspects: readonly T[];
}

/** One complaint, with the chart that makes it: its paths begin at that chart's own values. */
interface Complaint {
  readonly chart: string;
  readonly kind: 'unknown' | 'form' | 'template';
  readonly steps: readonly string[];
}

// "cert-manager: - at '/image': additional properties 'a', 'b' not allowed - at '/x/0': got object, want string"; before
// helm 3.18 "- image: Additional property a is not allowed - x.0: Invalid type. …"
const HEADING = /([\w.-]+):\s+-\s/g;
const NEW_STYLE = /- at '([^']*)': (?:additional properties (('[^']+'(?:, )?)+) not allowed)?/g;
const OLD_STYLE = /- ([\w.()-]+): (?:Additional property (\S+) is not allowed|[A-Z])/g;
const TEMPLATE = /([\w.-]+)\/templates\/[^"<]*"[^<]*<\$?[\w.$]*?\.?Values\.([\w.]+)>/g;

function stepsOf(pointer: string): readonly string[] {
  return pointer.split(/[./]/).filter((step) => step !== '' && step !== '(root)');
}

function quotedWords(text: string): readonly string[] {
  return [...text.matchAll(/'([^']+)'/g)].map((match) => match[1] ?? '');
}

function schemaComplaints(reason: string): readonly Complaint[] {
  const headings = [...reason.matchAll(HEADING)].map(({ index, 1: chart = '' }) => ({ index, chart }));
  const chartAt = (index: number): string => headings.findLast((heading) => heading.index < index)?.chart ?? '';
  const found: Complaint[] = [];
  for (const { index, 1: at = '', 2: words } of reason.matchAll(NEW_STYLE)) {
    const [chart, steps] = [chartAt(index), stepsOf(at)];
    if (words === undefined) found.push({ chart, kind: 'form', steps });
    else for (const key of quotedWords(words)) found.push({ chart, kind: 'unknown', steps: [...steps, key] });
  }
  for (const { index, 1: at = '', 2: key } of reason.matchAll(OLD_STYLE)) {
    const [chart, steps] = [chartAt(index), stepsOf(at)];
    if (key === undefined) found.push({ chart, kind: 'form', steps });
    else found.push({ chart, kind: 'unknown', steps: [...steps, key] });
  }
  return found;
}

function templateComplaints(reason: string): readonly Complaint[] {
  return [...reason.matchAll(TEMPLATE)].map(({ 1: chart = '', 2: path = '' }) => ({
    chart,
    kind: 'template',
    steps: path.split('.'),
  }));
}

/**
 * How well a complaint is about a path: 3 where the path has the complaining chart's name above the values that the
 * complaint names, 2 where it is about the root's values, 1 where only the end is the same, 0 where nothing is.
 */
function closeness(path: readonly string[], { chart, steps, kind }: Complaint): number {
  for (let from = 0; from < path.length; from += 1) {
    const own = path.slice(from);
    const isPrefix = own.length <= steps.length && own.every((step, index) => step === steps[index]);
    if (!isPrefix || (kind === 'unknown' && own.length !== steps.length)) continue;
    if (from === 0) return 2;
    return path[from - 1] === chart ? 3 : 1;
  }
  return 0;
}

/**
 * Which keys helm's reason blames, by the messages of its schema checks and of its templates. A key of the same name in
 * another chart is blamed only where no key fits better.
 */
export function blame<T extends { readonly path: ValuePath }>(reason: string, all: readonly T[]): Blame<T> {
  const blamed = { unknown: new Set<T>(), form: new Set<T>(), template: new Set<T>() };
  for (const complaint of [...schemaComplaints(reason), ...templateComplaints(reason)]) {
    const ranked = all.map((one) => ({ one, rank: closeness(one.path.map(String), complaint) }));
    const best = Math.max(0, ...ranked.map(({ rank }) => rank));
    for (const { one, rank } of ranked) if (rank > 0 && rank === best) blamed[complaint.kind].add(one);
  }
  const isSchema = (one: T): boolean => blamed.unknown.has(one) || blamed.form.has(one);
  return {
    forbidden: [...blamed.unknown],
    misformed: [...blamed.form].filter((one) => !blamed.unknown.has(one)),
    suspects: [...blamed.template].filter((one) => !isSchema(one)),
  };
}
