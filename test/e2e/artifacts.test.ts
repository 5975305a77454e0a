import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Digest } from '../../src/domain/reference.ts';
import type { Report } from '../../src/domain/report/report.ts';
import type { ReportedArtifact } from '../../src/domain/report/reported-artifacts.ts';
import type { Engine } from '../support/copy-bench.ts';
import { type CountingProxy, startCountingProxy } from '../support/counting-proxy.ts';
import { type CliResult, createMachine, type Machine } from '../support/e2e-machine.ts';
import { rawDigest, rawManifest } from '../support/e2e-registry.ts';
import { BUNDLE_TYPE, type Pushed, pushArtifact, pushCosign, pushList, SBOM_TYPE } from '../support/made-artifacts.ts';
import { startReferrersRegistry } from '../support/referrers-registry.ts';
import { startDistribution } from '../support/registries.ts';
import { type PushedImage, pushImage } from '../support/synthetic-images.ts';
import { describeWith } from '../support/tools.ts';

interface Side {
  readonly proxy: CountingProxy;
  stop(): Promise<void>;
}

async function side(start: () => Promise<{ url: string; stop(): Promise<void> }>): Promise<Side> {
  const behind = await start();
  const proxy = await startCountingProxy(behind.url);
  return { proxy, stop: () => proxy.stop().then(() => behind.stop()) };
}

interface Copied extends CliResult {
  readonly report: Report;
  row(text: string): ReportedArtifact;
}

function listTag(digest: Digest): string {
  return digest.replace(':', '-');
}

describeWith(['crane', 'registry'], 'artifacts', () => {
  let machine: Machine;
  /** With and without the referrers API. */
  let [listing, plain, toListing, toPlain]: Side[] = [];
  let runs = 0;

  beforeAll(async () => {
    machine = await createMachine({ crane: true });
    [listing, plain, toListing, toPlain] = await Promise.all([
      side(startReferrersRegistry),
      side(startDistribution),
      side(startReferrersRegistry),
      side(startDistribution),
    ]);
  });

  afterAll(async () => {
    await Promise.all([listing, plain, toListing, toPlain].map((one) => one?.stop()));
    await machine?.remove();
  });

  function proxyOf(one: Side | undefined): CountingProxy {
    if (one === undefined) throw new Error('the world has not begun');
    return one.proxy;
  }

  const from = (): CountingProxy => proxyOf(listing);
  const fromPlain = (): CountingProxy => proxyOf(plain);

  async function copy(
    images: readonly string[],
    target: CountingProxy,
    path: string,
    ...flags: readonly string[]
  ): Promise<Copied> {
    runs += 1;
    const list = await machine.write(`images-${runs}.txt`, `${images.join('\n')}\n`);
    const result = await machine.run([
      ...['copy', '--images', list, '--target-registry', `${target.host}/${path}`, '--plain-http'],
      ...['--output-dir', `out-${runs}`, ...flags],
    ]);
    const report = await machine.report(`out-${runs}`);
    const row = (text: string): ReportedArtifact => {
      const found = report.artifacts.rows.find(({ destination }) => destination.includes(text));
      if (found === undefined) throw new Error(`no artifact ${text}: ${JSON.stringify(report.artifacts)}`);
      return found;
    };
    return { ...result, report, row };
  }

  /** What the API of a registry lists, without any code of the tool. */
  async function referring(base: string, repository: string, digest: Digest): Promise<readonly string[] | undefined> {
    const answer = await fetch(`${base}/v2/${repository}/referrers/${digest}`);
    if (answer.status === 404) return undefined;
    const { manifests } = (await answer.json()) as { readonly manifests: readonly { readonly digest: string }[] };
    return manifests.map((one) => one.digest).sort();
  }

  async function listedUnderTag(base: string, repository: string, digest: Digest): Promise<readonly object[]> {
    const list = await rawManifest(base, repository, listTag(digest));
    return list === undefined ? [] : JSON.parse(list.text).manifests;
  }

  interface Signed {
    readonly image: PushedImage;
    readonly sig: Pushed;
    readonly att: Pushed;
    readonly childSig: Pushed;
    readonly sbom: Pushed;
    readonly sbomSignature: Pushed;
    readonly bundle: Pushed;
  }

  /** An image with everything: tags for itself and a child, and referrers, one of which is signed itself. */
  async function pushSigned(base: string, repository: string): Promise<Signed> {
    const image = await pushImage(base, repository, '1', { attestations: true });
    const size = (await rawManifest(base, repository, '1'))?.text.length ?? 0;
    const subject = { mediaType: image.mediaType, digest: image.digest, size };
    const child = image.children[0]?.digest ?? image.digest;
    const sbom = await pushArtifact(base, repository, undefined, {
      ...{ layers: ['all that is in it'], artifactType: SBOM_TYPE, subject, annotations: { made: 'by a test' } },
    });
    const made = { layers: ['signed'], artifactType: BUNDLE_TYPE };
    return {
      image,
      sig: await pushCosign(base, repository, image.digest, '.sig', ['signature']),
      att: await pushCosign(base, repository, image.digest, '.att', ['attestation']),
      childSig: await pushCosign(base, repository, child, '.sig', ['signature of a child']),
      sbom,
      sbomSignature: await pushArtifact(base, repository, undefined, { ...made, subject: sbom }),
      bundle: await pushArtifact(base, repository, undefined, { ...made, subject }),
    };
  }

  async function expectTags(base: string, repository: string, signed: Signed): Promise<void> {
    const { image, sig, att, childSig } = signed;
    const child = image.children[0]?.digest ?? image.digest;
    expect(await rawDigest(base, repository, `${listTag(image.digest)}.sig`)).toBe(sig.digest);
    expect(await rawDigest(base, repository, `${listTag(image.digest)}.att`)).toBe(att.digest);
    expect(await rawDigest(base, repository, `${listTag(child)}.sig`)).toBe(childSig.digest);
  }

  describe.each<Engine>(['native', 'crane'])('with %s', (engine) => {
    const flags = ['--engine', engine];

    it('travel from a registry that lists referrers to one that does, and nothing is written twice', async () => {
      const target = proxyOf(toListing);
      const signed = await pushSigned(from().url, `${engine}/app`);
      const list = [`${from().host}/${engine}/app:1`];
      const first = await copy(list, target, 'll', ...flags);
      expect(first.code, first.stderr).toBe(0);
      const at = `ll/${engine}/app`;
      await expectTags(target.url, at, signed);
      const { image, sbom, sbomSignature, bundle } = signed;
      expect(await referring(target.url, at, image.digest)).toEqual([sbom.digest, bundle.digest].sort());
      expect(await referring(target.url, at, sbom.digest)).toEqual([sbomSignature.digest]);
      // the registry lists them itself, so that no tag is made
      expect(await rawDigest(target.url, at, listTag(image.digest))).toBeUndefined();
      expect(first.report.artifacts.totals).toEqual({ copied: 6 });
      expect(first.row(sbom.digest)).toMatchObject({
        ...{ kind: 'referrer', artifactType: SBOM_TYPE, status: 'copied', digest: sbom.digest },
        reference: `${from().host}/${engine}/app@${sbom.digest}`,
      });
      expect(first.row('.sig')).toMatchObject({ kind: 'tag', image: list[0], status: 'copied' });
      expect(first.stderr).toMatch(/artifacts: 6 copied; .* copied; \d+ requests/);
      target.reset();
      const second = await copy(list, target, 'll', ...flags);
      expect(second.code, second.stderr).toBe(0);
      expect(target.writes()).toEqual([]);
      expect(second.report.artifacts.totals).toEqual({ present: 6 });
    });

    it('travel to a registry without the API, where the list names them beside what it named before', async () => {
      const target = proxyOf(toPlain);
      const signed = await pushSigned(from().url, `${engine}/app`);
      const { image, sbom, sbomSignature, bundle } = signed;
      const at = `lp/${engine}/app`;
      // somebody has attached something at the target before
      await pushImage(target.url, at, '1', { attestations: true, name: `${engine}/app:1` });
      const subject = { mediaType: image.mediaType, digest: image.digest, size: 1 };
      const own = await pushArtifact(target.url, at, undefined, { layers: ['x'], artifactType: 'a/own', subject });
      await pushList(target.url, at, image.digest, [{ ...own, artifactType: 'a/own' }]);
      const first = await copy([`${from().host}/${engine}/app:1`], target, 'lp', ...flags);
      expect(first.code, first.stderr).toBe(0);
      await expectTags(target.url, at, signed);
      const listed = await listedUnderTag(target.url, at, image.digest);
      expect(listed).toHaveLength(3);
      expect(listed[0]).toEqual({ ...own, artifactType: 'a/own' });
      expect(listed).toContainEqual({ ...sbom, artifactType: SBOM_TYPE, annotations: { made: 'by a test' } });
      expect(listed).toContainEqual({ ...bundle, artifactType: BUNDLE_TYPE });
      expect(await listedUnderTag(target.url, at, sbom.digest)).toEqual([
        { ...sbomSignature, artifactType: BUNDLE_TYPE },
      ]);
      expect(first.report.artifacts.totals).toEqual({ copied: 7, replaced: 1 });
      target.reset();
      const second = await copy([`${from().host}/${engine}/app:1`], target, 'lp', ...flags);
      expect(second.code, second.stderr).toBe(0);
      expect(target.writes()).toEqual([]);
      expect(second.report.artifacts.totals).toEqual({ present: 8 });
    });

    it('travel with the list that the source keeps, digest for digest', async () => {
      const image = await pushImage(fromPlain().url, `${engine}/kept`, '1', { platforms: [] });
      const size = (await rawManifest(fromPlain().url, `${engine}/kept`, '1'))?.text.length ?? 0;
      const subject = { mediaType: image.mediaType, digest: image.digest, size };
      const parts = { layers: ['b'], artifactType: BUNDLE_TYPE, subject };
      const bundle = await pushArtifact(fromPlain().url, `${engine}/kept`, undefined, parts);
      const list = await pushList(fromPlain().url, `${engine}/kept`, image.digest, [bundle]);
      for (const target of [proxyOf(toPlain), proxyOf(toListing)]) {
        const result = await copy([`${fromPlain().host}/${engine}/kept:1`], target, 'pp', ...flags);
        expect(result.code, result.stderr).toBe(0);
        expect(await rawDigest(target.url, `pp/${engine}/kept`, bundle.digest)).toBe(bundle.digest);
        expect(await rawDigest(target.url, `pp/${engine}/kept`, listTag(image.digest))).toBe(list.digest);
        expect(result.report.artifacts.totals).toEqual({ copied: 2 });
        const again = await copy([`${fromPlain().host}/${engine}/kept:1`], target, 'pp', ...flags);
        expect(again.report.artifacts.totals).toEqual({ present: 2 });
      }
    });

    it('that appeared later are brought alone', async () => {
      const target = proxyOf(toPlain);
      const repository = `${engine}/later`;
      const { digest } = await pushImage(fromPlain().url, repository, '1');
      const list = [`${fromPlain().host}/${repository}:1`];
      const first = await copy(list, target, 'later', ...flags);
      expect(first.report.artifacts).toMatchObject({ rows: [], totals: {}, notLookedFor: [] });
      expect(first.stderr).toMatch(/artifacts: none; \d+ requests/);
      const sig = await pushCosign(fromPlain().url, repository, digest, '.sig', ['late']);
      target.reset();
      fromPlain().reset();
      const second = await copy(list, target, 'later', ...flags);
      expect(second.code, second.stderr).toBe(0);
      expect(second.report.totals.images).toEqual({ present: 1 });
      expect(second.report.artifacts.totals).toEqual({ copied: 1 });
      expect(await rawDigest(target.url, `later/${repository}`, `${listTag(digest)}.sig`)).toBe(sig.digest);
      const puts = target.writes().filter(({ method, path }) => method === 'PUT' && path.includes('/manifests/'));
      expect(puts.map(({ path }) => path)).toEqual([`/v2/later/${repository}/manifests/${listTag(digest)}.sig`]);
      // the image itself is not read at its source again
      const read = fromPlain()
        .requests()
        .filter(({ method, path }) => method === 'GET' && path.includes('/manifests/'));
      expect(read.map(({ path }) => path)).toEqual([`/v2/${repository}/manifests/${listTag(digest)}.sig`]);
    });
  });

  it('under a tag that moved: follow the source, and stay where somebody signed at the target', async () => {
    const target = proxyOf(toPlain);
    const [source, repository] = [fromPlain(), 'team/moved'];
    const { digest } = await pushImage(source.url, repository, '1');
    const tag = `${listTag(digest)}.sig`;
    await pushCosign(source.url, repository, digest, '.sig', ['one']);
    const list = [`${source.host}/${repository}:1`];
    await copy(list, target, 'moved', '--engine', 'native');
    const both = await pushCosign(source.url, repository, digest, '.sig', ['one', 'two']);
    const second = await copy(list, target, 'moved', '--engine', 'native');
    expect(second.code, second.stderr).toBe(0);
    expect(second.row(tag).status).toBe('replaced');
    expect(await rawDigest(target.url, `moved/${repository}`, tag)).toBe(both.digest);
    const own = await pushCosign(target.url, `moved/${repository}`, digest, '.sig', ['one', 'two', 'ours']);
    const third = await copy(list, target, 'moved', '--engine', 'native', '--overwrite-existing');
    expect(third.code, third.stderr).toBe(0);
    expect(third.row(tag)).toMatchObject({ status: 'kept', digest: own.digest });
    expect(third.stderr).toMatch(/kept {12}.*\.sig: the target has something under this tag that the source does not/);
    expect(await rawDigest(target.url, `moved/${repository}`, tag)).toBe(own.digest);
  });

  it('stay where they are with none, at no request; with signatures the others stay', async () => {
    const signed = await pushSigned(from().url, 'team/choice');
    const list = [`${from().host}/team/choice:1`];
    const target = proxyOf(toListing);
    from().reset();
    target.reset();
    const none = await copy(list, target, 'none', '--engine', 'native', '--artifacts', 'none');
    expect(none.code, none.stderr).toBe(0);
    expect(none.report.artifacts).toMatchObject({
      ...{ choice: 'none', rows: [], requests: { tags: 0, referrers: 0, heads: 0, manifests: 0 } },
    });
    expect(none.stderr).not.toContain('artifact');
    const asked = [...from().requests(), ...target.requests()].filter(({ path }) => /tags\/list|referrers/.test(path));
    expect(asked).toEqual([]);
    await machine.write('airgap-charts.yaml', 'artifacts: signatures\n');
    const some = await copy(list, target, 'some', '--engine', 'native');
    await machine.write('airgap-charts.yaml', '{}\n');
    expect(some.code, some.stderr).toBe(0);
    const { image, bundle, sbom, att } = signed;
    expect(await referring(target.url, 'some/team/choice', image.digest)).toEqual([bundle.digest]);
    expect(await rawDigest(target.url, 'some/team/choice', `${listTag(image.digest)}.sig`)).toBe(signed.sig.digest);
    expect(await rawDigest(target.url, 'some/team/choice', att.digest)).toBeUndefined();
    expect(await rawDigest(target.url, 'some/team/choice', sbom.digest)).toBeUndefined();
    expect(some.report.artifacts.totals).toEqual({ copied: 3 });
  });

  it.each([403, 405])(
    'of a source that answers %i to the list of its tags are told of, and nothing fails',
    async (status) => {
      const repository = `team/refused-${status}`;
      await pushImage(fromPlain().url, repository, '1');
      const fault = fromPlain().addFault({ path: /\/tags\/list/, status });
      const list = [`${fromPlain().host}/${repository}:1`];
      const run = await copy(list, proxyOf(toPlain), 'refused', '--engine', 'native');
      const strict = await copy(list, proxyOf(toPlain), 'refused', '--engine', 'native', '--strict');
      fault.remove();
      expect([run.code, strict.code]).toEqual([0, 1]);
      expect(run.report.totals.images).toEqual({ copied: 1 });
      expect(run.report.artifacts.notLookedFor).toMatchObject([
        { registry: fromPlain().host, repository, what: 'tags', images: 1, error: null },
      ]);
      expect(run.stderr).toContain(
        `NOT COPIED      artifacts at ${fromPlain().host} could not be looked for: tags of 1`,
      );
    },
  );

  it('that fail leave the image good and the run not all done', async () => {
    const target = proxyOf(toPlain);
    const repository = 'team/failing';
    const { digest } = await pushImage(fromPlain().url, repository, '1');
    await pushCosign(fromPlain().url, repository, digest, '.sig', ['fails']);
    await pushCosign(fromPlain().url, repository, digest, '.att', ['passes']);
    const fault = target.addFault({ method: 'PUT', path: /\/manifests\/sha256-[0-9a-f]+\.sig/, status: 403 });
    const run = await copy([`${fromPlain().host}/${repository}:1`], target, 'failing', '--engine', 'native');
    fault.remove();
    expect(run.code, run.stderr).toBe(1);
    expect(run.report.totals.images).toEqual({ copied: 1 });
    expect(run.row('.sig')).toMatchObject({ status: 'failed', error: { code: 'IMAGE_DESTINATION_DENIED' } });
    expect(run.row('.sig').error?.message).toContain(`${listTag(digest)}.sig`);
    expect(run.row('.att').status).toBe('copied');
  });

  it('are named by a scan, which reads no manifest and does not ask the target', async () => {
    await pushSigned(from().url, 'team/scan');
    const target = proxyOf(toPlain);
    from().reset();
    target.reset();
    const run = await copy([`${from().host}/team/scan:1`], target, 'scan', '--scan-only');
    expect(run.code, run.stderr).toBe(0);
    expect(target.requests()).toEqual([]);
    expect(
      from()
        .requests()
        .filter(({ method, path }) => method === 'GET' && path.includes('/manifests/')),
    ).toEqual([]);
    // of an index the children are not known, of an artifact what refers to it is
    expect(run.report.artifacts.totals).toEqual({ 'to-copy': 5 });
  });

  it('that a list names and the source has lost are told of', async () => {
    const repository = 'team/lost';
    const image = await pushImage(from().url, repository, '1', { platforms: [] });
    const size = (await rawManifest(from().url, repository, '1'))?.text.length ?? 0;
    const subject = { mediaType: image.mediaType, digest: image.digest, size };
    const lost = await pushArtifact(from().url, repository, undefined, { layers: ['l'], artifactType: 'a/b', subject });
    const fault = from().addFault({ path: new RegExp(`/manifests/${lost.digest}`), status: 404 });
    const run = await copy([`${from().host}/${repository}:1`], proxyOf(toListing), 'lost', '--engine', 'native');
    fault.remove();
    expect(run.code, run.stderr).toBe(0);
    expect(run.row(lost.digest)).toMatchObject({ status: 'unconfirmed' });
    expect(run.stderr).toContain(`NOT COPIED      ${from().host}/${repository}@${lost.digest} is not at its source`);
  });
});
