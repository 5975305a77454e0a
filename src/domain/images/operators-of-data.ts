import type { Operator } from './operator.ts';

/** Operators of databases, queues and storage. */
export const DATA_OPERATORS: readonly Operator[] = [
  {
    name: 'Elastic Cloud on Kubernetes',
    images: [/\/eck-operator(?:-ubi\d*)?$/],
    resources: [
      { group: 'elasticsearch.k8s.elastic.co' },
      { group: 'kibana.k8s.elastic.co' },
      { group: 'beat.k8s.elastic.co' },
      { group: 'agent.k8s.elastic.co' },
      { group: 'apm.k8s.elastic.co' },
      { group: 'logstash.k8s.elastic.co' },
      { group: 'enterprisesearch.k8s.elastic.co' },
      { group: 'maps.k8s.elastic.co' },
    ],
    pulls:
      'an image for each resource, named after its kind and spec.version, such as elasticsearch/elasticsearch:9.0.0',
    steer:
      'config.containerRegistry and config.containerRepository of the operator chart, or spec.image of each resource',
    source: 'https://www.elastic.co/guide/en/cloud-on-k8s/current/k8s-air-gapped.html',
  },
  {
    name: 'MongoDB operators',
    images: [/\/mongodb-(?:kubernetes|kubernetes-operator|enterprise-operator(?:-ubi)?)$/],
    resources: [{ group: 'mongodb.com' }, { group: 'mongodbcommunity.mongodb.com' }],
    pulls:
      'databases and agents, each joined from a repository in its environment and the version that a resource asks for',
    steer: 'registry.* and mongodb.repo of the operator chart; name the versions that the resources ask for',
    source: 'https://github.com/mongodb/mongodb-kubernetes/blob/master/helm_chart/values.yaml',
  },
  {
    name: 'Strimzi',
    images: [/\/strimzi\/operator$/],
    resources: [{ group: 'kafka.strimzi.io' }],
    pulls: undefined,
    steer:
      'defaultImageRegistry and defaultImageRepository of the operator chart; its versions all stand in its environment',
    source:
      'https://github.com/strimzi/strimzi-kafka-operator/blob/main/packaging/helm-charts/helm3/strimzi-kafka-operator/values.yaml',
  },
  {
    name: 'Percona operators',
    images: [/\/percona-(?:postgresql|server-mongodb|server-mysql|xtradb-cluster)-operator$/],
    resources: [
      { group: 'psmdb.percona.com' },
      { group: 'pxc.percona.com' },
      { group: 'ps.percona.com' },
      { group: 'pgv2.percona.com' },
    ],
    pulls:
      'the images that resources name, and with upgradeOptions.apply other versions that a service of Percona recommends; its own image also as an init container',
    steer: 'the image fields of each resource, initContainer.image, and upgradeOptions.apply: disabled',
    source: 'https://docs.percona.com/percona-operator-for-postgresql/custom-registry.html',
  },
  {
    name: 'CloudNativePG',
    images: [/\/cloudnative-pg$/],
    resources: [{ group: 'postgresql.cnpg.io' }],
    pulls: 'PostgreSQL in the version built into the operator, for a Cluster without imageName',
    steer: 'spec.imageName or an image catalog, or POSTGRES_IMAGE_NAME in config.data of the operator chart',
    source: 'https://github.com/cloudnative-pg/cloudnative-pg/blob/main/docs/src/operator_conf.md',
  },
  {
    name: 'Zalando Postgres operator',
    images: [/\/(?:zalando|acid)\/postgres-operator$/],
    resources: [{ group: 'acid.zalan.do', kinds: ['postgresql'] }],
    pulls: 'spilo in the version built into the operator, where its configuration or a cluster names none',
    steer: 'configGeneral.docker_image of the operator chart, or spec.dockerImage of each cluster',
    source: 'https://github.com/zalando/postgres-operator/blob/master/docs/reference/operator_parameters.md',
  },
  {
    name: 'cass-operator',
    images: [/\/cass-operator$/],
    resources: [{ group: 'cassandra.datastax.com' }],
    pulls: 'a server image, joined from a repository of its ImageConfig and the serverVersion of a resource',
    steer: 'imageConfig of the operator chart, or spec.serverImage of each resource',
    source: 'https://github.com/k8ssandra/cass-operator/blob/master/config/manager/image_config.yaml',
  },
  {
    name: 'Rook',
    images: [/\/rook\/ceph$/],
    resources: [{ group: 'ceph.rook.io', kinds: ['CephCluster'] }],
    pulls:
      'Ceph itself, as cephVersion.image of a CephCluster; the images of its storage drivers stand in its settings',
    steer: 'csi.* of the operator chart, and cephClusterSpec.cephVersion.image of the cluster chart',
    source: 'https://github.com/rook/rook/blob/master/deploy/charts/rook-ceph/values.yaml',
  },
  {
    name: 'Spark operator',
    images: [/\/spark-operator(?:\/controller)?$/],
    resources: [{ group: 'sparkoperator.k8s.io' }],
    pulls: 'the images that applications name in spec.image, which are often made outside of any chart',
    steer: 'spec.image of each application',
    source: 'https://github.com/kubeflow/spark-operator/blob/master/charts/spark-operator-chart/values.yaml',
  },
  {
    name: 'Flink operator',
    images: [/\/flink-kubernetes-operator$/],
    resources: [{ group: 'flink.apache.org' }],
    pulls: 'the images that deployments name in spec.image, or the default of Flink for their version',
    steer:
      'spec.image of each FlinkDeployment, or kubernetes.container.image.ref in defaultConfiguration of the operator chart',
    source: 'https://github.com/apache/flink-kubernetes-operator/blob/main/helm/flink-kubernetes-operator/values.yaml',
  },
];
