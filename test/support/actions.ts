import type { Actions } from '../../src/cli/program.ts';

/** Every command doing the same. */
export function allActions(act: () => Promise<number>): Actions {
  return {
    mirror: act,
    plan: act,
    copy: act,
    prune: act,
    check: act,
    explain: act,
    emit: act,
    postRender: act,
    wrap: act,
    unwrap: act,
    bundleCreate: act,
    bundleInfo: act,
    bundlePush: act,
    inventory: act,
    info: act,
    verify: act,
    lock: act,
    annotate: act,
    generate: act,
    lockCatalog: act,
    outdated: act,
    errors: act,
    doctor: act,
    print: () => undefined,
    installTools: act,
  };
}
