import type { EmitRequest, Emitted } from '../../domain/emit/emitted.ts';
import { fileHead } from './file-head.ts';
import { imageRules, POLICY_REMARKS } from './image-rules.ts';
import { yamlText } from './yaml-text.ts';

/** A ValidatingPolicy of Kyverno that allows images of the target alone. Its ClusterPolicy is deprecated since 1.17. */
export function kyvernoPolicy(request: EmitRequest): Emitted {
  const about = [
    'For Kyverno 1.17 and newer: refuses pods whose images do not come from the private registry.',
    'Apply it with: kubectl apply -f FILE. To see first what it would refuse, write Audit for Deny.',
    ...POLICY_REMARKS,
  ];
  const policy = {
    apiVersion: 'policies.kyverno.io/v1',
    kind: 'ValidatingPolicy',
    metadata: { name: 'airgap-charts-private-registry' },
    spec: { validationActions: ['Deny'], failurePolicy: 'Fail', ...imageRules(request.mirrored.target) },
  };
  const text = fileHead('kyverno', request, about, []) + yamlText(policy);
  return { files: [{ path: 'kyverno-policy.yaml', text, isExecutable: false }], notes: [] };
}
