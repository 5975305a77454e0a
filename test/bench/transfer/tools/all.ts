import { findCrane } from './crane.ts';
import { findOras } from './oras.ts';
import { findOurs } from './ours.ts';
import { findRegsync } from './regsync.ts';
import { findSkopeo } from './skopeo.ts';
import type { Environment, TransferTool } from './tool.ts';

type Find = (entry: string, environment: Environment) => TransferTool | undefined;

const TOOLS: Readonly<Record<string, Find>> = {
  ours: (entry, environment) => findOurs('native', entry, environment),
  'ours-crane': (entry, environment) => findOurs('crane', entry, environment),
  crane: (_, environment) => findCrane(environment),
  regsync: (_, environment) => findRegsync(environment),
  oras: (_, environment) => findOras(environment),
  skopeo: (_, environment) => findSkopeo(environment),
};

/** Every tool that the benchmark knows. */
export const TOOL_NAMES: readonly string[] = Object.keys(TOOLS);

/** Those of the named tools that are there. `entry` is where this project's own command begins. */
export function findTools(names: readonly string[], entry: string, environment: Environment): readonly TransferTool[] {
  return names.flatMap((name) => TOOLS[name]?.(entry, environment) ?? []);
}
