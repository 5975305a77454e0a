import type { MirrorOptions } from '../../src/pipeline/run-settings.ts';

/** What a run is told when nobody says anything but the target. */
export const MIRROR_OPTIONS: MirrorOptions = {
  scanOnly: false,
  naming: { registry: 'registry.example.com/m', prefix: '', imagePath: 'source' },
  includeDependencies: true,
  kubeVersion: '1.34.0',
  platform: undefined,
  existing: { skipExisting: true, verifyDigest: true, overwrite: false, moved: [] },
  pushUnproven: false,
  chartVersionSuffix: '',
  strict: false,
  trustJournal: false,
  concurrency: 4,
  renders: 2,
  images: 'rendered',
  artifacts: 'all',
  signatures: undefined,
  policy: undefined,
  switches: true,
  templatePatches: true,
  pinDigests: false,
  pullSecret: undefined,
  ecr: undefined,
  repositories: { rules: [], applySettings: false },
};
