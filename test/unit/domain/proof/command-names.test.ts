/* biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts of charts */
import { describe, expect, it } from 'vitest';
import { sweep } from '../../../../src/domain/proof/sweep.ts';
import { TARGET } from './judged.ts';

/** What is unexplained in a text of a ConfigMap. */
function unexplained(text: string): readonly string[] {
  const own = text.replaceAll('TARGET', TARGET).replace(/^/gm, '    ');
  const output = `---\n# Source: web/templates/a.yaml\nkind: ConfigMap\ndata:\n  a: |\n${own}\n`;
  const query = { target: TARGET, sourceTexts: [], sourceHosts: [], planned: [`${TARGET}/acme/app:v1`] };
  return sweep(output, query).flatMap((hit) => (hit.explained === undefined ? [hit.text] : []));
}

describe('a name that a command or a call takes for an image', () => {
  it.each([
    ['a call of a pipeline', "docker.image('acme/side').inside { sh 'make' }", 'acme/side'],
    ['a call in a quoted text', '"script": "docker.image(\\"acme/side\\").pull()"', 'acme/side'],
    ['a call with a word', 'docker.image( "maven" ).inside()', 'maven'],
    ['an agent on one line', "agent { docker { image 'maven:3-slim' } }", 'maven:3-slim'],
    ['an agent over lines', "agent {\n  docker {\n    args '-v a:b'\n    image 'acme/side'\n  }\n}", 'acme/side'],
    ['set image', 'kubectl -n web set image deploy/web web=acme/side', 'acme/side'],
    ['set image with what may be a port', 'kubectl set image deploy/web web=acme/side:8080', 'acme/side:8080'],
    ['set image for all containers', 'kubectl set image deploy web *=tool --record=true', 'tool'],
    ['set image of a variable', 'oc set image "deploy/$NAME" "${NAME}=acme/side:12"', 'acme/side:12'],
    ['set image in a list', '["kubectl", "set", "image", "deploy/web", "web=acme/side:12"]', 'acme/side:12'],
  ])('is suspicious: %s', (_, text, name) => {
    expect(unexplained(text)).toEqual([name]);
  });

  it.each([
    ['what the pipeline has built', "docker.image('acme/side').push('latest')"],
    ['a variable', 'docker.image("${name}").inside()'],
    ['at the target', "docker.image('TARGET/acme/app:v1').inside()"],
    ['an image of something else', "page {\n  image 'logo'\n}"],
    ['set image to the target', 'kubectl set image deploy/web web=TARGET/acme/app:v1'],
    ['set image to a variable', 'kubectl set image deploy/web web=$IMAGE side="${SIDE}"'],
    ['options and other commands', 'kubectl set image deploy/web web=$IMAGE --record=true; x=true y=acme/other'],
    ['prose', 'you may set image pull=always here'],
    ['a comment', '# kubectl set image deploy/web web=acme/side'],
  ])('is harmless: %s', (_, text) => {
    expect(unexplained(text)).toEqual([]);
  });
});
