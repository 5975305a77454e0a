import { isInternal } from './addresses.ts';
import { type AnswerHeaders, headerOf } from './http.ts';
import { invalidAnswer } from './registry-errors.ts';
import type { RegistryAddress } from './source-mirrors.ts';

/**
 * Where an upload goes on. Registries behind a TLS gateway often answer `http://` for their own host: that stays https. An
 * upload is not sent from https to plain http elsewhere, nor from a name to a literal internal address.
 *
 * @throws MirrorError REGISTRY_ANSWER_INVALID when the answer names no address, or one that is not to be used.
 */
export function uploadAddress(
  answer: { readonly url: URL; readonly headers: AnswerHeaders },
  address: RegistryAddress,
  what: string,
): URL {
  const location = headerOf(answer, 'location') ?? '';
  const wrong = (why: string) => invalidAnswer(address.host, what, why, 'destination');
  if (location === '' || !URL.canParse(location, answer.url.href)) throw wrong('it named no address for the upload');
  const next = new URL(location, answer.url);
  if (next.host === address.base.host) next.protocol = address.base.protocol;
  if (address.base.protocol === 'https:' && next.protocol !== 'https:')
    throw wrong(`it sends uploads to ${next.origin}`);
  if (isInternal(next.host) && !isInternal(address.base.host))
    throw wrong(`it sends uploads to the internal ${next.host}`);
  next.username = '';
  next.password = '';
  next.hash = '';
  return next;
}
