import { describe, expect, it, test } from 'vitest';
import { sweep } from '../../../../src/domain/proof/sweep.ts';
import { HARMLESS } from '../../../../src/domain/proof/sweep-explain.ts';

/** Why each hit in a document is harmless. */
function why(text: string): readonly (string | undefined)[] {
  const query = { target: 'r.test/m', sourceTexts: [], sourceHosts: [] };
  return sweep(`---\n# Source: c/templates/a.yaml\n${text}\n`, query).map(({ explained }) => explained);
}

function indented(text: string): string {
  return text.replace(/^/gm, '  ');
}

describe('a registry inside of the cluster', () => {
  const IN_CLUSTER = 'registry.builds.svc:5000/team/app:1';

  test.each([
    IN_CLUSTER,
    'registry.builds.svc.cluster.local/team/app:1',
    `registry.builds.svc/a/b@sha256:${'a'.repeat(64)}`,
  ])('is where %s comes from', (text) => {
    expect(why(`push: ${text}`)).toEqual([HARMLESS.inCluster]);
  });

  it.each([
    ['another host that ends alike', 'registry.buildsvc:5000/team/app:1'],
    ['one that goes on', 'registry.builds.svc.example.dev/team/app:1'],
  ])('is not %s', (_, text) => {
    expect(why(`push: ${text}`)).toEqual([undefined]);
  });

  it('is neither the target nor a source', () => {
    const query = { sourceTexts: [IN_CLUSTER], sourceHosts: ['registry.builds.svc:5000'] };
    const page = `---\n# Source: c/templates/a.yaml\npush: ${IN_CLUSTER}\n`;
    const hits = (rest: Parameters<typeof sweep>[1]) => sweep(page, rest).map(({ explained }) => explained);
    expect(hits({ target: 'r.test/m', ...query })).toEqual([undefined]);
    const own = { target: 'registry.builds.svc:5000/m', sourceTexts: [], sourceHosts: [], planned: [] };
    expect(hits(own)).toEqual([undefined]);
  });
});

describe('credentials for a registry', () => {
  const SECRET = {
    auths: { 'quay.io': { auth: 'eDp5' }, 'ghcr.io/org': { password: 'a{b}"c' }, 'r.quay.io:5000': {} },
  };
  const BOTH = [HARMLESS.credentials, HARMLESS.credentials, HARMLESS.credentials];

  test.each([
    ['in a line', `x: '${JSON.stringify(SECRET)}'`],
    ['over lines', `x: |\n${indented(JSON.stringify(SECRET, null, 2))}`],
    ['as a text in a text', `x: ${JSON.stringify(JSON.stringify(SECRET))}`],
    ['in base64', `x: ${Buffer.from(JSON.stringify(SECRET)).toString('base64')}`],
    ['over lines, in base64', `x: ${Buffer.from(JSON.stringify(SECRET, null, 2)).toString('base64')}`],
  ])('are hosts of a pull secret %s', (_, text) => {
    expect(why(text)).toEqual(BOTH);
  });

  test.each([
    ['a value behind it', '{"auths":{},"image":"quay.io/a/b:1"}'],
    ['a key behind it', '{"auths":{},"plugins":{"quay.io/a/b":{"pull":"always"}}}'],
    ['a key further in', '{"auths":{"x":{"plugins":{"quay.io/a/b":{}}}}}'],
    ['a key with a tag', '{"auths":{"quay.io/a/b:1.0":{}}}'],
    ['a word with a tag', '{"auths":{"redis:7.2":{}}}'],
    ['a key in a text of another', '{"auths":{"x":"{\\\\"quay.io\\\\":{}}"}}'],
  ])('are not %s', (_, text) => {
    expect(why(`x: '${text}'`)).toEqual([undefined]);
  });
});

describe('a tag of an image stream', () => {
  const TRIGGER = '[{"from":{"kind":"ImageStreamTag","name":"redis:7.2"},"fieldPath":"spec.x"}]';

  test.each([
    ['of a trigger', `x: '${TRIGGER}'`],
    ['of a trigger over lines', `x: |\n${indented(JSON.stringify(JSON.parse(TRIGGER), null, 2))}`],
    ['of a trigger in quotes', `x: ${JSON.stringify(TRIGGER)}`],
    ['in braces', 'from: {kind: ImageStreamTag, name: "redis:7.2"}'],
    ['in a map', 'from:\n  kind: ImageStreamTag\n  name: redis:7.2'],
    ['behind a map', 'from:\n  name: redis:7.2\n  x:\n    kind: Other\n  kind: "ImageStreamTag"'],
  ])('is a name %s', (_, text) => {
    expect(why(text)).toEqual([HARMLESS.stream]);
  });

  test.each([
    [
      'of an image, in the item before',
      '- from:\n    kind: DockerImage\n    name: redis:7.2\n- from:\n    kind: ImageStreamTag\n    name: a',
    ],
    [
      'of an image, in the map before',
      'a:\n  from:\n    kind: DockerImage\n    name: redis:7.2\nto:\n  kind: ImageStreamTag\n  name: a',
    ],
    ['without a kind of its own', 'a:\n  name: redis:7.2\n  to:\n    kind: ImageStreamTag'],
    ['in braces of its own', '{from: {kind: DockerImage, name: "redis:7.2"}, to: {kind: ImageStreamTag}}'],
    ['beside the braces', '{name: "redis:7.2", to: {kind: ImageStreamTag}}'],
    ['of another field', 'from:\n  kind: ImageStreamTag\n  image: redis:7.2'],
  ])('is no name %s', (_, text) => {
    expect(why(text)).toEqual([undefined]);
  });
});

describe('a language that an image of a stream supports', () => {
  const TAG = '- name: "1"\n  annotations:\n    supports: tool,python:3.14,python\n  from:\n    kind: ImageStreamTag';
  const stream = (tag: string): string => `kind: ImageStream\nmetadata:\n  name: x\nspec:\n  tags:\n${indented(tag)}`;

  it('is named in an annotation of its tag', () => {
    expect(why(stream(TAG))).toEqual([HARMLESS.language]);
    expect(why(`kind: List\nitems:\n- ${indented(stream(TAG)).trimStart()}`)).toEqual([HARMLESS.language]);
    expect(
      why(`kind: ImageStreamList\nitems:\n- ${indented(stream(TAG).replace('kind: ImageStream\n', '')).trimStart()}`),
    ).toEqual([HARMLESS.language]);
  });

  it.each([
    ['of another field', stream(TAG).replace('supports', 'image')],
    ['outside of annotations', stream(TAG).replace('annotations', 'labels')],
    ['of another kind', stream(TAG).replace('kind: ImageStream\n', 'kind: Other\n')],
    [
      'of another object in the list',
      `kind: List\nitems:\n- kind: ImageStream\n- kind: ConfigMap\n  metadata:\n    annotations:\n      supports: nginx:1.25`,
    ],
    [
      'of a text in the list',
      'kind: List\nitems:\n- kind: ImageStream\n- kind: ConfigMap\n  data:\n    a.yaml: |\n      supports: nginx:1.25',
    ],
  ])('is none %s', (_, text) => {
    expect(why(text)).toEqual([undefined]);
  });
});

describe('a package that a tool installs', () => {
  const JDBC = 'confluentinc/kafka-connect-jdbc:10.7.6';

  test.each([
    `args: ["bash", "-c", "confluent-hub install --no-prompt ${JDBC}"]`,
    `confluent-hub install --component-dir /plugins --no-prompt '${JDBC}' && run`,
    `cd /tmp; /usr/bin/confluent-hub install a/b ${JDBC}`,
    `confluent-hub install --no-prompt \\\n    --worker-configs=/etc/w.properties \\\n    ${JDBC}`,
    `script: "set -e\\nconfluent-hub install ${JDBC}\\nrun"`,
    `confluent connect plugin install ${JDBC} --force`,
    'composer require symfony/console:7.1 --no-scripts',
    'php composer.phar global require acme/tool:2.0.1',
    'composer create-project --prefer-dist acme/site:1.4 .',
    'ollama pull mannix/llama3.1:8b-instruct',
    `command: ["confluent-hub", "install", "--no-prompt", "${JDBC}"]`,
    `args:\n  - confluent-hub\n  - install\n  - --no-prompt\n  - ${JDBC}`,
  ])('is no image: %s', (text) => {
    expect(why(text)).toEqual([HARMLESS.package]);
  });

  test.each([
    `confluent-hub install a/b; docker run ${JDBC}`,
    `confluent-hub install a/b && crane copy ${JDBC}`,
    `confluent-hub install "$(cat list)" ${JDBC}`,
    `confluent-hub install a/b\n${JDBC}`,
    `script: "confluent-hub install a/b\\nrun ${JDBC}"`,
    `my-confluent-hub install ${JDBC}`,
    `confluent-hub list ${JDBC}`,
    `docker plugin install vieux/sshfs:1.2`,
    `helm plugin install ${JDBC}`,
    `confluent-hub install quay.io/team/app:1.2`,
    `command: ["confluent-hub", "install"]\nimage: ${JDBC}`,
    `args:\n  - confluent-hub install\nother:\n  - ${JDBC}`,
    `args: ["bash", "-c", "confluent-hub install a/b", "${JDBC}"]`,
  ])('is not what else stands there: %s', (text) => {
    expect(why(text)).toEqual([undefined]);
  });

  it('is none where an image of the chart has that name', () => {
    const query = { target: 'r.test/m', sourceTexts: [JDBC.replace('10.7.6', '1')], sourceHosts: [] };
    const text = `confluent-hub install ${JDBC}`;
    expect(sweep(text, query).map(({ explained }) => explained)).toEqual([undefined]);
  });
});

describe('what the catalog excludes', () => {
  const excluded = (text: string): string | undefined => (text.endsWith('team/app:1.2') ? 'excluded' : undefined);
  const told = (text: string) =>
    sweep(text, { target: 'r.test/m', sourceTexts: [], sourceHosts: [], planned: [], excluded }).map(
      ({ explained }) => explained,
    );

  it('explains a text that looks like it, in base64, too', () => {
    expect(told('run: fetch team/app:1.2.')).toEqual(['excluded']);
    expect(told('run: fetch team/other:1.2')).toEqual([undefined]);
    expect(told(`data: ${Buffer.from('a: b\nrun: fetch team/app:1.2\n').toString('base64')}`)).toEqual(['excluded']);
  });

  it('explains nothing below the target', () => {
    expect(told('image: r.test/m/team/app:1.2')).toEqual([undefined]);
  });
});

describe('a word under a key for kinds', () => {
  test.each([
    'kind: python:3',
    '- kind: python:3 # the default',
    '{"kind": "python:3", "default": true}',
    `RUNTIMES: '{"language":"node:20"}'`,
    'a: "{\\"kind\\": \\"python:3\\"}"',
    'a: "{\\n  \\"type\\": \\"python:3\\",\\n}"',
    'a: "kind: python:3\\nb: c"',
  ])('is no image: %s', (text) => {
    expect(why(text)).toEqual([HARMLESS.kind]);
  });

  test.each([
    'kind: library/python:3',
    'kind: org/python:3',
    'kind: docker.io/python:3',
    `kind: python:3@sha256:${'a'.repeat(64)}`,
    'runner: python:3',
    'mankind: python:3',
    'kind: run python:3',
    'kind: python:3 with all',
    'kind:\n  python:3',
    'image: python:3',
  ])('is not what else stands there: %s', (text) => {
    expect(why(text)).toEqual([undefined]);
  });

  it('is none where an image of the chart has that name', () => {
    const query = { target: 'r.test/m', sourceTexts: ['docker.io/library/python:3'], sourceHosts: [] };
    expect(sweep('kind: python:3', query).map(({ explained }) => explained)).toEqual([undefined]);
  });
});
