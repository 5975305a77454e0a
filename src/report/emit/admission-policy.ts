import type { EmitRequest, Emitted } from '../../domain/emit/emitted.ts';
import { fileHead } from './file-head.ts';
import { imageRules, POLICY_REMARKS } from './image-rules.ts';
import { yamlText } from './yaml-text.ts';

const NAME = 'airgap-charts-private-registry';

/** A ValidatingAdmissionPolicy, and its binding, that allow images of the target alone. */
export function admissionPolicy(request: EmitRequest): Emitted {
  const about = [
    'For Kubernetes 1.30 and newer: refuses pods whose images do not come from the private registry.',
    'Apply it with: kubectl apply -f FILE. To see first what it would refuse, write Audit and Warn for Deny.',
    ...POLICY_REMARKS,
  ];
  const group = 'admissionregistration.k8s.io/v1';
  const policy = {
    apiVersion: group,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: NAME },
    spec: { failurePolicy: 'Fail', ...imageRules(request.mirrored.target) },
  };
  const binding = {
    apiVersion: group,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: NAME },
    spec: { policyName: NAME, validationActions: ['Deny'] },
  };
  const text = fileHead('admission-policy', request, about, []) + yamlText(policy, binding);
  return { files: [{ path: 'admission-policy.yaml', text, isExecutable: false }], notes: [] };
}
