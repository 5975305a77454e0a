import type { Plain } from './plain.ts';

// their packages are called as images are: `confluent-hub install OWNER/NAME:VERSION`; sources in ../proof/package-tools.ts, which
// shares nothing with this file on purpose
const INSTALL =
  /^(?:\S*\/)?(?:confluent-hub install|confluent connect plugin install|composer(?:\.phar)? (?:global )?(?:require|create-project)|ollama (?:pull|run))(?: [^\s;&|]+)* $/;
const PACKAGE = /^[a-z0-9][a-z0-9_-]*\/[a-z0-9][a-z0-9._-]*(?::[^@/]+)?$/i;

/** Whether an argument names what the arguments before it tell a tool to install: from a place of its own, and no image. */
export function isInstalled(items: readonly Plain[], index: number): boolean {
  const own = items[index];
  if (typeof own !== 'string' || !PACKAGE.test(own)) return false;
  const before = items.slice(0, index);
  return before.every((item) => typeof item === 'string' && !/\s/.test(item)) && INSTALL.test(`${before.join(' ')} `);
}
