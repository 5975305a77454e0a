import type { Operator } from './operator.ts';

/** Operators of monitoring, security and delivery. */
export const SERVICE_OPERATORS: readonly Operator[] = [
  {
    name: 'VictoriaMetrics operator',
    images: [/\/victoriametrics\/operator$/],
    resources: [{ group: 'operator.victoriametrics.com' }],
    pulls:
      'the image of each resource, with repository and version built into the operator where the resource names none',
    steer: 'env VM_CONTAINERREGISTRY on the operator, or spec.image.repository and spec.image.tag of each resource',
    source: 'https://docs.victoriametrics.com/operator/env',
  },
  {
    name: 'Prometheus operator',
    images: [/\/prometheus-operator$/],
    resources: [
      { group: 'monitoring.coreos.com', kinds: ['Prometheus', 'PrometheusAgent', 'Alertmanager', 'ThanosRuler'] },
    ],
    pulls:
      'prometheus, alertmanager or thanos in the versions built into the operator, for a resource without spec.image',
    steer: 'spec.image of each resource, or --prometheus-default-base-image and its like on the operator',
    source: 'https://github.com/prometheus-operator/prometheus-operator/blob/main/pkg/operator/defaults.go',
  },
  {
    name: 'OpenTelemetry operator',
    images: [/\/opentelemetry-operator$/],
    resources: [{ group: 'opentelemetry.io' }],
    pulls: 'collector, target allocator and instrumentation of each language, in the versions built into the operator',
    steer: 'manager.collectorImage and manager.autoInstrumentationImage of the chart, or spec.image of each resource',
    source: 'https://github.com/open-telemetry/opentelemetry-operator/blob/main/versions.txt',
  },
  {
    name: 'Datadog operator',
    images: [/(?:^registry\.datadoghq\.com|\/datadog(?:hq)?)\/operator$/],
    resources: [{ group: 'datadoghq.com', kinds: ['DatadogAgent'] }],
    pulls: 'agent and cluster agent in the versions built into the operator, and libraries for instrumented pods',
    steer: 'spec.global.registry and spec.override.*.image of the DatadogAgent',
    source: 'https://github.com/DataDog/datadog-operator/blob/main/pkg/images/images.go',
  },
  {
    name: 'Datadog cluster agent',
    images: [/(?:^registry\.datadoghq\.com|\/datadog(?:hq)?)\/cluster-agent$/],
    resources: [],
    pulls: 'libraries and agents that its admission controller puts into pods',
    steer: 'registry, and clusterAgent.admissionController.containerRegistry, of the chart',
    source: 'https://github.com/DataDog/helm-charts/blob/main/charts/datadog/values.yaml',
  },
  {
    name: 'Grafana operator',
    images: [/\/grafana-operator$/],
    resources: [{ group: 'grafana.integreatly.org', kinds: ['Grafana'] }],
    pulls: 'Grafana in the version built into the operator, for a resource without spec.version',
    steer: 'spec.version of each Grafana (it takes a whole reference), or RELATED_IMAGE_GRAFANA on the operator',
    source: 'https://github.com/grafana/grafana-operator/blob/master/controllers/config/operator_constants.go',
  },
  {
    name: 'Trivy operator',
    images: [/\/trivy-operator$/],
    resources: [],
    pulls: 'databases and checks, as its settings name them; without a tag it asks for the version of its schema',
    steer: 'trivy.dbRegistry, trivy.dbRepository, trivy.javaDbRegistry and policiesBundle.* of the chart',
    source: 'https://github.com/aquasecurity/trivy-operator/blob/main/deploy/helm/values.yaml',
  },
  {
    name: 'Falco',
    images: [/\/falcosecurity\/falcoctl$/],
    resources: [],
    pulls:
      'rules and plugins; those with a short name, such as falco-rules:3, are looked up in an index on the internet',
    steer:
      'falcoctl.config.artifact.install.refs and follow.refs with full references, or falcoctl.artifact.*.enabled: false',
    source: 'https://github.com/falcosecurity/charts/blob/master/charts/falco/values.yaml',
  },
  {
    name: 'Kyverno',
    images: [/\/kyverno$/],
    resources: [],
    pulls: undefined,
    steer: 'config.defaultRegistry of the chart is only what policies take for the registry of names without one',
    source: 'https://github.com/kyverno/kyverno/blob/main/charts/kyverno/values.yaml',
  },
  {
    name: 'cert-manager',
    images: [/\/cert-manager-controller$/],
    resources: [],
    pulls: undefined,
    steer: 'acmesolver.image of the chart, which stands in the arguments of the controller',
    source: 'https://github.com/cert-manager/cert-manager/blob/master/deploy/charts/cert-manager/values.yaml',
  },
  {
    name: 'KEDA',
    images: [/\/kedacore\/keda$/],
    resources: [],
    pulls: undefined,
    steer: 'it scales workloads and starts only jobs whose images their resources name',
    source: 'https://github.com/kedacore/charts/blob/main/keda/values.yaml',
  },
  {
    name: 'Argo CD image updater',
    images: [/\/argocd-image-updater$/],
    resources: [],
    pulls: undefined,
    steer: 'it writes tags into applications and pulls nothing itself',
    source: 'https://github.com/argoproj-labs/argocd-image-updater/blob/master/docs/configuration/images.md',
  },
];
