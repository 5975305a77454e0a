import { toolsFolder } from '../../domain/bundle/bundle-contents.ts';
import type { CarriedTools } from './bundle-run.ts';

/** The name that the text has for a bundle: the same content makes the same bytes, whatever its file is called. */
const FILE = 'platform.tar';

function toolsText({ about, needs }: CarriedTools): string {
  const { platform, digest } = about;
  const blob = `blobs/${digest.replace(':', '/')}`;
  const program = `./${toolsFolder(platform)}/airgap-charts`;
  const needed = needs.length === 0 ? '' : ` They need ${needs.join(', ')}.`;
  return `For ${platform}: Node, airgap-charts, helm and crane.${needed}

One file:

  tar -xOf ${FILE} ${blob} | tar -xzf -
  ${program} bundle push ${FILE} --target-registry HOST/PATH

Parts:

  cat ${FILE}.[0-9]* | tar -xOf - ${blob} | tar -xzf -
  ${program} bundle push ${FILE}.001 --target-registry HOST/PATH
`;
}

/** How a person begins on the closed side, with nothing but tar. */
export function startText(tools: readonly CarriedTools[]): string {
  const head = `This is a bundle of airgap-charts: charts and images for a registry, and the tools that push them.
Here it is called ${FILE}; write its own name. Whether it came whole: sha256sum -c ${FILE}.sha256
`;
  return [head, ...tools.map(toolsText)].join('\n');
}
