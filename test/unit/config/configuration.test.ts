import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { shippedPath } from '../../../src/config/documents.ts';
import { DEFAULT_KUBE_VERSION } from '../../../src/domain/chart/kube-version.ts';
import type { HostSettings } from '../../../src/domain/network.ts';
import { hostWith } from '../../support/http-network.ts';
import { configurationOf, messages } from './configurations.ts';

describe('a run without configuration', () => {
  it('has the documented defaults', async () => {
    const { settings, network, moved, repositories, ownRegistry } = await configurationOf({ x: '' });
    expect(settings).toEqual({
      targetRegistry: undefined,
      targetPrefix: '',
      imagePath: 'source',
      kubeVersion: DEFAULT_KUBE_VERSION,
      platform: undefined,
      concurrency: 8,
      copies: 32,
      engine: 'native',
      artifacts: 'all',
      verifySignatures: false,
      signatures: {},
      pinDigests: false,
      cache: { kind: 'own' },
      outputDir: '/in',
      chartVersionSuffix: undefined,
      strict: false,
      includeDependencies: true,
      skipExisting: true,
      verifyExistingDigest: true,
      profile: undefined,
      images: 'rendered',
      switches: true,
      templatePatches: true,
      imagePullSecret: undefined,
      pullSecretInChart: false,
      applyRepositorySettings: false,
    });
    expect(network).toEqual({
      hosts: new Map(),
      plainHttpHosts: [],
      plainHttpLoopback: false,
      caFile: undefined,
      mirrors: [],
    });
    expect([moved, repositories]).toEqual([[], []]);
    expect(ownRegistry).toEqual({ account: undefined, region: undefined });
    const docs = await readFile(shippedPath('docs/configuration.md'), 'utf8');
    expect(docs).toContain(`\`${DEFAULT_KUBE_VERSION}\``);
  });

  it('takes a file of comments for one without settings', async () => {
    expect((await configurationOf({ 'airgap-charts.yaml': '# later\n' })).settings.strict).toBe(false);
  });
});

const FULL = {
  'conf/c.yaml': `targetRegistry: Registry.example:5000/mirror
targetPrefix: images
imagePath: host
kubeVersion: v1.30.1
platform: linux/arm64
concurrency: 3
engine: crane
artifacts: signatures
verifySignatures: true
signatureKeys: [pem/a.pub]
signatureIdentity: who
signatureIssuerRegexp: ^by$
signatureTrustRoot: root.json
pinDigests: true
cacheDir: kept
outputDir: out
chartVersionSuffix: +mirror.2
strict: true
includeDependencies: false
skipExisting: false
verifyExistingDigest: false
profile: mirror
images: all
switches: false
templatePatches: false
imagePullSecret: regcred
pullSecretInChart: true
applyRepositorySettings: true
ca: pem/all.pem
plainHttp: true
sourceMirrors:
  - {from: "https://charts.example/stable/", to: "http://127.0.0.1:8080/x"}
  - {from: registry-1.docker.io/library, to: cache.example/hub}
  - {from: oci://ghcr.io, to: oci://cache.example/ghcr/}
registries:
  index.docker.io:
    mirror: other.example/hub
    concurrency: 2
  ghcr.io:
    mirror: never.example
  registry.example:5000:
    plainHttp: false
    ca: pem/one.pem
    clientCertificate: {cert: pem/c.pem, key: pem/c.key}
    type: ecr
    account: "123456789012"
    region: eu-central-1
repositories:
  - {match: "*", scanOnPush: true}
moved:
  - {match: "*:latest", action: keep}
`,
  'conf/pem/all.pem': '',
  'conf/pem/one.pem': '',
  'conf/pem/c.pem': '',
  'conf/pem/c.key': '',
  'flag.pem': '',
};

describe('a configuration file', () => {
  it('sets what flags set, with paths relative to itself', async () => {
    const { settings } = await configurationOf(FULL, { config: 'conf/c.yaml' });
    expect(settings).toEqual({
      targetRegistry: 'registry.example:5000/mirror',
      targetPrefix: 'images',
      imagePath: 'host',
      kubeVersion: 'v1.30.1',
      platform: { os: 'linux', architecture: 'arm64', variant: undefined },
      concurrency: 3,
      copies: 3,
      engine: 'crane',
      artifacts: 'signatures',
      verifySignatures: true,
      signatures: {
        verifySignatures: true,
        signatureKeys: ['/in/conf/pem/a.pub'],
        signatureIdentity: 'who',
        signatureIssuerRegexp: '^by$',
        signatureTrustRoot: '/in/conf/root.json',
      },
      pinDigests: true,
      cache: { kind: 'named', directory: '/in/conf/kept' },
      outputDir: '/in/conf/out',
      chartVersionSuffix: '+mirror.2',
      strict: true,
      includeDependencies: false,
      skipExisting: false,
      verifyExistingDigest: false,
      images: 'all',
      switches: false,
      templatePatches: false,
      imagePullSecret: 'regcred',
      pullSecretInChart: true,
      profile: 'mirror',
      applyRepositorySettings: true,
    });
  });

  it('says how hosts are reached, Docker Hub under one name, the first mirror of a source', async () => {
    const { network, moved } = await configurationOf(FULL, { config: 'conf/c.yaml' });
    const none = hostWith({});
    expect(network).toEqual({
      hosts: new Map<string, HostSettings>([
        ['docker.io', { ...none, concurrency: 2 }],
        ['ghcr.io', none],
        [
          'registry.example:5000',
          {
            ...none,
            type: 'ecr',
            account: '123456789012',
            region: 'eu-central-1',
            plainHttp: false,
            caFile: '/in/conf/pem/one.pem',
            clientCertificate: { certFile: '/in/conf/pem/c.pem', keyFile: '/in/conf/pem/c.key' },
          },
        ],
      ]),
      plainHttpHosts: ['registry.example:5000'],
      plainHttpLoopback: true,
      caFile: '/in/conf/pem/all.pem',
      mirrors: [
        { from: 'https://charts.example/stable', to: 'http://127.0.0.1:8080/x' },
        { from: 'docker.io/library', to: 'cache.example/hub' },
        { from: 'ghcr.io', to: 'cache.example/ghcr' },
        { from: 'docker.io', to: 'other.example/hub' },
      ],
    });
    expect(moved).toEqual([{ match: '*:latest', action: 'keep' }]);
  });

  it('gives way to flags; lists are replaced', async () => {
    const { settings, network } = await configurationOf(FULL, {
      config: 'conf/c.yaml',
      flags: {
        targetRegistry: 'other.example',
        targetPrefix: '',
        concurrency: '9',
        strict: false,
        outputDir: 'o',
        platform: 'auto',
        profile: 'other',
      },
      caFile: 'flag.pem',
      sourceMirrors: ['quay.io=http://127.0.0.1:5000'],
      plainHttp: ['Plain.example:80'],
    });
    expect(settings).toMatchObject({
      targetRegistry: 'other.example',
      targetPrefix: '',
      concurrency: 9,
      strict: false,
      outputDir: '/in/o',
      platform: undefined,
      imagePath: 'host',
      profile: 'other',
      applyRepositorySettings: true,
    });
    expect(network.caFile).toBe('/in/flag.pem');
    expect(network.plainHttpHosts).toEqual(['plain.example:80', 'other.example']);
    expect(network.mirrors.map(({ from }) => from)).toEqual(['quay.io', 'docker.io', 'ghcr.io']);
  });

  it('is read from the working directory when no flag names one', async () => {
    const { settings } = await configurationOf({ 'airgap-charts.yaml': 'concurrency: 2\n' });
    expect([settings.concurrency, settings.copies]).toEqual([2, 2]);
  });
});

describe('plain HTTP', () => {
  it('without a host is for loopback and the target only', async () => {
    const request = { plainHttp: [true] as const, flags: { targetRegistry: 'registry.example/x' } };
    expect((await configurationOf({ x: '' }, request)).network).toMatchObject({
      plainHttpHosts: ['registry.example'],
      plainHttpLoopback: true,
    });
  });

  it('with a host is for that host only', async () => {
    const request = { plainHttp: ['a.example'], flags: { targetRegistry: 'registry.example' } };
    expect((await configurationOf({ x: '' }, request)).network).toMatchObject({
      plainHttpHosts: ['a.example'],
      plainHttpLoopback: false,
    });
  });
});

describe('bad configurations', () => {
  it.each([
    [
      'targetRegistry: https://registry.example',
      'c.yaml:1:17: the target registry cannot be "https://registry.example", leave https:// out',
    ],
    [
      'targetRegistry: registry',
      'c.yaml:1:17: the target registry cannot be "registry", add a domain or a port, for example "registry:5000"',
    ],
    [
      'targetRegistry: registry.example/',
      'c.yaml:1:17: the target registry cannot be "registry.example/", write a path of lower case components without a slash at its end',
    ],
    [
      'targetRegistry: "*.example"',
      'c.yaml:1:17: the target registry cannot be "*.example", write a host like "registry.example.org:5000", with a path if need be',
    ],
    [
      'targetRegistry: https://u:p@registry.example',
      'c.yaml:1:17: the target registry cannot be "https://***@registry.example", write it without user and password and log in with docker login',
    ],
    [
      'targetPrefix: /mirror',
      'c.yaml:1:15: the target prefix cannot be "/mirror", write lower case path components like "mirror/prod", without a slash at the ends',
    ],
    ['artifacts: sbom', 'c.yaml:1:12: "artifacts" cannot be "sbom", write none, signatures or all'],
    ['engine: docker', 'c.yaml:1:9: "engine" cannot be "docker", write crane or native'],
    ['imagePath: both', 'c.yaml:1:12: "imagePath" cannot be "both", write source, host, flat or flat-host'],
    ['kubeVersion: 1.30', 'c.yaml:1:14: "kubeVersion" is read as the number 1.3, put it in quotes: "1.30"'],
    ['kubeVersion: newest', 'c.yaml:1:14: the Kubernetes version cannot be "newest", write it like "1.33.0"'],
    [
      'platform: windows/amd64',
      'c.yaml:1:11: "platform" cannot be "windows/amd64", write auto, linux/amd64 or linux/arm64',
    ],
    ['concurrency: 0', 'c.yaml:1:14: "concurrency" cannot be 0, write 1 or more'],
    ['concurrency: 65', 'c.yaml:1:14: "concurrency" cannot be 65, write 64 or less'],
    ['concurrency: 1.5', 'c.yaml:1:14: "concurrency" is read as the number 1.5, write a whole number, for example 8'],
    ['strict: "yes"', 'c.yaml:1:9: "strict" is the text "yes", write true or false, for example true'],
    ['outputDir: ""', 'c.yaml:1:12: "outputDir" is empty, write text, for example "out"'],
    ['chartVersionSuffix: mirror', 'c.yaml:1:21: the version suffix cannot be "mirror", write it like "+mirror.2"'],
    [
      'overwriteExisting: true',
      'c.yaml:1:1: unknown key "overwriteExisting", write one of targetRegistry, targetPrefix, imagePath, images, switches, templatePatches, pinDigests, cache, cacheDir, imagePullSecret, pullSecretInChart, kubeVersion, platform, concurrency, engine, artifacts, verifySignatures, signatureKeys, signatureIdentity, signatureIdentityRegexp, signatureIssuer, signatureIssuerRegexp, signatureTrustRoot, outputDir, chartVersionSuffix, strict, includeDependencies, skipExisting, verifyExistingDigest, ca, plainHttp, sourceMirrors, registries, profile, applyRepositorySettings, repositories, moved or policy',
    ],
    [
      'password: x',
      'c.yaml:1:1: unknown key "password", write one of targetRegistry, targetPrefix, imagePath, images, switches, templatePatches, pinDigests, cache, cacheDir, imagePullSecret, pullSecretInChart, kubeVersion, platform, concurrency, engine, artifacts, verifySignatures, signatureKeys, signatureIdentity, signatureIdentityRegexp, signatureIssuer, signatureIssuerRegexp, signatureTrustRoot, outputDir, chartVersionSuffix, strict, includeDependencies, skipExisting, verifyExistingDigest, ca, plainHttp, sourceMirrors, registries, profile, applyRepositorySettings, repositories, moved or policy',
    ],
    ['ca: none.pem', 'c.yaml:1:5: there is no file "none.pem", write a path relative to this file'],
    [
      'registries: {https://x.example: {}}',
      'c.yaml:1:14: "https://x.example" is no registry host, write a host with its port if it has one, such as "registry.example.org:5000", without scheme and path',
    ],
    [
      'registries: {docker.io: {}, registry-1.docker.io: {}}',
      'c.yaml:1:29: "registry-1.docker.io" is docker.io, which stands here already, write it once',
    ],
    [
      'registries: {x.example: {clientCertificate: {cert: a.pem}}}',
      'c.yaml:1:45: "key" is missing, add it, for example "client.key"',
    ],
    ['registries: {x.example: {type: harbor}}', 'c.yaml:1:32: "type" cannot be "harbor", write ecr or generic'],
    [
      'registries: {x.example: {mirror: "https://u:p@m.example"}}',
      'c.yaml:1:34: a source mirror cannot be at "https://***@m.example", write a host or an http:// or https:// URL, with a path if need be and without a password',
    ],
    [
      'sourceMirrors: [{from: "a b", to: x.example}]',
      'c.yaml:1:17: a source mirror cannot be for "a b", write a registry host, a host with a path, or the URL of a chart repository',
    ],
    [
      'sourceMirrors: [{from: x.example}]',
      'c.yaml:1:17: "to" is missing, add it, for example "cache.example.org/docker-hub"',
    ],
    [
      'imagePullSecret: Regcred',
      'c.yaml:1:18: a secret cannot be called "Regcred", write lower case letters, digits, "-" and "."',
    ],
    ['profile: ""', 'c.yaml:1:10: "profile" is empty, write text, for example "mirror"'],
    ['profile: "a]"', 'c.yaml:1:10: the AWS profile cannot be "a]", write a name that stands in ~/.aws/config'],
    [
      'applyRepositorySettings: later',
      'c.yaml:1:26: "applyRepositorySettings" is the text "later", write true or false, for example false',
    ],
    ['- strict', 'c.yaml:1:1: the document is a list, write a map'],
  ])('%s', async (line, message) => {
    expect(await messages({ 'c.yaml': `${line}\n`, 'a.pem': '' }, { config: 'c.yaml' })).toEqual([message]);
  });

  it('says all that is wrong with flags and file together', async () => {
    const request = {
      config: 'none.yaml',
      flags: { targetRegistry: 'oci://x.example', concurrency: 'many', platform: 'linux', kubeVersion: '1' },
      plainHttp: ['http://x.example'],
      caFile: 'none.pem',
      sourceMirrors: ['docker.io', 'docker.io=u:p@x.example'],
    };
    expect(await messages({ x: '' }, request)).toEqual([
      '--target-registry: the target registry cannot be "oci://x.example", leave oci:// out',
      '--kube-version: the Kubernetes version cannot be "1", write it like "1.33.0"',
      '--platform: the platform cannot be "linux", write auto, linux/amd64 or linux/arm64',
      '--concurrency: the concurrency cannot be "many", write a whole number from 1 to 64',
      '--plain-http: "http://x.example" is no registry host, write a host with its port if it has one, such as "registry.example.org:5000", without scheme and path',
      '--ca-file: there is no file "none.pem", name a PEM file',
      '--source-mirror: "docker.io" is no source mirror, write FROM=TO, for example docker.io=cache.example.org/hub',
      '--source-mirror: a source mirror cannot be at "***@x.example", write a host or an http:// or https:// URL, with a path if need be and without a password',
      'none.yaml:1:1: there is no such file, check the path',
    ]);
  });
});

/** The paths of properties without a description or an example, in all of a schema. */
function unexplained(schema: unknown, path = ''): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties } = { properties: {}, ...schema };
  const own = Object.entries(properties ?? {})
    .filter(([, value]) => !('description' in Object(value) && 'examples' in Object(value)))
    .map(([key]) => `${path}.${key}`);
  return [...own, ...Object.entries(schema).flatMap(([key, value]) => unexplained(value, `${path}.${key}`))];
}

describe('the schemas', () => {
  it('explain every key of the configuration, with an example', async () => {
    const text = await readFile(shippedPath('schemas/configuration.schema.json'), 'utf8');
    expect(unexplained(JSON.parse(text))).toEqual([]);
  });

  it('describe moved rules alike', async () => {
    const [catalog, configuration] = await Promise.all(
      ['catalog', 'configuration'].map(async (name) =>
        JSON.parse(await readFile(shippedPath(`schemas/${name}.schema.json`), 'utf8')),
      ),
    );
    expect(configuration.$defs.moved).toEqual(catalog.$defs.moved);
  });
});
