import { targetBeginnings } from '../../domain/emit/mirrored.ts';

// the pod spec of every kind that the rules match; a text of CEL over `object` or `oldObject`
function podSpec(object: string): string {
  return [
    `${object}.kind == 'Pod' ? ${object}.spec`,
    `${object}.kind == 'CronJob' ? ${object}.spec.jobTemplate.spec.template.spec`,
    `${object}.kind == 'PodTemplate' ? ${object}.?template.?spec.orValue({})`,
    `${object}.?spec.?template.?spec.orValue({})`,
  ].join(' : ');
}

function imagesOf(spec: string): string {
  const containers = ['containers', 'initContainers', 'ephemeralContainers'].map(
    (list) => `${spec}.?${list}.orValue([]).map(c, c.?image.orValue(''))`,
  );
  const volumes = `${spec}.?volumes.orValue([]).map(v, v.?image.?reference.orValue(''))`;
  return [...containers, volumes].join(' + ');
}

function celText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

const WORKLOADS = [
  { apiGroups: [''], resources: ['pods', 'pods/ephemeralcontainers', 'replicationcontrollers', 'podtemplates'] },
  { apiGroups: ['apps'], resources: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'] },
  { apiGroups: ['batch'], resources: ['jobs', 'cronjobs'] },
].map(({ apiGroups, resources }) => ({ apiGroups, apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources }));

/**
 * The rules of a policy that lets images come from the target alone: containers of all three kinds and image volumes, in pods and
 * in all that makes pods. What an object had before an update stays allowed, so that it can still be changed and removed.
 */
export function imageRules(target: string): object {
  const allowed = targetBeginnings(target);
  return {
    matchConstraints: {
      namespaceSelector: {
        matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system'] }],
      },
      resourceRules: WORKLOADS,
    },
    variables: [
      { name: 'allowed', expression: `[${allowed.map(celText).join(', ')}]` },
      { name: 'podSpec', expression: podSpec('object') },
      { name: 'oldSpec', expression: `oldObject == null || !has(oldObject.kind) ? {} : ${podSpec('oldObject')}` },
      { name: 'images', expression: `(${imagesOf('variables.podSpec')}).filter(i, i != '')` },
      { name: 'oldImages', expression: imagesOf('variables.oldSpec') },
      {
        name: 'outside',
        expression:
          'variables.images.filter(i, !variables.allowed.exists(a, i.startsWith(a)) && !(i in variables.oldImages))',
      },
    ],
    validations: [
      {
        expression: 'size(variables.outside) == 0',
        messageExpression: `'images have to come from ' + ${celText(target)} + ', and these do not: ' + variables.outside.join(', ')`,
        reason: 'Forbidden',
      },
    ],
  };
}

/** The remarks that both policies share. */
export const POLICY_REMARKS = [
  'It counts for pods and for all that makes pods, in all namespaces but kube-system, where the cluster has parts of its own: take',
  'that out of matchConstraints when these come from the private registry, too. Images that an object has already stay allowed.',
  'Images of static pods, and those that a node starts by itself, pass no admission.',
];
