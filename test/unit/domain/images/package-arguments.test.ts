import { describe, expect, test } from 'vitest';
import { isInstalled } from '../../../../src/domain/images/package-arguments.ts';

describe('a package among arguments', () => {
  test.each<[string, readonly string[]]>([
    ['of its tool', ['confluent-hub', 'install', '--no-prompt', 'acme/plug-in:1.2']],
    [
      'of its tool by a path, behind another',
      ['/usr/bin/confluent-hub', 'install', 'acme/other:1', 'acme/plug-in:1.2'],
    ],
    ['of a tool with further words', ['confluent', 'connect', 'plugin', 'install', 'acme/plug-in:1.2']],
  ])('%s is no image', (_, items) => {
    expect(isInstalled(items, items.length - 1)).toBe(true);
  });

  test.each<[string, readonly string[]]>([
    ['of another tool', ['docker', 'plugin', 'install', 'acme/plug-in:1.2']],
    ['of a shell', ['sh', '-c', 'confluent-hub install acme/other:1', 'acme/plug-in:1.2']],
    ['of a registry', ['confluent-hub', 'install', 'quay.io/acme/plug-in:1.2']],
    ['with a host', ['confluent-hub', 'install', 'quay.io/plug-in:1.2']],
  ])('%s is one', (_, items) => {
    expect(isInstalled(items, items.length - 1)).toBe(false);
  });
});
