import { describe, expect, it } from 'vitest';
import { formatSite, pullSites } from '../../../../src/domain/pull-secret/pull-sites.ts';
import { account, documents, pod, sites } from './sites.ts';

const TEMPLATE = '{spec: {imagePullSecrets: [{name: a}], containers: [{name: c, image: d}]}}';

describe('places of pull secrets', () => {
  it.each([
    ['apps/v1', 'Deployment', `spec: {template: ${TEMPLATE}}`, 'spec.template.spec'],
    ['apps/v1', 'StatefulSet', `spec: {template: ${TEMPLATE}}`, 'spec.template.spec'],
    ['batch/v1', 'Job', `spec: {template: ${TEMPLATE}}`, 'spec.template.spec'],
    [
      'batch/v1',
      'CronJob',
      `spec: {jobTemplate: {spec: {template: ${TEMPLATE}}}}`,
      'spec.jobTemplate.spec.template.spec',
    ],
    ['v1', 'PodTemplate', `template: ${TEMPLATE}`, 'template.spec'],
  ])('are the pod specs of %s %s', (apiVersion, kind, body, path) => {
    const found = sites(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x}\n${body}`).sites;
    expect(found).toMatchObject([{ role: 'pod', kind, name: 'x', namespace: 'web', path, secrets: ['a'] }]);
  });

  it('are found in lists of objects, each with its own name and namespace', () => {
    const items =
      'items:\n- {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: other}, spec: {containers: [{image: b}]}}';
    expect(sites(`apiVersion: v1\nkind: List\n${items}`).sites).toMatchObject([{ name: 'p', namespace: 'other' }]);
  });

  it('have the service account that the spec names, by its new or old field, or the default one', () => {
    const found = sites(pod('a', 'serviceAccountName: x'), pod('b', 'serviceAccount: y'), pod('c')).sites;
    expect(found.map(({ serviceAccount }) => serviceAccount)).toEqual(['x', 'y', 'default']);
  });

  it('do not take texts for names in a pod spec: the API server refuses them', () => {
    const [found] = sites(pod('a', 'imagePullSecrets: [x]')).sites;
    expect(found).toMatchObject({ secrets: [], written: '["x"]' });
  });

  it('are maps with images in custom resources, with the list that stands above them', () => {
    const text =
      'apiVersion: example.com/v1\nkind: Tool\nmetadata: {name: t}\nspec:\n  imagePullSecrets: [{name: a}]\n  parts: [{containers: [{image: b}]}]';
    expect(sites(text).sites).toMatchObject([{ role: 'embedded', path: 'spec.parts[0]', secrets: ['a'] }]);
  });

  it('are no containers without images: a policy names fields only', () => {
    const text = 'apiVersion: example.com/v1\nkind: Policy\nspec: {pattern: {containers: [{name: x}]}}';
    expect(sites(text).sites).toEqual([]);
  });

  it('are lists of pull secrets in custom resources that have no containers', () => {
    const text = 'apiVersion: example.com/v1\nkind: Tool\nmetadata: {name: t}\nspec: {driver: {imagePullSecrets: [a]}}';
    const expected = { role: 'field', path: 'spec.driver.imagePullSecrets', secrets: ['a'], serviceAccount: undefined };
    expect(sites(text).sites).toMatchObject([expected]);
  });

  it('are read in the form that the definition of the custom resource asks for', () => {
    const text = 'apiVersion: example.com/v1\nkind: Tool\nspec: {imagePullSecrets: [{name: a}, b]}';
    const read = (form: 'objects' | 'strings') =>
      pullSites(documents(text), 'web', new Map([['Tool', form]])).sites[0]?.secrets;
    expect([read('objects'), read('strings')]).toEqual([['a'], ['b']]);
  });

  it('are service accounts of the core group only', () => {
    const found = sites(account('x', 'a'), account('y').replace('v1', 'example.com/v1'));
    expect(found.accounts).toMatchObject([{ name: 'x', namespace: 'web', secrets: ['a'] }]);
  });

  it('are not what a ConfigMap or a CRD says', () => {
    const data = 'apiVersion: v1\nkind: ConfigMap\ndata: {containers: [{image: a}]}';
    expect(sites(data, 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: {}').sites).toEqual(
      [],
    );
  });

  it('are shown with template, kind, name and path', () => {
    expect(sites(pod('a')).sites.map(formatSite)).toEqual(['chart/templates/x.yaml Pod/a spec']);
  });
});
