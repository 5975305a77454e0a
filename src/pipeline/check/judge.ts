import { isInside } from '../../domain/check/allowed.ts';
import { mentionsIn } from '../../domain/check/mentions.ts';
import { type CheckedReference, checkedReferences, referenceKey } from '../../domain/check/references.ts';
import type { CheckResult, ReferenceVerdict } from '../../domain/check/result.ts';
import { pulledReferences } from '../../domain/images/artifacts.ts';
import { findImages } from '../../domain/images/find.ts';
import { unreadableImages } from '../../domain/images/unreadable-images.ts';
import { inParallel } from '../../domain/in-parallel.ts';
import { type ErrorCode, MirrorError } from '../../errors.ts';
import type { Lookup } from '../../ports/registry.ts';
import type { CheckedContent, JudgingRun } from './check-run.ts';
import { offeredPlatforms } from './offered-platforms.ts';

/** What keeps one registry from being asked. Everything else ends the check. */
const HOST_FAILURES: readonly ErrorCode[] = ['REGISTRY_UNREACHABLE', 'RATE_LIMITED'];

/** Of what an artifact without a tag may be pulled under, the registry needs only one. */
async function lookUp({ reference }: CheckedReference, run: JudgingRun): Promise<Lookup> {
  const answers: Lookup[] = [];
  for (const pulled of pulledReferences(reference)) {
    const answer = await run.registry.head(pulled, 'destination', run.signal);
    if (answer.kind === 'found') return answer;
    answers.push(answer);
  }
  return answers.find(({ kind }) => kind === 'denied') ?? { kind: 'absent' };
}

async function verdictOf(one: CheckedReference, run: JudgingRun): Promise<ReferenceVerdict> {
  const { reference } = one;
  const answer = await lookUp(one, run);
  if (answer.kind !== 'found') return answer;
  const { digest } = answer;
  if (run.platforms.length === 0) return { kind: 'ok', digest, platforms: [] };
  const offered = await offeredPlatforms({ ...reference, digest }, run);
  if ('kind' in offered) return offered;
  const { platforms, missing } = offered;
  return missing.length === 0
    ? { kind: 'ok', digest, platforms }
    : { kind: 'platform-missing', digest, missing, platforms };
}

/** What one registry said. A registry that fails is not asked for more; one wrong answer concerns one image only. */
interface Answers {
  readonly verdicts: ReadonlyMap<string, ReferenceVerdict>;
  readonly failures: readonly MirrorError[];
}

async function askRegistry(references: readonly CheckedReference[], run: JudgingRun): Promise<Answers> {
  const verdicts = new Map<string, ReferenceVerdict>();
  const failures: MirrorError[] = [];
  const ask = async (one: CheckedReference): Promise<void> => {
    try {
      verdicts.set(referenceKey(one), await verdictOf(one, run));
    } catch (error) {
      if (!(error instanceof MirrorError) || error.code !== 'REGISTRY_ANSWER_INVALID') throw error;
      failures.push(error);
    }
  };
  try {
    await inParallel(references, run.concurrency, ask);
  } catch (error) {
    if (run.signal.aborted || !(error instanceof MirrorError) || !HOST_FAILURES.includes(error.code)) throw error;
    failures.push(error);
  }
  return { verdicts, failures };
}

/** Asks each registry for its references, every reference once. */
async function askAll(references: readonly CheckedReference[], run: JudgingRun): Promise<Answers> {
  const byHost = Map.groupBy(references, ({ reference }) => reference.registry);
  const answers = await inParallel([...byHost.values()], byHost.size, (some) => askRegistry(some, run));
  return {
    verdicts: new Map(answers.flatMap(({ verdicts }) => [...verdicts])),
    failures: answers.flatMap(({ failures }) => failures),
  };
}

/** What is known of a reference without asking: those outside are not asked for, and bases are the beginning of others. */
function knownVerdict({ reference, role }: CheckedReference, run: JudgingRun): ReferenceVerdict | undefined {
  if (!isInside(reference, role, run.allowed)) return { kind: 'outside' };
  return role === 'base' ? { kind: 'ok', digest: undefined, platforms: [] } : undefined;
}

/**
 * Finds every reference of the documents, tells those that are outside of the allowed registries, and asks these for the
 * others. A registry that cannot be asked is a failure of the result; its images have no verdict.
 *
 * @throws MirrorError what concerns no single registry, such as credentials that cannot be read, and aborts.
 */
export async function judge(content: CheckedContent, run: JudgingRun): Promise<CheckResult> {
  const { documents, texts, subject, notes } = content;
  const { allowed, platforms } = run;
  const hosts = allowed.map(({ host }) => host);
  const { uses } = findImages(documents, hosts);
  const references = checkedReferences(uses);
  const { verdicts, failures } = await askAll(
    references.filter((one) => knownVerdict(one, run) === undefined),
    run,
  );
  return {
    ...{ subject, allowed, platforms, failures, notes },
    references: references.map((one) => ({
      ...one,
      verdict: knownVerdict(one, run) ?? verdicts.get(referenceKey(one)) ?? { kind: 'unknown' },
    })),
    unreadable: unreadableImages(documents),
    mentioned: mentionsIn({ texts, documents, uses, allowed }),
  };
}
