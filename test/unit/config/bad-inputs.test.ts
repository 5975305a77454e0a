import { describe, expect, it } from 'vitest';
import { type CatalogRequest, loadCatalog } from '../../../src/config/load-catalog.ts';
import { messagesOf, type Refusal, requestFor } from './inputs.ts';

interface BadInput {
  readonly name: string;
  readonly files: Readonly<Record<string, string | Refusal>>;
  readonly request: Partial<CatalogRequest>;
  readonly messages: readonly string[];
}

const BAD_INPUTS: readonly BadInput[] = [
  {
    name: 'no input at all',
    files: {},
    request: {},
    messages: ['command line: no input is given, give --catalog with a catalog or --values with a values file'],
  },
  {
    name: 'a catalog and a values file',
    files: {},
    request: { catalogs: ['a.yaml'], values: 'v.yaml' },
    messages: ['command line: --catalog and --values are both given, give one of them'],
  },
  {
    name: 'a --catalog that names nothing',
    files: {},
    request: { catalogs: [' , '] },
    messages: ['--catalog: no file is named, name a catalog'],
  },
  {
    name: 'a --values that names nothing',
    files: {},
    request: { values: '' },
    messages: ['--values: no file is named, name a values file'],
  },
  {
    name: 'a catalog that is not there',
    files: {},
    request: { catalogs: ['no/such.yaml'] },
    messages: ['no/such.yaml:1:1: there is no such file, check the path'],
  },
  {
    name: 'a catalog that is a directory',
    files: { 'dir/x': '' },
    request: { catalogs: ['dir'] },
    messages: ['dir:1:1: this is a directory, name a file in it'],
  },
  {
    name: 'a catalog that may not be read',
    files: { 'a.yaml': { code: 'EACCES' } },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:1:1: this file may not be read, give this user permission to read it'],
  },
  {
    name: 'a catalog with a failing disk',
    files: { 'a.yaml': { code: 'EIO' } },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:1:1: this file cannot be read (EIO), check the path and the disk'],
  },
  {
    name: 'a catalog that is not UTF-8',
    files: { 'a.yaml': { code: 'ERR_ENCODING_INVALID_ENCODED_DATA' } },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:1:1: this file is not UTF-8 text, save it as UTF-8'],
  },
  {
    name: 'an empty catalog',
    files: { 'a.yaml': '' },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:1:1: this file is empty, write a list under "addons:"'],
  },
  {
    name: 'a catalog of comments',
    files: { 'a.yaml': '# nothing\n---\n' },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:1:1: this file is empty, write a list under "addons:"'],
  },
  {
    name: 'a catalog that is a list',
    files: { 'a.yaml': '- chart: keda\n' },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:1:1: the document is a list, write a map'],
  },
  {
    name: 'a catalog without addons',
    files: { 'a.yaml': 'moved: []\n' },
    request: { catalogs: ['a.yaml'] },
    messages: [
      'a.yaml:1:1: "addons" is missing, add it, for example [{"chart":"keda","repository":"https://kedacore.github.io/charts","version":"2.17.1"}]',
    ],
  },
  {
    name: 'addons without a list',
    files: { 'a.yaml': 'addons:\n' },
    request: { catalogs: ['a.yaml'] },
    messages: [
      'a.yaml:1:8: "addons" is empty, write a list, for example [{"chart":"keda","repository":"https://kedacore.github.io/charts","version":"2.17.1"}]',
    ],
  },
  {
    name: 'addons as an empty list',
    files: { 'a.yaml': 'addons: []\n' },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:1:9: "addons" is empty, list at least one'],
  },
  {
    name: 'an addon that is text',
    files: { 'a.yaml': 'addons:\n  - keda\n' },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:2:5: item 1 of "addons" is the text "keda", write a map'],
  },
  {
    name: 'two documents',
    files: { 'a.yaml': 'addons: []\n---\naddons: []\n' },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:3:1: a second document begins here, write one document for each file'],
  },
  {
    name: 'a duplicate key',
    files: {
      'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    chart: other\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:4:5: the key "chart" stands here a second time, keep one of the two'],
  },
  {
    name: 'a duplicate key, and what else is wrong beside it',
    files: {
      'a.yaml': 'addons:\n  - chart: keda\n    repository: https://x.example\n    chart: other\n    verison: "1"\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: [
      'a.yaml:4:5: the key "chart" stands here a second time, keep one of the two',
      'a.yaml:5:5: unknown key "verison", write "version" or take it out',
    ],
  },
  {
    name: 'a tab as indentation',
    files: { 'a.yaml': 'addons:\n\t- chart: keda\n' },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:2:1: a tab is used for indentation, indent with spaces'],
  },
  {
    name: 'an alias without an anchor',
    files: {
      'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    values: *missing\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:4:13: there is no anchor "&missing" above, name one that stands above'],
  },
  {
    name: 'an alias inside its own anchor',
    files: {
      'a.yaml':
        'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    values: &v\n      again: *v\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:5:14: "*v" stands inside its own anchor, take the alias out'],
  },
  {
    name: 'a merge key that names no map',
    files: { 'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    <<: 3\n' },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:4:5: the merge key << names no map, write "<<: *anchor" with the anchor of a map'],
  },
  {
    name: 'a line that is not lined up',
    files: { 'a.yaml': 'addons:\n  - chart: keda\n   repository: x\n' },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:3:1: this line belongs to no item of the list, line it up with spaces'],
  },
  {
    name: 'a colon in plain text',
    files: { 'a.yaml': 'addons:\n  - chart: keda: x\n' },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:2:12: two "key: value" pairs stand on one line, quote the text or begin a new line'],
  },
  {
    name: 'a reserved first character',
    files: {
      'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    version: @1\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:4:14: text may not begin with "@", put it in quotes'],
  },
  {
    name: 'a quote that is not closed',
    files: {
      'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    version: "1\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:5:1: a quote above is not closed, close it'],
  },
  {
    name: 'a control character',
    files: { 'a.yaml': 'addons:\n  - chart: "a\u0007b"\n' },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:2:14: there is a control character (U+0007), take it out'],
  },
  {
    name: 'a missing chart',
    files: { 'a.yaml': 'addons:\n  - repository: https://kedacore.github.io/charts\n' },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:2:5: "chart" is missing, add it, for example "keda"'],
  },
  {
    name: 'a missing repository',
    files: { 'a.yaml': 'addons:\n  - chart: keda\n' },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:2:5: "repository" is missing, add it, for example "https://kedacore.github.io/charts"'],
  },
  {
    name: 'an unknown key that is nearly right',
    files: {
      'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    verison: "1.2.3"\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:4:5: unknown key "verison", write "version" or take it out'],
  },
  {
    name: 'an unknown key that is like none',
    files: {
      'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    enabled: true\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: [
      'a.yaml:4:5: unknown key "enabled", write one of chart, repository, oci_namespace, version, release, namespace, values, valuesFiles, kubeVersion, apiVersions, platforms, profiles or images',
    ],
  },
  {
    name: 'a version that YAML reads as a number',
    files: {
      'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    version: 1.10\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:4:14: "version" is read as the number 1.1, put it in quotes: "1.10"'],
  },
  {
    name: 'a release that YAML reads as a boolean',
    files: {
      'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    release: true\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:4:14: "release" is read as the boolean true, put it in quotes: "true"'],
  },
  {
    name: 'a version without a value',
    files: { 'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    version:\n' },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:4:13: "version" is empty, write text, for example "1.2.3"'],
  },
  {
    name: 'an empty version',
    files: {
      'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    version: ""\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:4:14: "version" is empty, write text, for example "1.2.3"'],
  },
  {
    name: 'a version with blanks at its ends',
    files: {
      'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    version: " 1.2.3"\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: [
      'a.yaml:4:14: "version" cannot be " 1.2.3", write a version like "1.2.3" or a range like "^1.2", without blanks at its ends',
    ],
  },
  {
    name: 'the version latest',
    files: {
      'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    version: latest\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: [
      'a.yaml:4:14: "latest" is no version, leave version out for the newest stable one, or use --latest for all',
    ],
  },
  {
    name: 'a templated version',
    files: {
      'a.yaml':
        'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    version: "{{ .version }}"\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:4:14: "version" is a template, write the value itself, templates are not evaluated'],
  },
  {
    name: 'a templated repository',
    files: { 'a.yaml': 'addons:\n  - chart: keda\n    repository: "{{ .repo }}"\n' },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:3:17: "repository" is a template, write the value itself, templates are not evaluated'],
  },
  {
    name: 'an unquoted template',
    files: { 'a.yaml': 'addons:\n  - chart: {{ .chart }}\n    repository: https://x.example\n' },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:2:12: a template that is not quoted is read as a map, put quotes around the whole value'],
  },
  {
    name: 'an unquoted template in text',
    files: { 'a.yaml': 'addons:\n  - chart: {{ .chart }}-x\n    repository: https://x.example\n' },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:2:24: a template that is not quoted is no YAML, put quotes around the whole value'],
  },
  {
    name: 'a release in capitals',
    files: {
      'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    release: Keda\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: [
      'a.yaml:4:14: "release" cannot be "Keda", write lower case letters, digits and hyphens, with a letter or digit at both ends',
    ],
  },
  {
    name: 'a release that is too long',
    files: {
      'a.yaml':
        'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    release: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:4:14: "release" has 54 characters, write at most 53'],
  },
  {
    name: 'a chart whose name is no release name',
    files: { 'a.yaml': 'addons:\n  - chart: My_Chart\n    repository: https://x.example\n' },
    request: { catalogs: ['a.yaml'] },
    messages: [
      'a.yaml:2:12: the chart name "My_Chart" is no release name, add a release name, for example "release: my-chart"',
    ],
  },
  {
    name: 'a chart name with blanks',
    files: { 'a.yaml': 'addons:\n  - chart: my chart\n    repository: https://x.example\n' },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:2:12: "chart" cannot be "my chart", write a chart name like "keda", or "namespace/chart"'],
  },
  {
    name: 'a namespace with an underscore',
    files: {
      'a.yaml':
        'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    namespace: kube_system\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: [
      'a.yaml:4:16: "namespace" cannot be "kube_system", write lower case letters, digits and hyphens, with a letter or digit at both ends',
    ],
  },
  {
    name: 'an oci_namespace with a slash at its end',
    files: {
      'a.yaml':
        'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    oci_namespace: team/\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: [
      'a.yaml:4:20: "oci_namespace" cannot be "team/", write lower case path components like "team/charts", without a slash at the ends, or "" for none',
    ],
  },
  {
    name: 'values as a list',
    files: {
      'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    values: [a]\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:4:13: "values" is a list, write a map, for example {"clusterName":"c"}'],
  },
  {
    name: 'a valuesFiles that is text',
    files: {
      'a.yaml':
        'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    valuesFiles: v.yaml\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:4:18: "valuesFiles" is the text "v.yaml", write a list: ["v.yaml"]'],
  },
  {
    name: 'a values file that is not there',
    files: {
      'a.yaml':
        'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    valuesFiles: [v.yaml]\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:4:19: there is no values file "v.yaml", write the path of a file, relative to this one'],
  },
  {
    name: 'a values file that is a directory',
    files: {
      'a.yaml': 'addons:\n  - chart: keda\n    repository: https://x.example\n    valuesFiles: [dir]\n',
      'dir/x': '',
    },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:4:19: "dir" is a directory, write the path of a file, relative to this one'],
  },
  {
    name: 'a values file that is no map',
    files: {
      'c/a.yaml': 'addons:\n  - chart: keda\n    repository: https://x.example\n    valuesFiles: [v.yaml]\n',
      'c/v.yaml': '- 1\n',
    },
    request: { catalogs: ['c/a.yaml'] },
    messages: ['c/v.yaml:1:1: a values file must be a map, write values as "key: value"'],
  },
  {
    name: 'a values file with two documents',
    files: {
      'c/a.yaml': 'addons:\n  - chart: keda\n    repository: https://x.example\n    valuesFiles: [v.yaml]\n',
      'c/v.yaml': 'a: 1\n---\nb: 1\n',
    },
    request: { catalogs: ['c/a.yaml'] },
    messages: ['c/v.yaml:3:1: a second document begins here, write one document for each file'],
  },
  {
    name: 'a values file that is broken',
    files: {
      'c/a.yaml': 'addons:\n  - chart: keda\n    repository: https://x.example\n    valuesFiles: [v.yaml]\n',
      'c/v.yaml': 'a: [1\n',
    },
    request: { catalogs: ['c/a.yaml'] },
    messages: ['c/v.yaml:2:1: a "]" is missing above, close the list or map'],
  },
  {
    name: 'a Kubernetes version that is a number',
    files: {
      'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    kubeVersion: 1.30\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:4:18: "kubeVersion" is read as the number 1.3, put it in quotes: "1.30"'],
  },
  {
    name: 'a Kubernetes version that is none',
    files: {
      'a.yaml':
        'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    kubeVersion: newest\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:4:18: "kubeVersion" cannot be "newest", write a version like "1.33.0"'],
  },
  {
    name: 'a platform without architecture',
    files: {
      'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    platforms: [amd64]\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:4:17: item 1 of "platforms" cannot be "amd64", write os/architecture like "linux/amd64"'],
  },
  {
    name: 'an API version with blanks',
    files: {
      'a.yaml':
        'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    apiVersions: ["apps v1"]\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:4:19: item 1 of "apiVersions" cannot be "apps v1", write group/version or group/version/Kind'],
  },
  {
    name: 'an image that is no reference',
    files: {
      'a.yaml':
        'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    images: ["quay.io/Team/app:1"]\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:4:14: "quay.io/Team/app:1" is no image reference, write it like "quay.io/team/app:1.2.3"'],
  },
  {
    name: 'an image that is a map',
    files: {
      'a.yaml':
        'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n    images: [{repository: x}]\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:4:14: item 1 of "images" is a map, write text, for example "quay.io/team/app:1.2.3"'],
  },
  {
    name: 'a moved rule without action',
    files: { 'a.yaml': 'addons: [{chart: a, repository: https://x.example}]\nmoved:\n  - match: "*:latest"\n' },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:3:5: "action" is missing, add it, for example "refuse"'],
  },
  {
    name: 'a moved rule with another action',
    files: {
      'a.yaml':
        'addons: [{chart: a, repository: https://x.example}]\nmoved:\n  - {match: "*:latest", action: replace}\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:3:33: "action" cannot be "replace", write refuse, keep or overwrite'],
  },
  {
    name: 'a repository with a password',
    files: { 'a.yaml': 'addons:\n  - chart: keda\n    repository: https://me:hunter2@x.example/charts\n' },
    request: { catalogs: ['a.yaml'] },
    messages: [
      'a.yaml:3:17: repository "https://***@x.example/charts" holds a user name or password, take it out and log in to the host with docker login, whose credentials are used',
    ],
  },
  {
    name: 'a registry with a password',
    files: { 'a.yaml': 'addons:\n  - chart: keda\n    repository: oci://me:hunter2@x.example/charts\n' },
    request: { catalogs: ['a.yaml'] },
    messages: [
      'a.yaml:3:17: repository "oci://***@x.example/charts" holds a user name or password, take it out and log in to the host with docker login, whose credentials are used',
    ],
  },
  {
    name: 'a repository with a query',
    files: { 'a.yaml': 'addons:\n  - chart: keda\n    repository: https://x.example/charts?token=abc\n' },
    request: { catalogs: ['a.yaml'] },
    messages: [
      'a.yaml:3:17: repository "https://x.example/charts?***" has a query or fragment, end the URL with its path',
    ],
  },
  {
    name: 'a repository that is an index',
    files: { 'a.yaml': 'addons:\n  - chart: keda\n    repository: https://x.example/charts/index.yaml\n' },
    request: { catalogs: ['a.yaml'] },
    messages: [
      'a.yaml:3:17: repository "https://x.example/charts/index.yaml" names the index, write "https://x.example/charts"',
    ],
  },
  {
    name: 'a repository that is an archive elsewhere',
    files: { 'a.yaml': 'addons:\n  - chart: keda\n    repository: https://x.example/keda-1.0.0.tgz\n' },
    request: { catalogs: ['a.yaml'] },
    messages: [
      'a.yaml:3:17: repository "https://x.example/keda-1.0.0.tgz" is one archive, write the repository it is listed in, or download it and write its path',
    ],
  },
  {
    name: 'a repository that is Git',
    files: { 'a.yaml': 'addons:\n  - chart: keda\n    repository: git@github.com:kedacore/charts\n' },
    request: { catalogs: ['a.yaml'] },
    messages: [
      'a.yaml:3:17: repository "git@github.com:kedacore/charts" is a Git repository, write the chart repository or registry where the chart is published',
    ],
  },
  {
    name: 'a repository with another scheme',
    files: { 'a.yaml': 'addons:\n  - chart: keda\n    repository: s3://bucket/charts\n' },
    request: { catalogs: ['a.yaml'] },
    messages: [
      'a.yaml:3:17: repository "s3://bucket/charts" has the unknown scheme "s3", write an https://, http:// or oci:// URL, a registry host like "ghcr.io", or a path that begins with "./"',
    ],
  },
  {
    name: 'a repository that is a file URL',
    files: { 'a.yaml': 'addons:\n  - chart: keda\n    repository: file://../charts/keda\n' },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:3:17: repository "file://../charts/keda" is a file URL, write the path "../charts/keda"'],
  },
  {
    name: 'a repository that is a word',
    files: { 'a.yaml': 'addons:\n  - chart: keda\n    repository: bitnami\n' },
    request: { catalogs: ['a.yaml'] },
    messages: [
      'a.yaml:3:17: repository "bitnami" is no URL, no registry host and no directory here, write an https://, http:// or oci:// URL, or a path that begins with "./"; write oci://bitnami if it is a registry',
    ],
  },
  {
    name: 'a repository that is a host and a directory',
    files: { 'a.yaml': 'addons:\n  - chart: keda\n    repository: charts.v2\n', 'charts.v2/x': '' },
    request: { catalogs: ['a.yaml'] },
    messages: [
      'a.yaml:3:17: repository "charts.v2" could be a registry and is a directory here, write "oci://charts.v2" or "./charts.v2"',
    ],
  },
  {
    name: 'a registry path with a tag',
    files: { 'a.yaml': 'addons:\n  - chart: keda\n    repository: oci://ghcr.io/org/keda:1.2.3\n' },
    request: { catalogs: ['a.yaml'] },
    messages: [
      'a.yaml:3:17: "org/keda:1.2.3" in repository "oci://ghcr.io/org/keda:1.2.3" cannot be a path in a registry, write lower case path components without tag or digest; the version has a key of its own',
    ],
  },
  {
    name: 'a registry without a host',
    files: { 'a.yaml': 'addons:\n  - chart: keda\n    repository: oci:///charts\n' },
    request: { catalogs: ['a.yaml'] },
    messages: [
      'a.yaml:3:17: repository "oci:///charts" names no registry host, write an https://, http:// or oci:// URL, a registry host like "ghcr.io", or a path that begins with "./"',
    ],
  },
  {
    name: 'a chart in capitals in a registry',
    files: { 'a.yaml': 'addons:\n  - chart: Keda\n    repository: oci://ghcr.io\n    release: keda\n' },
    request: { catalogs: ['a.yaml'] },
    messages: [
      'a.yaml:3:17: "Keda" cannot be a chart\'s path in a registry, write lower case letters, digits and hyphens',
    ],
  },
  {
    name: 'a path where nothing is',
    files: { 'a.yaml': 'addons:\n  - chart: keda\n    repository: ./charts/keda\n' },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:3:17: there is nothing at "./charts/keda", write a path relative to this file'],
  },
  {
    name: 'a Windows path where nothing is',
    files: { 'a.yaml': 'addons:\r\n  - chart: keda\r\n    repository: C:\\charts\\keda\r\n' },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:3:17: there is nothing at "C:\\charts\\keda", write a path relative to this file'],
  },
  {
    name: 'a directory without the chart',
    files: {
      'a.yaml': 'addons:\n  - chart: keda\n    repository: ./charts\n    version: "1.2.3"\n',
      'charts/other-1.tgz': '',
    },
    request: { catalogs: ['a.yaml'] },
    messages: [
      'a.yaml:3:17: there is neither "Chart.yaml" nor "keda/Chart.yaml" nor "keda-1.2.3.tgz" in "./charts", write the path of the chart itself',
    ],
  },
  {
    name: 'a path that is no archive',
    files: { 'a.yaml': 'addons:\n  - chart: keda\n    repository: ./notes.txt\n', 'notes.txt': '' },
    request: { catalogs: ['a.yaml'] },
    messages: ['a.yaml:3:17: "./notes.txt" is no chart archive, write a .tgz or a directory'],
  },
  {
    name: 'one release and chart twice, with another version',
    files: {
      'a.yaml':
        'addons:\n  - {chart: a, repository: https://x.example, version: "1"}\n  - {chart: a, repository: https://x.example, version: "2", values: {b: 1}}\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: [
      'a.yaml:3:5: release "a" of chart "a" is declared at a.yaml:2 with another version and values, give one of the two another release name',
    ],
  },
  {
    name: 'overrides that are not there',
    files: { 'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n' },
    request: { catalogs: ['a.yaml'], chartOverrides: ['o.yaml'] },
    messages: ['o.yaml:1:1: there is no such file, check the path'],
  },
  {
    name: 'overrides that are empty',
    files: {
      'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n',
      'o.yaml': '\n',
    },
    request: { catalogs: ['a.yaml'], chartOverrides: ['a.yaml', 'o.yaml'] },
    messages: [
      'a.yaml:1:1: "overrides" is missing, add it, for example {"aws-load-balancer-controller":{"clusterName":"c"}}',
      'a.yaml:1:1: unknown key "addons", write "overrides"',
      'o.yaml:1:1: this file is empty, write a map of charts under "overrides:"',
    ],
  },
  {
    name: 'overrides without the top key',
    files: {
      'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n',
      'o.yaml': 'keda:\n  a: 1\n',
    },
    request: { catalogs: ['a.yaml'], chartOverrides: ['o.yaml'] },
    messages: [
      'o.yaml:1:1: "overrides" is missing, add it, for example {"aws-load-balancer-controller":{"clusterName":"c"}}',
      'o.yaml:1:1: unknown key "keda", write "overrides"',
    ],
  },
  {
    name: 'overrides of a chart that are text',
    files: {
      'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n',
      'o.yaml': 'overrides:\n  keda: none\n',
    },
    request: { catalogs: ['a.yaml'], chartOverrides: ['o.yaml'] },
    messages: ['o.yaml:2:9: "keda" is the text "none", write a map, for example {"clusterName":"c"}'],
  },
  {
    name: 'broken overrides in the working directory',
    files: {
      'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n',
      'chart-overrides.yaml': 'overrides: [\n',
    },
    request: { catalogs: ['a.yaml'] },
    messages: ['chart-overrides.yaml:2:1: a "]" is missing above, close the list or map'],
  },
  {
    name: 'an unknown release',
    files: { 'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n' },
    request: { catalogs: ['a.yaml'], onlyAddon: ['kedaa'] },
    messages: ['--only-addon: no release is called "kedaa", write "keda"'],
  },
  {
    name: 'an unknown release to leave out',
    files: { 'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n' },
    request: { catalogs: ['a.yaml'], excludeAddons: ['KEDA,nothing-like-it'] },
    messages: ['--exclude-addons: no release is called "nothing-like-it", write the name of a release'],
  },
  {
    name: 'a selection without a name',
    files: { 'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n' },
    request: { catalogs: ['a.yaml'], onlyAddon: [','] },
    messages: ['--only-addon: no addon is named, name a release or leave the flag out'],
  },
  {
    name: 'a selection of nothing',
    files: { 'a.yaml': 'addons:\n  - chart: keda\n    repository: https://kedacore.github.io/charts\n' },
    request: { catalogs: ['a.yaml'], excludeAddons: ['Keda'] },
    messages: ['command line: --only-addon and --exclude-addons leave nothing to mirror, select less strictly'],
  },
  {
    name: 'a values file without addons',
    files: { 'v.yaml': 'image:\n  repository: nginx\n  tag: "1"\n' },
    request: { values: 'v.yaml' },
    messages: [
      'v.yaml:1:1: nothing in this file looks like an addon, write addons as maps with "chart", "repoUrl", "targetRevision" and "releaseName", such as {chart: keda, repoUrl: https://kedacore.github.io/charts, targetRevision: "2.17.1"}',
    ],
  },
  {
    name: 'an empty values file',
    files: { 'v.yaml': '' },
    request: { values: 'v.yaml' },
    messages: [
      'v.yaml:1:1: this file is empty, write addons as maps with "chart", "repoUrl", "targetRevision" and "releaseName", such as {chart: keda, repoUrl: https://kedacore.github.io/charts, targetRevision: "2.17.1"}',
    ],
  },
  {
    name: 'a broken values file',
    files: { 'v.yaml': 'a: {{ x }}/y\nb: c: d\n' },
    request: { values: 'v.yaml' },
    messages: [
      'v.yaml:1:11: a template that is not quoted is no YAML, put quotes around the whole value',
      'v.yaml:2:4: two "key: value" pairs stand on one line, quote the text or begin a new line',
    ],
  },
  {
    name: 'an unknown chart of a values file',
    files: { 'v.yaml': 'a:\n  chart: team/keda\n  repoUrl: ghcr.io\nb:\n  repoUrl: "{{x}}"\n  version: "1"\n' },
    request: { values: 'v.yaml', onlyAddon: ['kedda,c'] },
    messages: [
      '--only-addon: no chart is called "kedda", write "keda"',
      '--only-addon: no chart is called "c", write the name of a chart',
    ],
  },
];

describe('bad inputs', () => {
  it.each(BAD_INPUTS)('says what to write instead: $name', async ({ files, request, messages }) => {
    expect(messagesOf(await loadCatalog(requestFor(files, request)))).toEqual(messages);
  });

  it('reports all problems of all files together, in order', async () => {
    const files = {
      'a.yaml':
        'addons:\n  - chart: keda\n    repo: https://x.example\n    version: 1.10\n    valuesFiles: [v.yaml]\n  - chart: b\n    repository: bitnami\n',
      'b.yaml': 'addons:\n\t- chart: b\n',
      'v.yaml': 'a: 1\na: 2\n',
      'o.yaml': 'overrides:\n  keda: 3\n',
    };
    const request = { catalogs: ['a.yaml,b.yaml', 'c.yaml'], chartOverrides: ['o.yaml'] };
    expect(messagesOf(await loadCatalog(requestFor(files, request)))).toEqual([
      'a.yaml:2:5: "repository" is missing, add it, for example "https://kedacore.github.io/charts"',
      'a.yaml:3:5: unknown key "repo", write "repository" or take it out',
      'a.yaml:4:14: "version" is read as the number 1.1, put it in quotes: "1.10"',
      'a.yaml:7:17: repository "bitnami" is no URL, no registry host and no directory here, write an https://, http:// or oci:// URL, or a path that begins with "./"; write oci://bitnami if it is a registry',
      'v.yaml:2:1: the key "a" stands here a second time, keep one of the two',
      'b.yaml:2:1: a tab is used for indentation, indent with spaces',
      'c.yaml:1:1: there is no such file, check the path',
      'o.yaml:2:9: "keda" is read as the number 3, write a map, for example {"clusterName":"c"}',
    ]);
  });

  it('stops at aliases that stand for more than fits', async () => {
    const levels = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name, index, all) => {
      const item = index === 0 ? '1' : `*${all[index - 1]}`;
      return `      ${name}: &${name} [${Array(10).fill(item).join(', ')}]\n`;
    });
    const files = {
      'a.yaml': `addons:\n  - chart: a\n    repository: https://x.example\n    values:\n${levels.join('')}`,
    };
    expect(messagesOf(await loadCatalog(requestFor(files, { catalogs: ['a.yaml'] })))).toEqual([
      'a.yaml:1:1: its aliases stand for more than 200000 values, write them out instead',
    ]);
  });

  it('shows no user, password or query of a URL, and no control character', async () => {
    const repositories = [
      'https://me:hunter2@x.example',
      'oci://me:hunter2@x.example',
      'https://x.example/?key=hunter2',
    ];
    const files = {
      'a.yaml': `addons:\n${repositories.map((text) => `  - {chart: a, repository: "${text}", release: "\\e[2J"}\n`).join('')}`,
    };
    const text = messagesOf(await loadCatalog(requestFor(files, { catalogs: ['a.yaml'] }))).join('\n');
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain('\u001b');
    expect(text).toContain('"\\u001b[2J"');
  });
});
