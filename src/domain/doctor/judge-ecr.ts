import { type Finding, fine } from './finding.ts';

/** A right of Amazon ECR that was tried on a repository. `isPush`: only who pushes needs it. */
export interface TriedRight {
  readonly right: string;
  readonly isPush: boolean;
  readonly isAllowed: boolean;
}

/** What was tried at a private registry of Amazon ECR. */
export interface TriedEcr {
  readonly host: string;
  /** The repository that the rights were tried on, and whether a run would write to it. */
  readonly repository: string;
  readonly isReal: boolean;
  readonly rights: readonly TriedRight[];
}

const NOT_TRIED = 'rights to create and to push are not tried, since that would leave something there';

function named(rights: readonly TriedRight[]): string {
  return rights.map(({ right }) => right).join(', ');
}

/** Whose login it is: an account, which may be another one than the registry's. */
export function judgeAccount(host: string, own: string | undefined, account: string | undefined): Finding {
  const subject = 'AWS identity';
  if (own === undefined) {
    const remedy = 'log in to AWS, or name a profile with --profile: docs/ecr.md';
    const what = `there is none: repositories of ${host} can be neither looked at nor created`;
    return { area: 'target', subject, judgement: 'doubt', what, remedy };
  }
  const other = account === undefined || account === own ? '' : `, while ${host} is of account ${account}`;
  return fine('target', subject, `account ${own}${other}`);
}

/** Whether the rights will do. A policy may name repositories: that one of nobody's is forbidden is a doubt alone. */
export function judgeRights({ host, repository, isReal, rights }: TriedEcr): Finding {
  const subject = `rights at ${host}`;
  const lacking = rights.filter(({ isAllowed }) => !isAllowed);
  if (lacking.length === 0) return fine('target', subject, `${named(rights)} on ${repository}; ${NOT_TRIED}`);
  const isWrong = isReal && lacking.some(({ isPush }) => !isPush);
  const what = `the AWS identity lacks ${named(lacking)} on ${repository}`;
  const policy = 'the report of a scan has the policy that a run needs, as ecr.policy';
  const remedy = isReal ? `give it; ${policy}` : `${policy}; with --report FILE a repository of the run is tried`;
  return { area: 'target', subject, judgement: isWrong ? 'wrong' : 'doubt', what, remedy };
}
