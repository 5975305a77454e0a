import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ChartParts, deployment, pod } from '../support/e2e-charts.ts';
import { type ConsumerHelm, createConsumerHelm } from '../support/e2e-helm.ts';
import { startWorld, type World } from '../support/e2e-world.ts';
import { describeWith } from '../support/tools.ts';

const IMAGE = 'quay.io/team/app:1.0';
const MAIN = '- name: main\n  image: {{ .Values.image }}';

function withSecrets(list: string): string {
  return deployment(MAIN).replace('      containers:\n', `${list}      containers:\n`);
}

const CHARTS: Readonly<Record<string, ChartParts>> = {
  // a list of names that the chart has empty
  listed: {
    values: `image: ${IMAGE}\nimagePullSecrets: [] # names\n`,
    templates: {
      'd.yaml': withSecrets(
        '      {{- with .Values.imagePullSecrets }}\n      imagePullSecrets: {{- toYaml . | nindent 8 }}\n      {{- end }}\n',
      ),
    },
  },
  // a global that values.yaml does not have, as texts
  global: {
    values: `image: ${IMAGE}\n`,
    templates: {
      'd.yaml': withSecrets(
        '      {{- with (.Values.global).imagePullSecrets }}\n      imagePullSecrets:\n      {{- range . }}\n        - name: {{ . }}\n      {{- end }}\n      {{- end }}\n',
      ),
    },
  },
  // no key for the pod of the test
  partly: {
    values: `image: ${IMAGE}\nimagePullSecrets:\n  - name: own\n`,
    templates: {
      'd.yaml': withSecrets('      imagePullSecrets: {{- toYaml .Values.imagePullSecrets | nindent 8 }}\n'),
      'tests/t.yaml': pod(IMAGE, 'helm.sh/hook: test'),
    },
  },
};

describeWith(['helm', 'crane'], 'the pull secret', () => {
  let world: World;
  let helm: ConsumerHelm;
  const entries = Object.keys(CHARTS).map((chart) => ({ chart, version: '1.0.0' }));

  beforeAll(async () => {
    world = await startWorld();
    helm = await createConsumerHelm();
    await world.sources.addImages([IMAGE]);
    for (const [name, parts] of Object.entries(CHARTS)) await world.publish(name, parts);
  });

  afterAll(async () => {
    await Promise.all([world?.stop(), helm?.remove()]);
  });

  async function original(name: string): Promise<string> {
    const file = join(helm.directory, `${name}.tgz`);
    const answer = await fetch(`${world.sources.repository.url}/charts.example.test/stable/${name}-1.0.0.tgz`);
    await writeFile(file, Buffer.from(await answer.arrayBuffer()));
    return file;
  }

  function namesIn(output: string): number {
    return output.split('name: regcred').length + output.split('name: "regcred"').length - 2;
  }

  it('is written into the consumer values where it takes effect, and proven', async () => {
    const outcome = await world.mirror('values', entries, ['--image-pull-secret', 'regcred']);
    expect(outcome.code, outcome.stderr).toBe(0);
    const told = entries.map(({ chart }) => {
      const secret = outcome.row(chart).pullSecret;
      return [chart, secret?.keys.map(({ key }) => key), secret?.served, secret?.unserved.length];
    });
    expect(told).toEqual([
      ['listed', ['imagePullSecrets'], 1, 0],
      ['global', ['global.imagePullSecrets'], 1, 0],
      ['partly', ['imagePullSecrets'], 1, 1],
    ]);
    for (const { chart } of entries) {
      expect([chart, outcome.row(chart).proof.state, outcome.row(chart).consumer.state]).toEqual([
        chart,
        'proven',
        chart === 'partly' ? outcome.row(chart).consumer.state : 'proven',
      ]);
      const values = join(world.machine.work, outcome.directory, 'helm-charts', chart, 'values.yaml');
      expect(namesIn(await helm.template('r', await original(chart), ['-f', values])), chart).toBe(1);
    }
    const values = await readFile(
      join(world.machine.work, outcome.directory, 'helm-charts/partly/values.yaml'),
      'utf8',
    );
    expect(values).toContain('name: "own"');
    expect(outcome.row('partly').pullSecret?.commands).toEqual([
      'kubectl --namespace partly patch serviceaccount default --patch \'{"imagePullSecrets":[{"name":"regcred"}]}\'',
    ]);
    expect(outcome.stderr).toContain('pull secret regcred: 3 of 4 pod specs have it');
  });

  it('is written into the charts on request, which then name it without further values', async () => {
    const flags = ['--image-pull-secret', 'regcred', '--pull-secret-in-chart'];
    const outcome = await world.mirror('charts', entries, flags);
    expect(outcome.code, outcome.stderr).toBe(0);
    for (const { chart } of entries) {
      const archive = await helm.pull(`oci://${world.proxy.host}/charts/${chart}`, '1.0.0');
      expect(namesIn(await helm.template('r', archive)), chart).toBe(1);
      expect(outcome.row(chart).pullSecret).toMatchObject({ written: 'chart', served: 1 });
    }
  });

  it('is not in the way of a release that has its own', async () => {
    const own = [{ chart: 'listed', version: '1.0.0', values: { imagePullSecrets: [{ name: 'mine' }] } }];
    const flags = ['--image-pull-secret', 'regcred', '--pull-secret-in-chart'];
    const outcome = await world.mirror('own', own, flags);
    expect(outcome.code, outcome.stderr).toBe(0);
    const values = await readFile(
      join(world.machine.work, outcome.directory, 'helm-charts/listed/values.yaml'),
      'utf8',
    );
    expect(values).toMatch(/mine[\s\S]*regcred/);
    expect(outcome.row('listed').pullSecret).toMatchObject({ served: 1, unserved: [] });
  });

  it('has to have a name', async () => {
    const { code, stderr } = await world.machine.run([
      'mirror',
      '--catalog',
      'x.yaml',
      '--image-pull-secret',
      'Reg Cred',
    ]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('a secret cannot be called "Reg Cred"')]);
  });
});
