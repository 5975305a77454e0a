/**
 * Secrets learned during a run. A value is registered the moment it is read, and every writer passes its text
 * through `scrub`, so that neither logs nor reports nor errors can show it.
 */
export class Redactor {
  readonly #secrets = new Set<string>();

  /** Remembers a secret in the spellings in which it could appear: plain, URL-encoded, base64 and inside basic auth. */
  learn(secret: string | undefined, user?: string): void {
    if (secret === undefined || secret.length < 4) return;
    this.#secrets.add(secret);
    this.#secrets.add(encodeURIComponent(secret));
    this.#secrets.add(Buffer.from(secret).toString('base64'));
    if (user !== undefined) this.#secrets.add(Buffer.from(`${user}:${secret}`).toString('base64'));
  }

  /** The text with every known secret and every `user:password@` of a URL replaced. */
  scrub(text: string): string {
    let out = text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/\s:@]+:[^/\s@]+@/gi, '$1***@');
    for (const secret of [...this.#secrets].sort((a, b) => b.length - a.length)) out = out.split(secret).join('***');
    return out;
  }
}
