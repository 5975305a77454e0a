import { MirrorError } from '../../errors.ts';

/** That the tools of this machine cannot be packed for another one. */
export function packFailure(why: string, hint = 'install airgap-charts anew, or leave --with-tools'): MirrorError {
  return new MirrorError(`the tools cannot be packed: ${why}`, { code: 'TOOL_FAILED', origin: 'local', hint });
}
