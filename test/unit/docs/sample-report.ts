import type {
  ChartStatus,
  ImageStatus,
  Report,
  ReportedChart,
  ReportedImage,
} from '../../../src/domain/report/report.ts';
import type { ReportedArtifacts } from '../../../src/domain/report/reported-artifacts.ts';
import type { ReportedChanges } from '../../../src/domain/report/reported-changes.ts';
import type { ReportedEcr } from '../../../src/domain/report/reported-ecr.ts';
import type { ReportedProof } from '../../../src/domain/report/reported-proof.ts';
import type { ReportedSignature } from '../../../src/domain/report/reported-signatures.ts';

const PLACE = { file: 'catalog.yaml', line: 2, column: 5, key: 'addons[0]' };

const PROVEN: ReportedProof = {
  state: 'proven',
  earlier: false,
  command: 'helm template a helm-charts/a/a-1.0.1.tgz',
  references: 2,
  schemaChecked: true,
  reason: null,
  residue: [],
  unexplained: [],
  explained: { comment: 1 },
};

const UNPROVEN: ReportedProof = {
  ...PROVEN,
  state: 'not-proven',
  earlier: false,
  reason: 'dependencies were left out: cache',
  residue: [{ place: 'a/templates/a.yaml Pod/a', expected: 'b', found: null, literals: ['a/templates/a.yaml:3'] }],
  unexplained: [{ template: 'a/templates/a.yaml', line: 3, text: 'quay.io/a/b' }],
};

const ECR: ReportedEcr = {
  account: '123456789012',
  region: null,
  repositories: [
    {
      name: 'platform/a',
      status: 'failed',
      settings: {
        tags: { 'chart-syncer': 'true' },
        tagMutability: { kind: 'immutable', exceptions: ['latest'] },
        scanOnPush: true,
        encryption: { type: 'KMS', key: null },
        lifecyclePolicy: '{"rules":[]}',
        repositoryPolicy: null,
      },
      differences: [{ setting: 'scanOnPush', is: 'off', wanted: 'on', changeable: true, changed: false }],
      notCompared: ['encryption'],
      detail: null,
      error: { code: 'RATE_LIMITED', origin: 'destination', message: 'later', hint: null },
    },
  ],
  mounting: { state: 'off', savesBytes: 12 },
  policy: {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['ecr:GetAuthorizationToken'], Resource: ['*'] },
      { Effect: 'Allow', Action: ['kms:CreateGrant'], Resource: ['*'], Condition: { StringEquals: { a: 'b' } } },
    ],
  },
  policyNotes: ['one'],
  calls: { BatchGetImage: 2 },
};

/** A chart row of a status; failed and refused ones know no version and have an error. */
export function chartRow(status: ChartStatus): ReportedChart {
  const bad = status === 'failed' || status === 'refused';
  return {
    chart: 'a',
    release: 'a',
    namespace: bad ? null : 'a',
    requested: '^1.0.0',
    version: bad ? null : '1.0.1',
    source: 'oci://ghcr.io/org/a',
    sourceDigest: null,
    destination: bad ? null : 'oci://registry.example.com/a:1.0.1',
    archive: bad ? null : 'helm-charts/a/a-1.0.1.tgz',
    provenance: bad ? null : 'helm-charts/a/a-1.0.1.original/a-1.0.1.tgz.prov',
    status,
    kubeVersion: '1.34.0',
    declared: [PLACE, { ...PLACE, key: undefined }],
    dependencies: [
      { path: 'b', chart: 'b', version: '1', repository: '', alias: null, condition: 'b.enabled', state: 'vendored' },
    ],
    proof: status === 'not-proven' ? UNPROVEN : PROVEN,
    consumer: { ...PROVEN, written: !bad },
    edits: [
      { file: 'values.yaml', key: 'image', line: null, before: null, after: 'registry.example.com/a' },
      { file: 'a/templates/a.yaml', key: null, line: 3, before: 'image: a', after: 'image: registry.example.com/a' },
    ],
    images: ['quay.io/a/b:1'],
    declaredImages: [{ image: 'quay.io/a/b:1', annotation: 'images of a', rendered: true }],
    hiddenImages: [
      {
        image: 'quay.io/a/c:1',
        destination: 'registry.example.com/a/c:1',
        evidence: 'conditional',
        when: ['c.enabled=true'],
        moved: 'proven',
        mirrored: false,
        confirmation: 'unconfirmed',
        reason: 'quay.io/a/c:1 is not at its source',
      },
    ],
    profiles: [
      { profile: 'c.enabled=true', kind: 'switch', refusedByNotes: null, images: ['quay.io/a/c:1'], proof: PROVEN },
      { profile: 'd=true', kind: 'switch', refusedByNotes: 'a value is missing', images: [], proof: PROVEN },
    ],
    pinned: [{ image: 'docker.io/library/a:1', digest: `sha256:${'0'.repeat(64)}`, by: ['image.tag'] }],
    notPinned: [{ image: 'docker.io/library/b:1', reason: 'no value makes its tag or a digest beside it' }],
    pullSecret: {
      name: 'regcred',
      written: 'values',
      keys: [{ key: 'imagePullSecrets', serves: 1, replaced: null }],
      served: 1,
      unserved: ['a/templates/test.yaml Pod/test spec'],
      commands: ['kubectl patch serviceaccount default'],
      notes: ['a note'],
    },
    switches: 3,
    refusedProfiles: [{ profile: 'ci/a-values.yaml', kind: 'ci', reason: 'a value is missing' }],
    leftAsIs: [{ image: 'auto', place: 'a/templates/a.yaml Pod/a', why: 'an example: auto' }],
    notes: ['a note'],
    error: bad ? { code: 'CHART_TAG_TAKEN', origin: 'destination', message: 'taken', hint: null } : null,
  };
}

const NONE = { subject: null, signature: null, digest: null, key: null, identity: null, issuer: null };
const SIGNED = { subject: 'sha256:0', signature: 'quay.io/a/b:sha256-0.sig', digest: 'sha256:1', reasons: [] };

const SIGNATURES: Partial<Record<ImageStatus, ReportedSignature>> = {
  copied: {
    status: 'verified',
    ...SIGNED,
    key: { file: 'a.pub', fingerprint: 'sha256:2' },
    identity: null,
    issuer: null,
  },
  present: { status: 'verified', ...SIGNED, key: null, identity: 'a@example.com', issuer: 'https://id.example.com' },
  refused: { status: 'refused', ...NONE, reasons: [{ signature: 'quay.io/a/b:sha256-0.sig', reason: 'it is not' }] },
};

/** An image row of a status. */
export function imageRow(status: ImageStatus): ReportedImage {
  return {
    source: 'quay.io/a/b:1',
    destination: 'registry.example.com/a/b:1',
    digest: null,
    platform: status === 'kept' ? 'linux/amd64' : null,
    platforms: ['linux/amd64', 'linux/arm/v7'],
    status,
    reason: status === 'unconfirmed' ? 'quay.io/a/b:1 is not at its source' : null,
    bytes: status === 'copied' ? 12 : null,
    evidence: 'rendered',
    usedBy: [{ chart: 'a', version: '1.0.1', release: 'a', places: ['a/templates/a.yaml Pod/a'] }],
    signature: SIGNATURES[status] ?? null,
    listed: [],
    error: status === 'failed' ? { code: 'RATE_LIMITED', origin: 'source', message: 'later', hint: 'wait' } : null,
  };
}

const ARTIFACTS: ReportedArtifacts = {
  choice: 'all',
  rows: [
    {
      image: 'quay.io/a/a:1',
      reference: 'quay.io/a/a:sha256-00.sig',
      destination: 'registry.example.com/platform/a/a:sha256-00.sig',
      ...{ kind: 'tag', artifactType: null, digest: null, status: 'unconfirmed', reason: 'it is gone', bytes: null },
      error: { code: 'RATE_LIMITED', origin: 'source', message: 'later', hint: 'wait' },
    },
  ],
  totals: { unconfirmed: 1 },
  bytesCopied: 0,
  requests: { tags: 1, referrers: 2, heads: 3, manifests: 4 },
  notLookedFor: [
    { registry: 'quay.io', repository: 'a/b', what: 'tags', images: 1, reason: 'answer 403', error: null },
  ],
};

function ones<T extends string>(statuses: readonly T[]): Readonly<Partial<Record<T, number>>> {
  const counts: Partial<Record<T, number>> = {};
  for (const status of statuses) counts[status] = 1;
  return counts;
}

const CHANGES: ReportedChanges = {
  previous: {
    finishedAt: '2026-11-20T02:18:00.000Z',
    exitCode: 0,
    target: 'registry.example.com/platform',
    scanOnly: false,
  },
  nothing: false,
  sameFailures: false,
  charts: { new: [{ chart: 'a', release: 'a', before: null, after: '1.0.1', what: [] }], changed: [], gone: [] },
  images: {
    new: [],
    changed: [
      { source: 'quay.io/a/b:1', destination: 'registry.example.com/a/b:1', before: 'sha256:0', after: 'sha256:1' },
    ],
    gone: [],
  },
  newlyFailing: [{ kind: 'image', name: 'quay.io/a/b:1', before: null, after: 'failed', code: 'RATE_LIMITED' }],
  stillFailing: [],
  recovered: [],
};

/** A report with one row for each of these statuses. */
export function sampleReport(charts: readonly ChartStatus[], images: readonly ImageStatus[]): Report {
  return {
    version: 1,
    mode: 'values',
    scanOnly: false,
    target: 'registry.example.com/platform',
    startedAt: '2026-11-21T02:17:00.000Z',
    finishedAt: '2026-11-21T02:18:00.000Z',
    interrupted: false,
    exitCode: 1,
    engine: 'crane',
    plan: {
      digest: 'sha256:0',
      shard: { index: 1, of: 4 },
      moved: [],
      missing: [],
    },
    tools: { helm: '4.3.1', crane: 'unknown' },
    changes: CHANGES,
    totals: {
      addons: { declared: 9, done: 3, failed: 6, unmirrorable: 1 },
      charts: ones(charts),
      images: ones(images),
      bytesCopied: 12,
    },
    charts: charts.map(chartRow),
    images: images.map(imageRow),
    layers: {
      images: 2,
      bytes: 30,
      uniqueBytes: 20,
      shared: [{ digest: 'sha256:0', bytes: 10, images: ['quay.io/a/b:1', 'quay.io/a/c:1'] }],
    },
    artifacts: ARTIFACTS,
    signatures: {
      keys: [{ file: 'a.pub', fingerprint: 'sha256:2' }],
      ...{ identity: '/@example.com$/', issuer: 'https://id.example.com', trustRoot: 'sha256:3' },
      totals: { verified: 2, refused: 1 },
      requests: { tags: 1, referrers: 1, heads: 0, manifests: 3, blobs: 3 },
    },
    ecr: ECR,
    unmirrorable: [{ key: 'b', place: PLACE, reason: 'no chart' }],
    notes: ['one'],
  };
}
