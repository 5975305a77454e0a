import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

const PROOF = join(import.meta.dirname, '..', '..', '..', '..', 'src', 'domain', 'proof');

function importsOf(file: string): readonly string[] {
  const matches = readFileSync(file, 'utf8').matchAll(
    /^(?:import|export)\b[^;]*?from '([^']+)';|import\('([^']+)'\)/gms,
  );
  return [...matches].map((match) => match[1] ?? match[2] ?? '');
}

function reachable(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const name of importsOf(file)) reachable(name.startsWith('.') ? join(dirname(file), name) : name, seen);
  return seen;
}

it('the sweep shares no code with the finder, so that a blind spot of the finder cannot prove itself', () => {
  const files = [...reachable(join(PROOF, 'sweep.ts'))].map((file) => relative(PROOF, file)).sort();
  expect(files).toEqual([
    'base64-text.ts',
    'behind-own.ts',
    'command-names.ts',
    'crd-defaults.ts',
    'documented-lines.ts',
    'doubled-bases.ts',
    'foreign-hosts.ts',
    'joined-fields.ts',
    'led-names.ts',
    'line-maps.ts',
    'names-under-images.ts',
    'open-names.ts',
    'original-names.ts',
    'package-tools.ts',
    'page-fields.ts',
    'page-words.ts',
    'quoted-texts.ts',
    'silent-pages.ts',
    'split-names.ts',
    'sweep-explain.ts',
    'sweep-patterns.ts',
    'sweep-rules.ts',
    'sweep.ts',
    'template-lines.ts',
  ]);
});

it('this test can see what a file imports', () => {
  const files = [...reachable(join(PROOF, 'compare.ts'))].map((file) => relative(PROOF, file));
  expect(files).toContain('../images/image-use.ts');
});
