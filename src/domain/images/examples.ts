import { looksLikeRegistry } from '../reference.ts';

const TEXT_FOR_PEOPLE = /^_example$|^(?:README|NOTES|LICENSE|CHANGELOG)(?:\.[A-Za-z]+)?$/;
const DOCUMENT_ENDING = /\.(?:md|markdown|rst)$/i;

/**
 * Whether an entry of a ConfigMap or Secret is text for people: `_example` (knative's way to show settings, which its
 * programs do not read), a README or notes. A file called `*.example` is one that somebody may take as it is.
 */
export function isExampleFile(key: string): boolean {
  return TEXT_FOR_PEOPLE.test(key) || DOCUMENT_ENDING.test(key);
}

const STAND_IN = /^your[-_]|^my[-_]?(?:registry|repo(?:sitory)?|image)$/;

/** Whether the path of a reference has words that stand for real names: `your-registry/your-image:tag`. Hosts are not judged. */
export function isPlaceholder(text: string): boolean {
  const [head = '', ...rest] = text
    .replace(/@.*$/, '')
    .replace(/:[^/:]*$/, '')
    .split('/');
  const path = rest.length > 0 && looksLikeRegistry(head) ? rest : [head, ...rest];
  return text.endsWith('image:tag') || path.some((part) => STAND_IN.test(part));
}

/**
 * Words in the place of an image that a webhook replaces before anything is pulled. `auto` is how istio's gateways leave
 * the proxy to the injector (https://istio.io/latest/docs/setup/additional-setup/gateway/).
 */
export function isInjected(text: string): boolean {
  return text === 'auto';
}
