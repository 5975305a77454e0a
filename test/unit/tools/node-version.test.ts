import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explainOldNode, OLDEST_NODE } from '../../../src/node-version.ts';

function read(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
}

describe('explainOldNode', () => {
  it.each(['0.10.48', '16.20.2', '20.20.2', '22.18.9'])('explains %s in one line', (version) => {
    expect(explainOldNode(version)).toMatch(
      new RegExp(`^[^\\n]*needs Node 22\\.19\\.0 or newer and this is Node ${version.replaceAll('.', '\\.')}[^\\n]*$`),
    );
  });

  it.each(['22.19.0', '22.23.1', '23.0.0', '24.0.0-nightly', '26.10.0'])('has nothing to say of %s', (version) => {
    expect(explainOldNode(version)).toBeUndefined();
  });

  it('has the floor of package.json and of the bootstrap', () => {
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    expect(engines.node).toBe(`>=${OLDEST_NODE}`);
    const [major, minor] = OLDEST_NODE.split('.');
    expect(read('src/bootstrap.mjs')).toContain(`const OLDEST_NODE = [${major}, ${minor}];`);
  });

  it('stands in a file that imports nothing', () => {
    expect(read('src/node-version.ts')).not.toMatch(/^\s*import|\bimport\(|\brequire\(/m);
  });
});
