import type { EcrAccess, EcrIntent } from './ecr-access.ts';
import { EcrFault } from './ecr-faults.ts';
import type { EcrService } from './ecr-hosts.ts';
import type { EcrThrottle } from './ecr-throttle.ts';

/** A call as the log keeps it, one for each action that would be billed. */
export interface EcrCall {
  readonly service: EcrService;
  /** The name of the action, without its service. `CheckLogin` is `GET /v2/`, which is no action of IAM. */
  readonly action: string;
  /** `data`: it came over /v2. */
  readonly plane: 'control' | 'data';
  readonly account: string;
  readonly region: string;
  /** Undefined when it concerns several repositories, or all. */
  readonly repository: string | undefined;
  readonly repositories: readonly string[];
  /** The tag or digest, where there is one. */
  readonly detail: string | undefined;
  /** The account of the caller; undefined without a login. */
  readonly caller: string | undefined;
  /** `ok`, or the name of the exception. Undefined while it runs. */
  readonly outcome: string | undefined;
}

/** What a test does before an action runs; the action waits for it. */
export type EcrHook = (call: EcrCall) => void | Promise<void>;

/** What was wrong with a login at the data plane. */
export type LoginRefusal = 'missing' | 'expired' | 'invalid';

/** What happened so far, and what is to happen before an action. */
export interface EcrLog {
  calls(): readonly EcrCall[];
  /** How often each action was called, over both planes, by name. */
  counts(): Readonly<Record<string, number>>;
  /** The calls that change something, refused ones too. */
  writes(): readonly EcrCall[];
  /** Why requests to the data plane were not let in at all, in order; they are no calls. */
  refusedLogins(): readonly LoginRefusal[];
  /** Forgets the calls and the refused logins. */
  reset(): void;
  /** Returns what removes the hook again. */
  before(action: string, hook: EcrHook): () => void;
}

/** A call on its way through. */
export interface EcrEntry extends EcrIntent {
  readonly plane: EcrCall['plane'];
  readonly detail?: string | undefined;
}

/** Lets calls through to the store: logged, hooks run, throttled, authorised, in this order. */
export interface EcrGate extends EcrLog {
  refuse(reason: LoginRefusal): void;
  /** @throws what the check or the work throws. */
  pass<T>(entry: EcrEntry, work: () => T | Promise<T>): Promise<T>;
}

const READS = /^(?:Describe|List|Get|BatchGet|BatchCheck|Check)/;

/** Makes the gate. */
export function createEcrGate(access: EcrAccess, throttle: EcrThrottle): EcrGate {
  const calls: (Omit<EcrCall, 'outcome'> & { outcome: string | undefined })[] = [];
  const refusals: LoginRefusal[] = [];
  const hooks = new Map<string, Set<EcrHook>>();

  async function admit(entry: EcrEntry, call: EcrCall): Promise<void> {
    for (const hook of [...(hooks.get(entry.action) ?? [])]) await hook(call);
    throttle.check(call.service, `${call.account} ${call.region}`, entry.action);
    access.check(entry);
  }

  return {
    async pass(entry, work) {
      const { action, plane, registry, repositories, detail, principal } = entry;
      const { service, account, region } = registry;
      const repository = repositories.length === 1 ? repositories[0] : undefined;
      const place = { service, action, plane, account, region, repository, repositories };
      const call = { ...place, detail, caller: principal?.account, outcome: undefined as string | undefined };
      calls.push(call);
      try {
        await admit(entry, call);
        const result = await work();
        call.outcome = 'ok';
        return result;
      } catch (error) {
        call.outcome = error instanceof EcrFault ? error.code : String(error);
        throw error;
      }
    },
    refuse: (reason) => {
      refusals.push(reason);
    },
    refusedLogins: () => [...refusals],
    calls: () => [...calls],
    counts() {
      const counts = new Map<string, number>();
      for (const { action } of calls) counts.set(action, (counts.get(action) ?? 0) + 1);
      return Object.fromEntries([...counts].sort(([a], [b]) => a.localeCompare(b)));
    },
    writes: () => calls.filter(({ action }) => !READS.test(action)),
    reset() {
      calls.splice(0);
      refusals.splice(0);
    },
    before(action, hook) {
      const known = hooks.get(action) ?? new Set();
      hooks.set(action, known.add(hook));
      return () => {
        known.delete(hook);
      };
    },
  };
}
