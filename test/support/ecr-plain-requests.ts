import type { SyntheticImage } from '../../src/demo/synthetic-image.ts';

/** An answer of the data plane. */
export interface PlainAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The code of OCI's error, where there is one. */
  readonly code: string | undefined;
  readonly message: string | undefined;
}

/** Requests to one registry, without any code of the tool; redirects are not followed. */
export interface PlainRegistry {
  send(method: string, path: string, headers?: Record<string, string>, body?: string | Buffer): Promise<PlainAnswer>;
  /** POST and PUT of a blob; the answer to the PUT, or that to the POST when it was no 202. */
  upload(name: string, digest: string, bytes: Buffer): Promise<PlainAnswer>;
  manifest(name: string, reference: string, bytes: Buffer, mediaType: string): Promise<PlainAnswer>;
  /** All of an image; the answer to its root. */
  push(name: string, tag: string, image: SyntheticImage): Promise<PlainAnswer>;
}

function firstError(text: string): { readonly code?: string; readonly message?: string } {
  return text.startsWith('{"errors"') ? JSON.parse(text).errors[0] : {};
}

/** `login` gives the Authorization of each request; undefined sends none. */
export function plainRegistry(base: string, login: () => string | undefined): PlainRegistry {
  async function send(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: string | Buffer,
  ): Promise<PlainAnswer> {
    const authorization = login();
    const own = authorization === undefined ? {} : { authorization };
    const content = body === undefined ? {} : { body: new Uint8Array(Buffer.from(body)) };
    const init = { method, headers: { ...own, ...headers }, redirect: 'manual' as const, ...content };
    const answer = await fetch(new URL(path, base), init);
    const text = await answer.text();
    const { code, message } = firstError(text);
    return { status: answer.status, headers: answer.headers, text, code, message };
  }

  async function upload(name: string, digest: string, bytes: Buffer): Promise<PlainAnswer> {
    const opened = await send('POST', `/v2/${name}/blobs/uploads/`);
    if (opened.status !== 202) return opened;
    return send('PUT', `${opened.headers.get('location')}?digest=${digest}`, {}, bytes);
  }

  function manifest(name: string, reference: string, bytes: Buffer, mediaType: string): Promise<PlainAnswer> {
    return send('PUT', `/v2/${name}/manifests/${reference}`, { 'content-type': mediaType }, bytes);
  }

  return {
    send,
    upload,
    manifest,
    async push(name, tag, image) {
      for (const { digest, bytes } of image.blobs) await upload(name, digest, bytes);
      for (const { digest, bytes, mediaType } of image.children) await manifest(name, digest, bytes, mediaType);
      return manifest(name, tag, image.root.bytes, image.root.mediaType);
    },
  };
}
