import type { Operator } from './operator.ts';

/** Operators of networks, service meshes and machines. */
export const PLATFORM_OPERATORS: readonly Operator[] = [
  {
    name: 'Tigera operator (Calico)',
    images: [/\/tigera\/operator$/],
    resources: [{ group: 'operator.tigera.io' }],
    pulls: 'all images of Calico, in the versions built into the operator',
    steer: 'installation.registry and installation.imagePath of the chart (spec.registry of the Installation)',
    source: 'https://docs.tigera.io/calico/latest/operations/image-options/alternate-registry',
  },
  {
    name: 'Istio',
    images: [/\/pilot(?:-distroless)?$/],
    resources: [],
    pulls: 'proxyv2 for every injected pod and every gateway, joined from hub, image and tag',
    steer: 'global.hub, global.tag and global.proxy.image of the istiod chart',
    source: 'https://github.com/istio/istio/blob/master/manifests/charts/istio-control/istio-discovery/values.yaml',
  },
  {
    name: 'Linkerd',
    images: [/\/linkerd\/(?:controller|proxy-injector)$/],
    resources: [],
    pulls: 'proxy and proxy-init for every injected pod, as its settings name them',
    steer: 'proxy.image.name, proxy.image.version and controllerImage of the control plane chart',
    source: 'https://github.com/linkerd/linkerd2/blob/main/charts/linkerd-control-plane/values.yaml',
  },
  {
    name: 'Consul',
    images: [/\/consul-k8s-control-plane$/],
    resources: [{ group: 'consul.hashicorp.com' }],
    pulls: undefined,
    steer: 'global.image, global.imageK8S and global.imageConsulDataplane of the chart; all stand in its arguments',
    source: 'https://github.com/hashicorp/consul-k8s/blob/main/charts/consul/values.yaml',
  },
  {
    name: 'Vault agent injector',
    images: [/\/vault-k8s$/],
    resources: [],
    pulls:
      'the vault image of its environment, or another that the annotation vault.hashicorp.com/agent-image of a pod names',
    steer: 'injector.agentImage of the chart',
    source: 'https://github.com/hashicorp/vault-helm/blob/main/values.yaml',
  },
  {
    name: 'Dapr',
    images: [/\/dapr\/(?:injector|operator|dapr)$/],
    resources: [],
    pulls: 'the sidecar of its environment, or another that the annotation dapr.io/sidecar-image of a pod names',
    steer: 'global.registry (with its path) and dapr_sidecar_injector.image.name of the chart',
    source: 'https://github.com/dapr/dapr/blob/master/charts/dapr/charts/dapr_sidecar_injector/values.yaml',
  },
  {
    name: 'Knative operator',
    images: [/\/knative-releases\/knative\.dev\/operator\/cmd\/operator(?:$|\/)/, /\/knative-operator$/],
    resources: [{ group: 'operator.knative.dev' }],
    pulls: 'all images of Serving and Eventing, from the manifests built into the operator, by digest',
    steer: 'spec.registry.default and spec.registry.override of KnativeServing and KnativeEventing',
    source: 'https://github.com/knative/operator/blob/main/pkg/reconciler/common/images.go',
  },
  {
    name: 'Tekton operator',
    images: [/\/tektoncd\/operator\//, /\/tekton-operator$/],
    resources: [{ group: 'operator.tekton.dev' }],
    pulls: 'all images of Tekton, from the manifests built into the operator',
    steer: 'variables IMAGE_PIPELINES_*, IMAGE_TRIGGERS_* and the like on the operator, and TEKTON_REGISTRY_OVERRIDE',
    source: 'https://github.com/tektoncd/operator/blob/main/pkg/reconciler/common/transformers.go',
  },
  {
    name: 'Crossplane',
    images: [/\/crossplane\/crossplane$/],
    resources: [{ group: 'pkg.crossplane.io' }],
    pulls:
      'packages of providers, configurations and functions, the packages that these depend on, and the images inside',
    steer:
      'full references in provider.packages of the chart and in spec.package; name the dependencies too, or use an ImageConfig',
    source: 'https://github.com/crossplane/crossplane/blob/main/cluster/charts/crossplane/values.yaml',
  },
  {
    name: 'NVIDIA GPU operator',
    images: [/\/nvidia\/gpu-operator$/],
    resources: [{ group: 'nvidia.com', kinds: ['ClusterPolicy', 'NVIDIADriver'] }],
    pulls:
      'the driver with the name of the operating system of each node behind its version, such as driver:570.0-ubuntu22.04',
    steer: 'driver.repository and driver.version of the chart; name the driver image of each operating system',
    source: 'https://github.com/NVIDIA/gpu-operator/blob/main/deployments/gpu-operator/values.yaml',
  },
  {
    name: 'KubeVirt',
    images: [/\/virt-operator$/],
    resources: [{ group: 'kubevirt.io', kinds: ['KubeVirt'] }],
    pulls:
      'virt-api, virt-controller, virt-handler, virt-launcher and others, joined from its own registry and version',
    steer: 'spec.imageRegistry and spec.imageTag of the KubeVirt resource; they follow the image of the operator',
    source: 'https://github.com/kubevirt/kubevirt/blob/main/pkg/virt-operator/util/config.go',
  },
];
