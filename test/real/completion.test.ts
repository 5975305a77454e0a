import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { commandWords } from '../../src/cli/command-words.ts';
import { completionScript, type Shell } from '../../src/cli/completion.ts';
import { createProgram } from '../../src/cli/program.ts';
import { allActions } from '../support/actions.ts';
import { describeWith, requireTool } from '../support/tools.ts';
import { inDirectory } from '../support/wrap-samples.ts';

const words = commandWords(
  createProgram(
    '0.0.0',
    allActions(async () => 0),
    () => undefined,
  ),
);

/** What a shell prints that has read the script and runs these lines; its directory has a file and a directory. */
async function said(shell: Shell, lines: string, argv: readonly string[] = ['-c']): Promise<readonly string[]> {
  let text = '';
  await inDirectory(async (directory) => {
    await writeFile(join(directory, 'catalog.yaml'), '');
    await mkdir(join(directory, 'folder'));
    const script = join(directory, 'completion');
    await writeFile(script, completionScript(shell, words));
    const env = { HOME: directory, XDG_CONFIG_HOME: directory };
    const ran = await execa(requireTool(shell), [...argv, `source ${script}; ${lines}`], { cwd: directory, env });
    text = `${ran.stderr}${ran.stdout}`;
  });
  return text.split('\n').filter((line) => line !== '');
}

/** What comes of pressing TAB behind the last word. */
const CASES: readonly (readonly [line: readonly string[], includes: readonly string[], lacks: readonly string[]])[] = [
  [['mir'], ['mirror'], ['copy']],
  [['mirror', '--image-pu'], ['--image-pull-secret'], ['--images']],
  [['mirror', '--images', 'con'], ['conditional'], ['rendered', '--concurrency']],
  [['mirror', '--catalog', 'cat'], ['catalog.yaml'], []],
  [['bundle', 'cre'], ['create'], ['push']],
  [['mirror', '--plain-http', '--json', '--mark'], ['--markdown'], []],
  [['completion', 'f'], ['fish'], ['bash']],
  [['errors', 'RATE'], ['RATE_LIMITED'], ['NOT_PROVEN']],
  [['catalog', 'generate', '--manifests', 'cat'], ['catalog.yaml'], []],
  [['catalog', 'generate', '--checkout', 'fol'], ['folder'], []],
];

describeWith(['bash'], 'completion in bash', () => {
  it.each(CASES)('of %j', async (line, includes, lacks) => {
    const quoted = line.map((word) => `'${word}'`).join(' ');
    const found = await said(
      'bash',
      `COMP_WORDS=(airgap-charts ${quoted}); COMP_CWORD=${line.length}; _airgap_charts; printf '%s\\n' "\${COMPREPLY[@]}"`,
      ['--norc', '-c'],
    );
    expect(found).toEqual(expect.arrayContaining([...includes]));
    expect(found.filter((word) => lacks.includes(word))).toEqual([]);
  });
});

describeWith(['fish'], 'completion in fish', () => {
  it.each(CASES)('of %j', async (line, includes, lacks) => {
    const lines = await said('fish', `complete -C "airgap-charts ${line.join(' ')}"`, ['--no-config', '-c']);
    const found = lines.map((one) => one.replace(/\/?(\t.*)?$/, ''));
    expect(found).toEqual(expect.arrayContaining([...includes]));
    expect(found.filter((word) => lacks.includes(word ?? ''))).toEqual([]);
  });
});

describeWith(['zsh'], 'completion in zsh', () => {
  it('is a script that zsh reads, and registers', async () => {
    const lines = 'print -r -- "$_comps[airgap-charts]"';
    const setUp = 'autoload -Uz compinit; compinit -D -u';
    const script = completionScript('zsh', words);
    expect(script).toContain(
      "'*--images[which images are mirrored (default\\: rendered)]:value:(rendered conditional all)'",
    );
    const { stdout } = await execa(requireTool('zsh'), ['-f', '-c', `${setUp}; ${script}\n${lines}`]);
    expect(stdout).toBe('_airgap_charts');
  });
});
