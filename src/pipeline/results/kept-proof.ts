import type { AccountWay } from '../../domain/pull-secret/account-way.ts';
import type { PullSecretVerdict } from '../../domain/pull-secret/served.ts';
import type { Verdict } from '../release-item.ts';

/** How the pods of a judged render get their pull secret. */
export interface SecretFinding {
  readonly verdict: PullSecretVerdict;
  readonly accountWay: AccountWay;
}

/** What came of one proof. */
export interface KeptProof {
  readonly verdict: Verdict;
  /** Where the proof was also one of the pull secret. */
  readonly secret: SecretFinding | undefined;
  /** For consumer values: whether they needed the switch that lets other images in. */
  readonly isSwitched: boolean;
}
