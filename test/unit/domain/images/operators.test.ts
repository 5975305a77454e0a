import { describe, expect, it } from 'vitest';
import { operatorGaps, renderedObjects } from '../../../../src/domain/images/operator-gaps.ts';
import { OPERATORS } from '../../../../src/domain/images/operators.ts';
import { readRendered } from '../../../../src/domain/images/rendered-documents.ts';
import { usesIn } from './rendered.ts';

function deployment(image: string): string {
  return `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: operator}\nspec: {template: {spec: {containers: [{image: "${image}"}]}}}\n`;
}

function resource(apiVersion: string, kind: string, spec: string): string {
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: one}\nspec: ${spec}\n`;
}

function gapsOf(output: string): readonly { name: string; images: readonly string[]; resources: readonly string[] }[] {
  return operatorGaps(usesIn(output), renderedObjects(readRendered(output))).map(({ operator, images, resources }) => ({
    name: operator.name,
    images,
    resources,
  }));
}

describe('an operator that makes image names at run time', () => {
  it.each([
    ['Elastic Cloud on Kubernetes', 'docker.elastic.co/eck/eck-operator:3.1.0'],
    ['VictoriaMetrics operator', 'victoriametrics/operator:v0.60.0'],
    ['MongoDB operators', 'quay.io/mongodb/mongodb-kubernetes:1.9.1'],
    ['MongoDB operators', 'quay.io/mongodb/mongodb-enterprise-operator-ubi:1.33.0'],
    ['Tigera operator (Calico)', 'quay.io/tigera/operator:v1.38.0'],
    ['OpenTelemetry operator', 'ghcr.io/open-telemetry/opentelemetry-operator/opentelemetry-operator:0.140.0'],
    ['Istio', 'docker.io/istio/pilot:1.27.0'],
    ['Linkerd', 'cr.l5d.io/linkerd/controller:edge-25.1.1'],
    ['Knative operator', 'gcr.io/knative-releases/knative.dev/operator/cmd/operator:v1.19.0'],
    ['Tekton operator', 'ghcr.io/tektoncd/operator/operator-303303c315a48490ba6517859ef65b15:v0.76.0'],
    ['Datadog operator', 'registry.datadoghq.com/operator:1.18.0'],
    ['Datadog operator', 'gcr.io/datadoghq/operator:1.18.0'],
    ['Datadog cluster agent', 'gcr.io/datadoghq/cluster-agent:7.70.0'],
    ['Grafana operator', 'ghcr.io/grafana/grafana-operator:v5.20.0'],
    ['Crossplane', 'xpkg.crossplane.io/crossplane/crossplane:v2.0.0'],
    ['NVIDIA GPU operator', 'nvcr.io/nvidia/gpu-operator:v25.3.0'],
    ['Prometheus operator', 'quay.io/prometheus-operator/prometheus-operator:v0.85.0'],
    ['KubeVirt', 'quay.io/kubevirt/virt-operator:v1.6.0'],
    ['Rook', 'docker.io/rook/ceph:v1.18.0'],
    ['Percona operators', 'percona/percona-server-mongodb-operator:1.21.0'],
    ['CloudNativePG', 'ghcr.io/cloudnative-pg/cloudnative-pg:1.27.0'],
    ['Zalando Postgres operator', 'ghcr.io/zalando/postgres-operator:v1.15.0'],
    ['Spark operator', 'ghcr.io/kubeflow/spark-operator/controller:2.3.0'],
    ['Flink operator', 'ghcr.io/apache/flink-kubernetes-operator:1.13.0'],
    ['Trivy operator', 'mirror.gcr.io/aquasec/trivy-operator:0.29.0'],
    ['Falco', 'docker.io/falcosecurity/falcoctl:0.11.4'],
    ['Dapr', 'ghcr.io/dapr/injector:1.16.0'],
    ['Vault agent injector', 'hashicorp/vault-k8s:1.7.0'],
    ['cass-operator', 'cr.k8ssandra.io/k8ssandra/cass-operator:v1.27.0'],
  ])('is known by its image: %s (%s)', (name, image) => {
    expect(gapsOf(deployment(image))).toEqual([{ name, images: [image], resources: [] }]);
  });

  it.each([
    ['Elastic Cloud on Kubernetes', resource('elasticsearch.k8s.elastic.co/v1', 'Elasticsearch', '{version: 9.0.0}')],
    ['Tigera operator (Calico)', resource('operator.tigera.io/v1', 'Installation', '{variant: Calico}')],
    ['MongoDB operators', resource('mongodb.com/v1', 'MongoDB', '{version: 8.0.0-ent}')],
    ['Prometheus operator', resource('monitoring.coreos.com/v1', 'Prometheus', '{replicas: 1}')],
    ['VictoriaMetrics operator', resource('operator.victoriametrics.com/v1beta1', 'VMAgent', '{image: {tag: v1.1.0}}')],
    ['Crossplane', resource('pkg.crossplane.io/v1', 'Provider', '{package: "xpkg.upbound.io/org/p:v1"}')],
  ])('is known by its resources: %s', (name, output) => {
    const kind = /^kind: (.+)$/m.exec(output)?.[1];
    expect(gapsOf(output)).toEqual([{ name, images: [], resources: [`${kind}/one`] }]);
  });

  it('is known by resources in a List', () => {
    const item = '{apiVersion: kafka.strimzi.io/v1, kind: Kafka, metadata: {name: k}}';
    const logs = '{apiVersion: kibana.k8s.elastic.co/v1, kind: Kibana, metadata: {name: logs}}';
    expect(gapsOf(`apiVersion: v1\nkind: List\nitems: [${item}, ${logs}]\n`)).toEqual([
      { name: 'Elastic Cloud on Kubernetes', images: [], resources: ['Kibana/logs'] },
    ]);
  });

  it.each([
    [
      'a resource that names its image',
      resource('monitoring.coreos.com/v1', 'Prometheus', '{image: "quay.io/prometheus/prometheus:v3"}'),
    ],
    ['a kind of another group', resource('example.dev/v1', 'Elasticsearch', '{version: 9.0.0}')],
    ['other kinds of the group', resource('monitoring.coreos.com/v1', 'ServiceMonitor', '{}')],
    ['another image', deployment('quay.io/org/operator:1')],
    ['an operator whose images all stand in its arguments', deployment('quay.io/jetstack/cert-manager-controller:v1')],
    ['an operator whose images all stand in its variables', deployment('quay.io/strimzi/operator:0.48.0')],
    ['one that pulls nothing', deployment('ghcr.io/kedacore/keda:2.17.0')],
  ])('is not %s', (_, output) => {
    expect(gapsOf(output)).toEqual([]);
  });

  it('says what is pulled and what to do', () => {
    const output = deployment('docker.elastic.co/eck/eck-operator:3.1.0');
    const [gap] = operatorGaps(usesIn(output), []);
    expect(gap?.text).toContain(
      'Elastic Cloud on Kubernetes (docker.elastic.co/eck/eck-operator:3.1.0) pulls an image for each',
    );
    expect(gap?.text).toContain('Steer it with config.containerRegistry');
    expect(gap?.text).toMatch(/name what it pulls under images of the catalog entry$/);
  });
});

describe('the table of operators', () => {
  it('has each name once, and a way to recognise it and a source for each', () => {
    const names = OPERATORS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { images, resources, steer, source } of OPERATORS) {
      expect(images.length + resources.length).toBeGreaterThan(0);
      expect(steer).not.toBe('');
      expect(source).toMatch(/^https:\/\//);
    }
  });
});
