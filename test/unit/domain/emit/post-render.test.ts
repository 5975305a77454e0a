import { describe, expect, it } from 'vitest';
import { allowedRegistry } from '../../../../src/domain/check/allowed.ts';
import { knownImages } from '../../../../src/domain/emit/known-images.ts';
import { mirroredOf } from '../../../../src/domain/emit/mirrored.ts';
import { type PostRendered, postRender } from '../../../../src/domain/emit/post-render.ts';
import { digestOf, specialReport } from '../../../support/emit-reports.ts';

const MIRROR = 'registry.example.com/platform/mirror';
const relocate = knownImages(mirroredOf(specialReport()).images);

function rendered(manifests: string): PostRendered {
  return postRender({ manifests, relocate, allowed: [allowedRegistry('registry.example.com/platform')] });
}

function pod(container: string): string {
  return `apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: a\n      ${container}\n`;
}

describe('a reference that a report knows', () => {
  it.each([
    ['nginx:1.27', `${MIRROR}/library/nginx:1.27`],
    ['docker.io/nginx:1.27', `${MIRROR}/library/nginx:1.27`],
    ['index.docker.io/library/nginx:1.27', `${MIRROR}/library/nginx:1.27`],
    ['busybox', `${MIRROR}/library/busybox`],
    ['busybox:latest', `${MIRROR}/library/busybox:latest`],
    [`nginx:1.27@${digestOf('a')}`, `${MIRROR}/library/nginx:1.27@${digestOf('a')}`],
    [`nginx@${digestOf('a')}`, `${MIRROR}/library/nginx@${digestOf('a')}`],
    [`ghcr.io/team/agent@${digestOf('b')}`, `${MIRROR}/team/agent@${digestOf('b')}`],
    [`ghcr.io/team/one:1@${digestOf('c')}`, `${MIRROR}/team/one:1@${digestOf('d')}`],
    ['quay.io/team/tool:2', 'registry.example.com/platform/tools/tool:2.0'],
    ['registry.local:5000/base/os:1', `${MIRROR}/base/os:1`],
  ])('%s is %s', (source, destination) => {
    expect(relocate(source)).toBe(destination);
  });

  it.each([
    'nginx:1.28',
    'nginx',
    `nginx:1.27@${digestOf('b')}`,
    // one platform of it was copied: its content is another
    `ghcr.io/team/slim:3@${digestOf('a')}`,
    'quay.io/team/app:1',
    'docker.io/team/app:2',
    'not a reference',
  ])('is not %s', (text) => {
    expect(relocate(text)).toBeUndefined();
  });
});

describe('rendered manifests', () => {
  it('keep every byte but the references', () => {
    const text = `# nginx:1.27\n---\n${pod('image: "nginx:1.27" # nginx:1.27')}---\n${pod("image: 'busybox'")}`;
    expect(rendered(text)).toEqual({
      text: text
        .replace('"nginx:1.27"', `"${MIRROR}/library/nginx:1.27"`)
        .replace("'busybox'", `'${MIRROR}/library/busybox'`),
      replaced: 2,
      refused: [],
      mentioned: [],
    });
  });

  it('may hold references in variables, arguments, blocks and JSON', () => {
    const text =
      '{"kind": "Pod", "apiVersion": "v1", "spec": {"containers": [{"image": "nginx:1.27", "args": ["--sidecar=quay.io/team/app:2"], "env": [{"name": "A_IMAGE", "value": "quay.io/team/tool:2"}]}]}}';
    expect(rendered(text).text).toBe(
      text
        .replace('nginx:1.27', `${MIRROR}/library/nginx:1.27`)
        .replace('quay.io/team/app:2', `${MIRROR}/team/app:2`)
        .replace('quay.io/team/tool:2', 'registry.example.com/platform/tools/tool:2.0'),
    );
    expect(rendered(pod('image: >-\n        nginx:1.27')).text).toBe(pod(`image: "${MIRROR}/library/nginx:1.27"`));
  });

  it('keep words that only look like names of known images', () => {
    const text = pod(`image: ${MIRROR}/library/nginx:1.27\n      command: [busybox, "nginx:1.27"]`);
    expect(rendered(text).text).toBe(text);
  });

  it('are refused where a pod names what is not known', () => {
    for (const kind of ['containers', 'initContainers', 'ephemeralContainers']) {
      const text = pod('image: nginx:9').replace('containers', kind);
      expect(rendered(text).refused).toEqual([`nginx:9 at standard input Pod/a spec.${kind}[0].image`]);
    }
    const volume = `${pod('image: nginx:1.27')}  volumes:\n    - name: m\n      image:\n        reference: quay.io/team/model:1\n`;
    expect(rendered(volume).refused).toHaveLength(1);
  });

  it('are refused where they name another path of the target, or nothing that can be pulled', () => {
    expect(rendered(pod('image: registry.example.com/other/nginx:1.27')).refused).toHaveLength(1);
    expect(rendered(pod('image: "Nginx Plus"')).refused).toHaveLength(1);
    expect(rendered(pod('image: registry.example.com/platformer/nginx:1.27')).refused).toHaveLength(1);
  });

  it('are refused where they cannot be read, or are none', () => {
    expect(rendered(pod('image: "nginx')).refused[0]).toMatch(/^line \d+ of the manifests: /);
    expect(rendered('Error: no chart\n').refused).toHaveLength(1);
  });

  it('only mention what is outside of pods', () => {
    const text =
      'apiVersion: example.com/v1\nkind: Thing\nmetadata:\n  name: t\nspec:\n  image: quay.io/team/unknown:1\n  other:\n    image: quay.io/team/tool:2\n';
    const { refused, mentioned, text: after } = rendered(text);
    expect(refused).toEqual([]);
    expect(mentioned).toEqual(['quay.io/team/unknown:1 at standard input Thing/t spec.image']);
    expect(after).toContain('image: registry.example.com/platform/tools/tool:2.0');
  });
});
