/** What a host answered when it was only asked whether it is there. */
export type Probe =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** Whose login was sent, in words: `no credentials were sent, …` or `credentials from … were sent`. */
      readonly access: string;
      /** Whether credentials were found for the host. */
      readonly hasLogin: boolean;
      /** The host's clock, as its Date header says it; undefined where it says none. */
      readonly date: Date | undefined;
      readonly milliseconds: number;
    }
  /** The token server, or the registry itself, does not take the login. */
  | { readonly kind: 'refused'; readonly status: number; readonly detail: string; readonly hasLogin: boolean }
  /** There was no answer at all, or nothing that could be an answer. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly hint: string | null };
