import { splitTarget } from '../domain/plan/destination.ts';
import { parseReference } from '../domain/reference.ts';
import { isCarried, type Plan } from '../domain/run-plan/plan.ts';
import { digestOfPlan } from '../domain/run-plan/seal.ts';
import { readDocument, schemaFaults } from './documents.ts';
import { type Complaint, type Problem, problemAt } from './problems.ts';
import type { InputFiles } from './read-text.ts';

/** A plan, and where its images stand in the file; or all that is wrong. */
export type PlanReading =
  | { readonly kind: 'plan'; readonly plan: Plan; readonly lineOf: (index: number) => number }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

/** What is told of what is no plan, with lines. Only then the file is read as a document: a plan may have megabytes. */
async function wrong(files: InputFiles, path: string, file: string): Promise<PlanReading> {
  const read = await readDocument(files, path, file, 'plan');
  const problems =
    read.kind === 'problems'
      ? read.problems
      : read.kind === 'read'
        ? read.document.problems
        : ([] as readonly Problem[]);
  const complaint = { what: 'this is no plan', instead: 'name a file that airgap-charts plan has written' };
  const place = { file, line: 1, column: 1 };
  return { kind: 'problems', problems: problems.length > 0 ? problems : [problemAt(place, complaint)] };
}

/** The lines on which the images begin to be described; the first line where the file is laid out in another way. */
function imageLines(text: string): readonly number[] {
  const lines = text.split('\n');
  const begin = lines.indexOf('  "images": [');
  return lines.flatMap((line, index) =>
    index > begin && begin >= 0 && line.startsWith('      "source": ') ? [index + 1] : [],
  );
}

function editedProblem(text: string, file: string, plan: Plan): readonly Problem[] {
  if (digestOfPlan(plan) === plan.digest) return [];
  const line = text.split('\n').findLastIndex((one) => one.startsWith('  "digest": ')) + 1;
  const what = `the plan was changed after it was made: this digest is not that of what it says`;
  return [
    problemAt({ file, line: Math.max(line, 1), column: 1 }, { what, instead: 'make it again with airgap-charts plan' }),
  ];
}

/** References are held to what a run makes of them: they become addresses. */
function imageComplaint(
  { options }: Plan,
  { source, destination, digest, ...row }: Plan['images'][number],
): Complaint | undefined {
  const at = parseReference(destination);
  const instead = 'make the plan again with airgap-charts plan';
  if (parseReference(source) === undefined) return { what: `${JSON.stringify(source)} is no reference`, instead };
  if (at?.tag === undefined || at.registry !== splitTarget(options.target).host)
    return { what: `${JSON.stringify(destination)} is no tag at ${options.target}`, instead };
  if (isCarried(row) && digest === null) return { what: `${JSON.stringify(source)} has no digest`, instead };
  return undefined;
}

/** Reads a plan: its JSON, its schema, its references, and whether it is as it was made. `file` is the name to show. */
export async function readPlanFile(files: InputFiles, path: string, file: string): Promise<PlanReading> {
  let text: string;
  let value: unknown;
  try {
    text = await files.readText(path);
    value = JSON.parse(text);
  } catch {
    return wrong(files, path, file);
  }
  if (schemaFaults(value, 'plan').length > 0) return wrong(files, path, file);
  // a checked boundary: the schema has just been met
  const plan = value as Plan;
  const edited = editedProblem(text, file, plan);
  const lines = imageLines(text);
  const lineOf = (index: number): number => lines[index] ?? 1;
  const wrongImages = plan.images.flatMap((row, index) => {
    const complaint = imageComplaint(plan, row);
    return complaint === undefined ? [] : [problemAt({ file, line: lineOf(index), column: 1 }, complaint)];
  });
  const problems = [...edited, ...wrongImages];
  return problems.length > 0 ? { kind: 'problems', problems } : { kind: 'plan', plan, lineOf };
}
