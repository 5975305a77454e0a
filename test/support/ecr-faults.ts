/** A refusal as the ECR API words it. `code` is the name of the exception; the data plane says the same in OCI's codes. */
export class EcrFault extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'EcrFault';
    this.code = code;
  }
}

/** A parameter that breaks a rule, in the words of the API. */
export function invalidParameter(name: string, constraint: string): EcrFault {
  return new EcrFault(
    'InvalidParameterException',
    `Invalid parameter at '${name}' failed to satisfy constraint: '${constraint}'`,
  );
}

/** The repository is not there. The text is ECR's own, on both planes (facts.md 1.1; actions/starter-workflows#2647). */
export function repositoryNotFound(name: string, account: string): EcrFault {
  return new EcrFault(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist in the registry with id '${account}'`,
  );
}
