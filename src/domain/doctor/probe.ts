/** A login that was found for a host. Its password is no part of it. */
export interface Login {
  /** Null for an identity token, which names nobody. */
  readonly user: string | null;
  /** Where it was found: a file, a helper, a flag, a variable, the chain of AWS. */
  readonly origin: string;
  /** When it ends, where it says so itself. */
  readonly expires: Date | undefined;
}

/** What a host answered when a run's first request was sent to it. */
export type Probe =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** What was asked for, in the words of messages: a repository, an index, or the host itself. */
      readonly asked: string;
      /** The status of a refusal with what the host, or its token server, said; empty for any other answer. */
      readonly detail: string;
      /** Whether `/v2/` answered as a registry does (OCI distribution specification 1.1, end-1); true for other hosts. */
      readonly isRegistry: boolean;
      /** Whether the host asked for a login. */
      readonly wantsLogin: boolean;
      /** The login that was sent, where one was asked for and found. */
      readonly login: Login | undefined;
      /** A login that was found first, and given up since it has expired. */
      readonly stale: Login | undefined;
      /** Where a login was looked for. */
      readonly searched: string;
      /** By how much this machine's clock is ahead of the host's, as its Date header tells; undefined where it has none. */
      readonly aheadMs: number | undefined;
      readonly milliseconds: number;
    }
  /** There was no answer at all, or nothing that could be an answer. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly hint: string | null };
