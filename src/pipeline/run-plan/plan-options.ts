import { formatPlatform, parsePlatform } from '../../domain/platform.ts';
import { NO_POLICY, type Policy } from '../../domain/policy/policy.ts';
import type { PlanOptions } from '../../domain/run-plan/plan.ts';
import type { MirrorOptions } from '../run-settings.ts';

/** What of the options decides what is done. Rules for moved tags and repositories are in what they decide. */
export function planOptions(options: MirrorOptions): PlanOptions {
  const { naming, platform, existing, pullSecret, repositories } = options;
  const { includeDependencies, kubeVersion, images, artifacts, switches, templatePatches, pinDigests } = options;
  const { chartVersionSuffix, pushUnproven, strict } = options;
  const patterns = options.policy?.requireSignatures ?? null;
  return {
    ...{ target: naming.registry, targetPrefix: naming.prefix, imagePath: naming.imagePath },
    ...{ includeDependencies, kubeVersion, platform: platform === undefined ? null : formatPlatform(platform) },
    ...{ images, artifacts, signatures: options.signatures ?? null, switches, templatePatches, pinDigests },
    ...(options.signatures !== undefined && patterns !== null && { signedImages: patterns }),
    ...{ imagePullSecret: pullSecret?.name ?? null, pullSecretInChart: pullSecret?.inChart ?? false },
    ...{ chartVersionSuffix, skipExisting: existing.skipExisting, verifyExistingDigest: existing.verifyDigest },
    ...{ overwriteExisting: existing.overwrite, pushUnproven, strict },
    applyRepositorySettings: repositories.applySettings,
  };
}

/** Every image that the plan or the configuration wants signed has to be: neither takes anything from the other. */
function policyBeside({ signatures, signedImages }: PlanOptions, own: Policy | undefined): Policy | undefined {
  if (signatures === null) return own;
  const asked = own?.requireSignatures ?? [];
  const requireSignatures = signedImages === undefined ? null : [...new Set([...signedImages, ...asked])];
  return own === undefined && requireSignatures === null ? undefined : { ...(own ?? NO_POLICY), requireSignatures };
}

/** The options of a run that is held to a plan: its own only where they decide nothing. */
export function withPlanOptions(own: MirrorOptions, planned: PlanOptions): MirrorOptions {
  const { target, targetPrefix, imagePath, platform, imagePullSecret, pullSecretInChart, ...rest } = planned;
  const { includeDependencies, kubeVersion, images, artifacts, switches, templatePatches, pinDigests } = rest;
  const { chartVersionSuffix, pushUnproven, strict } = rest;
  return {
    ...own,
    ...{ includeDependencies, kubeVersion, images, artifacts, switches, templatePatches, pinDigests },
    ...{ chartVersionSuffix, pushUnproven, strict, scanOnly: false, signatures: rest.signatures ?? undefined },
    naming: { registry: target, prefix: targetPrefix, imagePath },
    platform: platform === null ? undefined : parsePlatform(platform),
    existing: {
      ...own.existing,
      skipExisting: rest.skipExisting,
      verifyDigest: rest.verifyExistingDigest,
      overwrite: rest.overwriteExisting,
    },
    policy: policyBeside(planned, own.policy),
    pullSecret: imagePullSecret === null ? undefined : { name: imagePullSecret, inChart: pullSecretInChart },
    repositories: { ...own.repositories, applySettings: rest.applyRepositorySettings },
  };
}
