// Shares nothing with the finder, on purpose: see sweep.ts.
import { decodedTexts } from './base64-text.ts';
import { pageFields } from './page-fields.ts';
import { withoutEscapes } from './sweep-patterns.ts';
import { textByTemplate } from './template-lines.ts';

/** Whether a field of a template, which now says a name at the target, said one without a host before. */
export type WasHostless = (template: string, field: string, tail: string) => boolean;

const HOSTED = /^(?:[^/]*[.:][^/]*|localhost)\//;

/** What may have stood there before, of what stands behind the target now: hosts and owners may be new, and so a digest. */
function formerly(tail: string): readonly string[] {
  const steps = tail.split('/');
  const names = steps.map((_, at) => steps.slice(at).join('/')).filter((name) => name !== '' && !HOSTED.test(name));
  return names.flatMap((name) => (name.includes('@') ? [name, name.replace(/@.*$/, '')] : [name]));
}

function fieldsOf(text: string): ReadonlySet<string> {
  const pages = [text, ...decodedTexts(text.split('\n')).map((one) => one.text)];
  return new Set(
    pages.flatMap((page) =>
      pageFields(page.split('\n').map(withoutEscapes)).map(({ name, value }) => `${name}\n${value}`),
    ),
  );
}

/**
 * Tells which names had no host, by the text of the original: a program may have put one before them. Without that text, by the
 * sources that are known.
 */
export function hostlessNames(original: string | undefined, sources: readonly string[]): WasHostless {
  if (original === undefined)
    return (_template, _field, tail) =>
      formerly(tail).some((name) =>
        sources.some((one) => one === name || (/^[:@]/.test(one.slice(name.length)) && one.startsWith(name))),
      );
  let texts: ReadonlyMap<string, string> | undefined;
  const known = new Map<string, ReadonlySet<string>>();
  return (template, field, tail) => {
    texts ??= textByTemplate(original);
    const fields = known.get(template) ?? fieldsOf(texts.get(template) ?? '');
    known.set(template, fields);
    return formerly(tail).some((name) => fields.has(`${field}\n${name}`));
  };
}
