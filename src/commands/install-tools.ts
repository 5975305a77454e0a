import { createFetchBytes } from '../adapters/tools/fetch-bytes.ts';
import { installTools } from '../adapters/tools/install.ts';
import { EVERY_LOCAL_HOST } from '../cli/options.ts';
import type { NetworkSettings } from '../domain/network.ts';
import { TOOLS, type ToolName } from '../domain/tool.ts';
import { MirrorError } from '../errors.ts';
import type { Redactor } from '../redaction.ts';
import { connect } from './connect.ts';
import { cacheDirectory, type Surroundings } from './surroundings.ts';

function isToolName(name: string): name is ToolName {
  return Object.hasOwn(TOOLS, name);
}

function toolNames(names: readonly string[]): readonly ToolName[] {
  const unknown = names.find((name) => !isToolName(name));
  if (unknown !== undefined) {
    throw new MirrorError(`there is no tool ${unknown}`, {
      code: 'INPUT_INVALID',
      origin: 'input',
      hint: `name ${Object.keys(TOOLS).join(' or ')}`,
    });
  }
  return names.length === 0 ? ['helm', 'crane'] : names.filter(isToolName);
}

/** Provides helm and crane, from PATH, the cache, their releases, or built by Go. Says what was chosen and why. */
export async function provideTools(
  names: readonly string[],
  flags: { readonly plainHttp: readonly string[]; readonly caFile?: string },
  around: Surroundings,
  redactor: Redactor,
): Promise<number> {
  const wanted = toolNames(names);
  const network: NetworkSettings = {
    hosts: new Map(),
    plainHttpHosts: flags.plainHttp.filter((host) => host !== EVERY_LOCAL_HOST),
    plainHttpLoopback: flags.plainHttp.includes(EVERY_LOCAL_HOST),
    caFile: flags.caFile,
    mirrors: [],
  };
  const say = (line: string): void => around.complain(`${redactor.scrub(line)}\n`);
  const connections = connect(network, around.env, {}, redactor, say);
  const { env, signal, platform, arch } = around;
  try {
    await installTools(wanted, {
      cacheDir: cacheDirectory(around),
      env,
      host: { os: platform, arch },
      fetchBytes: createFetchBytes(connections.requests),
      signal,
      onProgress: say,
    });
    return 0;
  } finally {
    await connections.close();
  }
}
