import type { BadInput } from './net-bad-flags.ts';

const GOOD = 'addons:\n  - chart: web\n    repository: http://HOST/stable\n    version: "1.0.0"\n';
const CATALOG = ['mirror', '--catalog', 'c.yaml', '--target-registry', 'HOST'];
const VALUES = ['mirror', '--values', 'v.yaml', '--target-registry', 'HOST'];

/** A catalog of one entry with further lines. */
function entry(...lines: readonly string[]): string {
  return `addons:\n  - chart: web\n    repository: http://HOST/stable\n${lines.map((line) => `    ${line}\n`).join('')}`;
}

function repository(address: string): string {
  return `addons:\n  - chart: web\n    repository: ${address}\n`;
}

/** Files that are wrong: catalogs, values files, overrides, configurations. */
export const BAD_FILES: readonly BadInput[] = [
  {
    name: 'a catalog that is not there',
    argv: CATALOG,
    says: ['c.yaml:1:1: there is no such file, check the path'],
  },
  {
    name: 'a catalog that is a directory',
    files: { 'c.yaml/readme': '' },
    argv: CATALOG,
    says: ['c.yaml:1:1: this is a directory, name a file in it'],
  },
  {
    name: 'a catalog that is no YAML',
    files: { 'c.yaml': 'addons: [\n' },
    argv: CATALOG,
    says: ['c.yaml:2:1: a "]" is missing above, close the list or map'],
  },
  {
    name: 'a catalog with a tab',
    files: { 'c.yaml': 'addons:\n\t- chart: web\n' },
    argv: CATALOG,
    says: ['c.yaml:2:1: a tab is used for indentation, indent with spaces'],
  },
  {
    name: 'keys that nearly exist',
    files: { 'c.yaml': entry('verison: "1.0.0"', 'kubeversion: "1.33.0"') },
    argv: CATALOG,
    says: [
      'c.yaml:4:5: unknown key "verison", write "version" or take it out',
      'c.yaml:5:5: unknown key "kubeversion", write "kubeVersion" or take it out',
    ],
  },
  {
    name: 'a duplicate key',
    files: { 'c.yaml': entry('chart: again') },
    argv: CATALOG,
    says: ['c.yaml:4:5: the key "chart" stands here a second time, keep one of the two'],
  },
  {
    name: 'values of the wrong type',
    files: { 'c.yaml': entry('version: 1.10', 'values: []', 'release: true') },
    argv: CATALOG,
    says: [
      'c.yaml:4:14: "version" is read as the number 1.1, put it in quotes: "1.10"',
      'c.yaml:5:13: "values" is a list, write a map, for example {"clusterName":"c"}',
      'c.yaml:6:14: "release" is read as the boolean true, put it in quotes: "true"',
    ],
  },
  {
    name: 'a version that is no range',
    files: { 'c.yaml': entry('version: ">= banana"') },
    argv: CATALOG,
    says: ['c.yaml:4:14: "version" cannot be ">= banana", write a version like "1.2.3" or a range like "^1.2"'],
  },
  {
    name: 'a platform and a Kubernetes version that are none',
    files: { 'c.yaml': entry('platforms: [arm64]', 'kubeVersion: newest') },
    argv: CATALOG,
    says: [
      'c.yaml:4:17: item 1 of "platforms" cannot be "arm64", write os/architecture like "linux/amd64"',
      'c.yaml:5:18: "kubeVersion" cannot be "newest", write a version like "1.33.0"',
    ],
  },
  {
    name: 'an entry without chart and repository',
    files: { 'c.yaml': 'addons:\n  - version: "1.0.0"\n' },
    argv: CATALOG,
    says: [
      'c.yaml:2:5: "chart" is missing, add it, for example "keda"',
      'c.yaml:2:5: "repository" is missing, add it, for example "https://kedacore.github.io/charts"',
    ],
  },
  {
    name: 'a templated repository',
    files: { 'c.yaml': repository('"https://{{ .host }}/stable"') },
    argv: CATALOG,
    says: ['c.yaml:3:17: "repository" is a template, write the value itself, templates are not evaluated'],
  },
  {
    name: 'a repository with a password',
    files: { 'c.yaml': repository('https://me:s3cret-word@charts.example.com') },
    argv: CATALOG,
    says: [
      'c.yaml:3:17: repository "https://***@charts.example.com" holds a user name or password, take it out and log in to the host with docker login, whose credentials are used',
    ],
  },
  {
    name: 'a Git repository',
    files: { 'c.yaml': repository('https://git.example.com/team/charts.git') },
    argv: CATALOG,
    says: [
      'c.yaml:3:17: repository "https://git.example.com/team/charts.git" is a Git repository, write the chart repository or registry where the chart is published',
    ],
  },
  {
    name: 'values files that are missing or broken',
    files: { 'c.yaml': entry('valuesFiles: [none.yaml, broken.yaml]'), 'broken.yaml': 'a: 1\na: 2\n' },
    argv: CATALOG,
    says: [
      'c.yaml:4:19: there is no values file "none.yaml", write the path of a file, relative to this one',
      'broken.yaml:2:1: the key "a" stands here a second time, keep one of the two',
    ],
  },
  {
    name: 'one release in two catalogs, with different versions',
    files: { 'c.yaml': GOOD, 'd.yaml': GOOD.replace('1.0.0', '2.0.0') },
    argv: ['mirror', '--catalog', 'c.yaml,d.yaml', '--target-registry', 'HOST'],
    says: [
      'd.yaml:2:5: release "web" of chart "web" is declared at c.yaml:2 with another version, give one of the two another release name',
    ],
  },
  {
    name: 'overrides without their top key, in the working directory',
    files: { 'c.yaml': GOOD, 'chart-overrides.yaml': 'web: { a: 1 }\n' },
    argv: CATALOG,
    says: [
      'chart-overrides.yaml:1:1: "overrides" is missing, add it, for example {"aws-load-balancer-controller":{"clusterName":"c"}}',
      'chart-overrides.yaml:1:1: unknown key "web", write "overrides"',
    ],
  },
  {
    name: 'overrides of a flag that are no map, or not there',
    files: { 'c.yaml': GOOD, 'o.yaml': 'overrides:\n  web: none\n' },
    argv: [...CATALOG, '--chart-overrides', 'o.yaml', '--chart-overrides', 'p.yaml'],
    says: [
      'o.yaml:2:8: "web" is the text "none", write a map, for example {"clusterName":"c"}',
      'p.yaml:1:1: there is no such file, check the path',
    ],
  },
  {
    name: 'a values file without addons',
    files: { 'v.yaml': 'image: { repository: nginx, tag: "1" }\n' },
    argv: VALUES,
    says: [
      'v.yaml:1:1: nothing in this file looks like an addon, write addons as maps with "chart", "repoUrl", "targetRevision" and "releaseName", such as {chart: keda, repoUrl: https://kedacore.github.io/charts, targetRevision: "2.17.1"}',
    ],
  },
  {
    name: 'a values file with a template that is not quoted',
    files: { 'v.yaml': 'web:\n  chart: web\n  repoUrl: {{ .Values.host }}/stable\n' },
    argv: VALUES,
    says: ['v.yaml:3:30: a template that is not quoted is no YAML, put quotes around the whole value'],
  },
  {
    name: 'a configuration in the working directory with keys and values that cannot be',
    files: {
      'c.yaml': GOOD,
      'airgap-charts.yaml':
        'targetRegistri: x.example\nconcurrency: lots\nstrict: "yes"\nregistries:\n  https://x.example: {}\n  x.example: { ca: none.pem }\n',
    },
    argv: CATALOG,
    says: [
      'airgap-charts.yaml:1:1: unknown key "targetRegistri", write "targetRegistry" or take it out',
      'airgap-charts.yaml:2:14: "concurrency" is the text "lots", write a whole number, for example 8',
      'airgap-charts.yaml:3:9: "strict" is the text "yes", write true or false, for example true',
      'airgap-charts.yaml:5:3: "https://x.example" is no registry host, write a host with its port if it has one, such as "registry.example.org:5000", without scheme and path',
      'airgap-charts.yaml:6:20: there is no file "none.pem", write a path relative to this file',
    ],
  },
  {
    name: 'a configuration with a password',
    files: {
      'c.yaml': GOOD,
      'conf.yaml': 'sourceMirrors: [{ from: docker.io, to: "https://me:s3cret-word@cache.example.com" }]\n',
    },
    argv: [...CATALOG, '--config', 'conf.yaml'],
    says: [
      'conf.yaml:1:17: a source mirror cannot be at "https://***@cache.example.com", write a host or an http:// or https:// URL, with a path if need be and without a password',
    ],
  },
  {
    name: 'problems of every kind of input, all at once',
    files: { 'c.yaml': entry('verison: "1"'), 'o.yaml': 'overrides: []\n', 'conf.yaml': 'strikt: true\n' },
    argv: [
      ...CATALOG,
      ...['--catalog', 'none.yaml', '--chart-overrides', 'o.yaml', '--config', 'conf.yaml'],
      ...['--platform', 'windows', '--scan-only', '--push-images'],
    ],
    says: [
      'command line: --scan-only and --push-images are both given, give one of them',
      '--platform: the platform cannot be "windows", write auto, linux/amd64 or linux/arm64',
      'conf.yaml:1:1: unknown key "strikt", write "strict" or take it out',
      'c.yaml:4:5: unknown key "verison", write "version" or take it out',
      'none.yaml:1:1: there is no such file, check the path',
      'o.yaml:1:12: "overrides" is a list, write a map, for example {"aws-load-balancer-controller":{"clusterName":"c"}}',
    ],
  },
];
