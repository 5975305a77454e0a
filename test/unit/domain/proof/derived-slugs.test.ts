import { describe, expect, it } from 'vitest';
import { DERIVED_SLUG } from '../../../../src/domain/proof/derived-slugs.ts';
import { otherChanges } from '../../../../src/domain/proof/other-changes.ts';

const OLD = 'ghcr.io/org/agent:0.0.23';
const NEW = 'registry.test/platform/org/agent:0.0.23';

/** The lines that stay as residue, and what was explained. */
function compared(original: string, relocated: string, moved = [{ text: OLD, wanted: NEW }]) {
  const document = (text: string) => `---\n# Source: web/templates/a.yaml\n${text}\n`;
  const once = document(original);
  const { residue, explained } = otherChanges({ once, again: once }, document(relocated), {
    ...{ before: moved.map(({ text }) => text), planned: moved.map(({ wanted }) => wanted), parts: ['registry.test'] },
    moved,
  });
  return { left: residue.length, explained };
}

function labelled(value: string, above = 'labels'): string {
  return `metadata:\n  ${above}:\n    app: web\n    example.dev/agent: "${value}"`;
}

const EXPLAINED = { left: 0, explained: { [DERIVED_SLUG]: 1 } };
const slug = (text: string): string => text.replaceAll('/', '-').replaceAll(':', '_');

describe('a label that spells a reference', () => {
  it.each(['labels', 'matchLabels', 'annotations'])('may spell what it became, among %s', (above) => {
    expect(compared(labelled(slug(OLD), above), labelled(slug(NEW), above))).toEqual(EXPLAINED);
  });

  it('may leave its tag out', () => {
    expect(compared(labelled('ghcr.io-org-agent'), labelled('registry.test-platform-org-agent'))).toEqual(EXPLAINED);
  });

  const long = 'a'.repeat(40);
  const moved = [{ text: `ghcr.io/org/${long}:1.0.0`, wanted: `registry.test/platform/org/${long}:1.0.0` }];

  it.each([
    ['at its end', (text: string) => text.slice(0, 55)],
    ['at its beginning', (text: string) => text.slice(-55)],
  ])('may be cut off %s', (_, cut) => {
    const [before = '', after = ''] = moved.flatMap(({ text, wanted }) => [text, wanted]).map((one) => cut(slug(one)));
    expect(compared(labelled(before), labelled(after), moved)).toEqual(EXPLAINED);
  });

  it.each<[string, string, string]>([
    ['another reference', slug(OLD), slug('registry.test/platform/org/other:0.0.23')],
    ['other separators', slug(OLD), NEW.replace(/[/:]/g, '.')],
    ['a separator of which nothing is known', 'ghcr.io-org-agent', slug('registry.test:5000/platform/org/agent')],
    ['a part of it, which may be anything', 'agent', 'registry.test-platform-org-agent'],
    ['the whole in place of a part', 'ghcr.io-org', 'registry.test-platform-org'],
  ])('is not %s', (_, before, after) => {
    expect(compared(labelled(before), labelled(after))).toEqual({ left: 1, explained: {} });
  });

  it('has to be one that Kubernetes takes; an annotation may be longer', () => {
    const wanted = `registry.test/${'platform/'.repeat(6)}org/agent:0.0.23`;
    const ofMany = (above: string) =>
      compared(labelled(slug(OLD), above), labelled(slug(wanted), above), [{ text: OLD, wanted }]);
    expect(ofMany('labels')).toEqual({ left: 1, explained: {} });
    expect(ofMany('annotations')).toEqual(EXPLAINED);
  });

  it('is none elsewhere', () => {
    expect(compared(labelled(slug(OLD), 'spec'), labelled(slug(NEW), 'spec'))).toEqual({ left: 1, explained: {} });
    const both = (text: string): string => `${labelled(slug(text))}\nspec:\n    example.dev/agent: "${slug(text)}"`;
    expect(compared(both(OLD), both(NEW))).toMatchObject({ explained: {} });
  });

  it('may not be looked for by its former value', () => {
    const use = `\nargs:\n  - -l=agent=${slug(OLD)}`;
    expect(compared(labelled(slug(OLD)) + use, labelled(slug(NEW)) + use)).toEqual({ left: 1, explained: {} });
  });
});
