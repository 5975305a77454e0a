import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { readText } from '../support/charts.ts';
import { serveSharedCharts, sharedChartsReason } from '../support/shared-charts.ts';
import { digestIn } from '../support/synthetic-images.ts';
import { describeUnless, skipReason } from '../support/tools.ts';
import { EKS_ADDONS, serveValuesInput, valuesInputReason } from '../support/values-inputs.ts';

const reason = skipReason(['crane']) ?? sharedChartsReason();

describeUnless(reason, 'the shared charts as sources', () => {
  it('are all there, with a stand-in for every image under its own host', async () => {
    const sources = await serveSharedCharts();
    try {
      const { url } = sources.registry;
      for (const image of sources.images().values()) {
        const repository = `${image.registry}/${image.repository}`;
        expect(await digestIn(url, repository, image.tag ?? image.digest), image.name).toBe(image.digest);
      }
      expect(await digestIn(url, 'public.ecr.aws/karpenter/karpenter', '1.14.1')).toBeDefined();
      expect(await digestIn(url, 'docker.io/bitnamicharts/wordpress', '27.0.0')).toBeDefined();
      expect(await digestIn(url, 'docker.io/library/busybox', 'latest')).toBeDefined();
      const mirrors = new Map(sources.mirrors().map(({ from, to }) => [from, to]));
      const index = await fetch(`${mirrors.get('https://argoproj.github.io/argo-helm')}/index.yaml`);
      expect(Object.keys(parse(await index.text()).entries)).toHaveLength(4);
    } finally {
      await sources.stop();
    }
  });

  it('pin the digests of the stand-ins', async () => {
    const sources = await serveSharedCharts({ only: ['ingress-nginx'], furtherReferences: ['quay.io/further/one'] });
    try {
      const index = 'https://kubernetes.github.io/ingress-nginx';
      const to = sources.mirrors().find((mirror) => mirror.from === index)?.to;
      const archive = Buffer.from(await (await fetch(`${to}/ingress-nginx-4.15.1.tgz`)).arrayBuffer());
      const values = parse((await readText(archive, 'ingress-nginx/values.yaml')) ?? '');
      const standIn = sources.images().get('registry.k8s.io/ingress-nginx/controller:v1.15.1');
      expect(values.controller.image.digest).toBe(standIn?.digest);
      expect(sources.images().has('quay.io/further/one:latest')).toBe(true);
    } finally {
      await sources.stop();
    }
  });
});

describeUnless(reason ?? valuesInputReason(), 'the values file as a source', () => {
  it('has every chart version that it names at the address that it names', async () => {
    const sources = await serveValuesInput(EKS_ADDONS);
    try {
      expect([sources.addonCount, sources.unmirrorableKeys]).toEqual([
        61,
        ['adot_collector', 'cw_prometheus', 'eks_upgrade_insights_demo'],
      ]);
      const mirrors = new Map(sources.mirrors().map(({ from, to }) => [from, to]));
      for (const { name, version, address } of sources.charts) {
        if (address.startsWith('oci://')) {
          const repository = `${address.slice('oci://'.length)}/${name}`;
          expect(await digestIn(sources.registry.url, repository, version), repository).toBeDefined();
        } else {
          const archive = await fetch(`${mirrors.get(address)}/${name}-${version}.tgz`);
          const metadata = await readText(Buffer.from(await archive.arrayBuffer()), `${name}/Chart.yaml`);
          expect(parse(metadata ?? ''), name).toMatchObject({ name, version });
        }
      }
    } finally {
      await sources.stop();
    }
  });
});
