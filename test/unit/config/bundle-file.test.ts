import { describe, expect, it } from 'vitest';
import { readBundleContents } from '../../../src/config/bundle-file.ts';
import { digestOf } from '../../../src/domain/manifest.ts';

const RELEASE = {
  ...{ release: 'web', namespace: 'shop', ociNamespace: 'team/charts', kubeVersion: '1.30.0' },
  apiVersions: ['monitoring.coreos.com/v1'],
  layers: [{ origin: 'inline', name: 'values', text: 'a: 1\n' }],
  profiles: [{ name: 'full', layers: [] }],
  platforms: ['linux/amd64'],
  images: [{ reference: 'quay.io/team/app:1', reason: null }],
  excluded: [{ pattern: 'quay.io/*', reason: 'no' }],
};
const CHART = {
  ...{ name: 'web', version: '1.0.0', source: 'https://charts.example.com/web', archive: digestOf('a') },
  ...{ provenance: null, results: null, images: ['quay.io/team/app:1'], releases: [RELEASE] },
};
const CONTENTS = {
  ...{ version: 1, generatedAt: '2026-01-01T00:00:00Z', images: 'rendered', charts: [CHART], tools: [], omitted: [] },
  carried: [{ reference: 'quay.io/team/app:1', digest: digestOf('b'), madeFrom: null, of: null }],
};

function reasons(contents: object): readonly string[] {
  const reading = readBundleContents(JSON.stringify(contents));
  return reading.kind === 'contents' ? [] : reading.reasons;
}

describe('the contents of a bundle', () => {
  it('are read', () => {
    expect(reasons(CONTENTS)).toEqual([]);
  });

  it.each([
    ['release', '--output-dir=/tmp/x'],
    ['release', '../x'],
    ['namespace', '--post-renderer=/x'],
    ['ociNamespace', '../x'],
    ['kubeVersion', '--x'],
    ['apiVersions', ['--x']],
    ['platforms', ['linux-s390x']],
    ['profiles', [{ name: '../x', layers: [] }]],
    ['images', [{ reference: 'Not A Reference', reason: null }]],
  ])('are refused with a %s of %j: it would become an argument or a path', (key, value) => {
    const chart = { ...CHART, releases: [{ ...RELEASE, [key]: value }] };
    const [reason] = reasons({ ...CONTENTS, charts: [chart] });
    expect(reason).toMatch(/is no /);
  });

  it('are refused with a name of a chart that is a path', () => {
    expect(reasons({ ...CONTENTS, charts: [{ ...CHART, name: '../x' }] })).not.toEqual([]);
  });

  it('are refused when they are something else', () => {
    expect(reasons({ version: 2 })).not.toEqual([]);
    expect(readBundleContents('{')).toEqual({ kind: 'unreadable', reasons: ['it is no JSON'] });
  });
});
