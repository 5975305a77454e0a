import type { EmitRequest, Emitted } from '../../domain/emit/emitted.ts';
import { fileHead } from './file-head.ts';
import { yamlText } from './yaml-text.ts';

/** How helm 4 calls the plugin. */
const PLUGIN = 'airgap-images';
const SCRIPT = 'post-render.sh';
/** Where the report stands that the script reads. */
const REPORT_COPY = 'report.json';

const ABOUT = [
  'For charts that were not rewritten: names their images at the private registry while helm installs them, and refuses to install',
  'where a pod would still pull from elsewhere. It needs airgap-charts on PATH. Charts that airgap-charts has pushed need none of',
  'this.',
  `helm 3: helm upgrade --install NAME CHART --post-renderer DIRECTORY/${SCRIPT}`,
  `helm 4: helm plugin install DIRECTORY, once, then helm upgrade --install NAME CHART --post-renderer ${PLUGIN}`,
  'helm 3 shows its post-renderer no hooks; helm 4 does. The file report.json beside this one is what it knows.',
  'Where helm 4 does not say what is missing: helm template NAME CHART | airgap-charts post-render --report DIRECTORY/report.json',
];

const RUN = `set -eu
case $0 in
  */*) folder=\${0%/*} ;;
  *) folder=. ;;
esac
# helm 4 drops what a plugin says on standard error: it is said on that of helm, where the system has a way to it
error=/proc/$PPID/fd/2
if [ -n "\${HELM_PLUGIN_NAME-}" ] && { [ -p "$error" ] || [ -c "$error" ]; } && (: >>"$error") 2>/dev/null; then
  exec 2>>"$error"
fi
exec airgap-charts post-render --report "$folder/${REPORT_COPY}"
`;

/**
 * A directory that is a post-renderer for both versions of helm: a script, which helm 3 runs, and the plugin.yaml that makes it a
 * plugin of helm 4. `report` is the text of the report, which is kept beside them.
 */
export function postRenderer(request: EmitRequest, report: string): Emitted {
  const head = fileHead('post-renderer', request, ABOUT, []);
  // helm 4 internal/plugin/metadata_v1.go and subprocess_commands.go: names, and how commands are expanded
  const plugin = {
    apiVersion: 'v1',
    name: PLUGIN,
    version: '1.0.0',
    type: 'postrenderer/v1',
    runtime: 'subprocess',
    runtimeConfig: { platformCommand: [{ command: `\${HELM_PLUGIN_DIR}/${SCRIPT}` }] },
  };
  return {
    files: [
      { path: SCRIPT, text: `#!/bin/sh\n${head}\n${RUN}`, isExecutable: true },
      { path: 'plugin.yaml', text: head + yamlText(plugin), isExecutable: false },
      { path: REPORT_COPY, text: report, isExecutable: false },
    ],
    notes: [],
  };
}
