import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildImage } from '../../src/demo/synthetic-image.ts';
import { contentsOf, type EcrContents } from '../support/ecr-contents.ts';
import { smallImage } from '../support/ecr-control-api.ts';
import { type EcrLoopback, startEcrLoopback } from '../support/ecr-loopback.ts';
import { sha256 } from '../support/ecr-manifest.ts';
import { type PlainRegistry, plainRegistry } from '../support/ecr-plain-requests.ts';

let world: EcrLoopback;
let contents: EcrContents;
let registry: PlainRegistry;

beforeAll(async () => {
  world = await startEcrLoopback();
  contents = contentsOf(world.ecr);
  const login = world.login();
  registry = plainRegistry(world.url, () => login);
});
beforeEach(() => {
  const { repositories, settings } = world.ecr.store.registry('ecr', world.ecr.account, world.ecr.region);
  repositories.clear();
  settings.clear();
  contents.create('a/b');
  world.ecr.log.reset();
});
afterEach(() => {
  expect(world.ecr.defects()).toEqual([]);
});
afterAll(() => world.stop());

describe('repositories', () => {
  it('have to exist, for reading and for writing', async () => {
    const paths = ['HEAD blobs/x', 'GET manifests/1', 'GET tags/list', 'POST blobs/uploads/', 'PUT manifests/1'];
    for (const [method = '', path] of paths.map((one) => one.split(' '))) {
      const headers = { 'content-type': 'application/vnd.oci.image.manifest.v1+json' };
      const body = method === 'PUT' ? '{}' : undefined;
      const { status, code, message } = await registry.send(method, `/v2/not/there/${path}`, headers, body);
      expect(status).toBe(404);
      if (method === 'HEAD') continue;
      expect(code).toBe('NAME_UNKNOWN');
      expect(message).toBe(
        "The repository with name 'not/there' does not exist in the registry with id '123456789012'",
      );
    }
  });

  it('have names and tags of ECR’s grammar', async () => {
    expect(await registry.send('GET', '/v2/Upper/case/tags/list')).toMatchObject({ status: 400, code: 'NAME_INVALID' });
    expect((await registry.send('HEAD', '/v2/a/b/manifests/1.0+build')).status).toBe(400);
    expect(await registry.send('GET', '/v2/a/b/manifests/1.0+build')).toMatchObject({ code: 'TAG_INVALID' });
  });

  it('list at most 1000 tags at once', async () => {
    const image = contents.put('a/b', 't0', smallImage('one'));
    for (let n = 1; n < 30; n += 1) {
      image.tags.add(`t${n}`);
      contents.repository('a/b').tagged.set(`t${n}`, image);
    }
    expect(await registry.send('GET', '/v2/a/b/tags/list?n=1001')).toMatchObject({ status: 405, code: 'UNSUPPORTED' });
    const first = await registry.send('GET', '/v2/a/b/tags/list?n=20');
    expect(JSON.parse(first.text).tags).toHaveLength(20);
    const next = /^<(.+)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const second = await registry.send('GET', next);
    expect([JSON.parse(second.text).tags.length, second.headers.get('link')]).toEqual([10, null]);
  });
});

describe('blobs', () => {
  const bytes = Buffer.from('some bytes of a layer');
  const digest = sha256(bytes);

  it('are uploaded in chunks, each where the last one ended', async () => {
    const opened = await registry.send('POST', '/v2/a/b/blobs/uploads/');
    expect([opened.status, opened.headers.get('range')]).toEqual([202, '0-0']);
    const place = opened.headers.get('location') ?? '';
    const chunk = (start: number, end: number) =>
      registry.send('PATCH', place, { 'content-range': `${start}-${end - 1}` }, bytes.subarray(start, end));
    expect((await chunk(0, 5)).headers.get('range')).toBe('0-4');
    expect(await chunk(6, 9)).toMatchObject({ status: 416 });
    expect((await chunk(5, bytes.length)).status).toBe(202);
    const done = await registry.send('PUT', `${place}?digest=${digest}`);
    expect([done.status, done.headers.get('docker-content-digest')]).toEqual([201, digest]);
    const head = await registry.send('HEAD', `/v2/a/b/blobs/${digest}`);
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(bytes.length)]);
    expect(world.ecr.log.counts()).toEqual({
      BatchCheckLayerAvailability: 1,
      CompleteLayerUpload: 1,
      InitiateLayerUpload: 1,
      UploadLayerPart: 3,
    });
  });

  it('are refused when their digest is another one', async () => {
    const wrong = sha256(Buffer.from('other'));
    expect(await registry.upload('a/b', wrong, bytes)).toMatchObject({ status: 400, code: 'DIGEST_INVALID' });
    expect((await registry.send('HEAD', `/v2/a/b/blobs/${wrong}`)).status).toBe(404);
    const gone = await registry.send('PUT', `/v2/a/b/blobs/uploads/none?digest=${digest}`);
    expect(gone).toMatchObject({ status: 404, code: 'BLOB_UPLOAD_UNKNOWN' });
  });

  it('cannot be had before an image refers to them, and then from elsewhere, without a login', async () => {
    const image = smallImage('one');
    const [blob] = image.blobs;
    if (blob === undefined) throw new Error('an image has blobs');
    await registry.upload('a/b', blob.digest, blob.bytes);
    expect(await registry.send('GET', `/v2/a/b/blobs/${blob.digest}`)).toMatchObject({
      status: 404,
      code: 'BLOB_UNKNOWN',
    });
    await registry.push('a/b', '1', image);
    const redirect = await registry.send('GET', `/v2/a/b/blobs/${blob.digest}`);
    const place = redirect.headers.get('location') ?? '';
    expect([redirect.status, new URL(place).hostname]).toEqual([307, 'localhost']);
    expect(Buffer.from(await (await fetch(place)).arrayBuffer()).equals(blob.bytes)).toBe(true);
    const part = await fetch(place, { headers: { range: 'bytes=2-4' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 2-4/${blob.bytes.length}`]);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(blob.bytes.subarray(2, 5));
    expect((await fetch(place, { headers: { authorization: 'Basic x' } })).status).toBe(400);
    expect((await fetch(place.replace(/.$/, 'x'))).status).toBe(403);
  });
});

describe('mounting', () => {
  const image = smallImage('one');
  const [blob] = image.blobs;
  const digest = blob?.digest ?? '';
  const mount = async () => (await registry.send('POST', `/v2/a/b/blobs/uploads/?mount=${digest}&from=c/d`)).status;

  it('works when it is switched on, in one registry, between equal encryptions, for what an image refers to', async () => {
    contents.set('BLOB_MOUNTING', 'ENABLED');
    contents.create('c/d').blobs.set(digest, blob?.bytes ?? Buffer.alloc(0));
    expect(await mount()).toBe(202);
    contents.put('c/d', '1', image);
    expect(await mount()).toBe(201);
    expect((await registry.send('HEAD', `/v2/a/b/blobs/${digest}`)).status).toBe(200);
  });

  it('is an upload when it is switched off', async () => {
    contents.put('c/d', '1', image);
    expect(await mount()).toBe(202);
  });

  it('is an upload between different keys, and without the right to read the source', async () => {
    contents.set('BLOB_MOUNTING', 'ENABLED');
    const { repositories } = world.ecr.store.registry('ecr', world.ecr.account, world.ecr.region);
    const key = (id: string) => ({ type: 'KMS' as const, key: `arn:aws:kms:eu-central-1:123456789012:key/${id}` });
    contents.create('c/d', { encryption: key('x') });
    contents.put('c/d', '1', image);
    expect(await mount()).toBe(202);
    repositories.delete('a/b');
    contents.create('a/b', { encryption: key('y') });
    expect(await mount()).toBe(202);
    repositories.delete('a/b');
    contents.create('a/b', { encryption: key('x') });
    expect(await mount()).toBe(201);
    for (const name of ['a/b', 'c/d']) repositories.delete(name);
    contents.create('a/b');
    contents.put('c/d', '1', image);
    world.ecr.access.deny({ action: 'GetDownloadUrlForLayer', repository: 'c/*' });
    expect(await mount()).toBe(202);
    world.ecr.access.reset();
    expect(await mount()).toBe(201);
  });
});

describe('manifests', () => {
  it('are whole: no index without its children, no image without its layers', async () => {
    const index = buildImage('whole');
    const { bytes, mediaType } = index.root;
    expect(await registry.manifest('a/b', '1', bytes, mediaType)).toMatchObject({
      status: 404,
      code: 'MANIFEST_UNKNOWN',
    });
    const [child] = index.children;
    if (child === undefined) throw new Error('an index has children');
    const refused = await registry.manifest('a/b', child.digest, child.bytes, child.mediaType);
    expect(refused).toMatchObject({ status: 404, code: 'BLOB_UNKNOWN' });
    const pushed = await registry.push('a/b', '1', index);
    expect([pushed.status, pushed.headers.get('docker-content-digest')]).toEqual([201, index.root.digest]);
    const got = await registry.send('GET', '/v2/a/b/manifests/1');
    expect([got.text, got.headers.get('content-type')]).toEqual([bytes.toString('utf8'), mediaType]);
    const narrow = { accept: 'application/vnd.oci.image.manifest.v1+json' };
    expect((await registry.send('GET', '/v2/a/b/manifests/1', narrow)).status).toBe(404);
  });

  it('are refused when they are broken or not what their digest says', async () => {
    const type = 'application/vnd.oci.image.manifest.v1+json';
    const broken = await registry.manifest('a/b', '1', Buffer.from('{'), type);
    expect(broken).toMatchObject({ status: 405, code: 'UNSUPPORTED' });
    expect(broken.message).toContain("'Invalid JSON syntax'");
    const other = await registry.manifest('a/b', sha256(Buffer.from('x')), smallImage('one').root.bytes, type);
    expect(other).toMatchObject({ status: 400, code: 'MANIFEST_INVALID' });
  });

  it('cannot be pushed under an immutable tag again, not even unchanged', async () => {
    const image = smallImage('one');
    expect((await registry.push('a/b', '1', image)).status).toBe(201);
    expect((await registry.push('a/b', '1', image)).status).toBe(201);
    contents.repository('a/b').mutability = { kind: 'IMMUTABLE_WITH_EXCLUSION', filters: ['dev*'] };
    const refused = await registry.push('a/b', '1', image);
    expect(refused).toMatchObject({ status: 400, code: 'TAG_INVALID' });
    expect(refused.message).toBe(
      "The image tag '1' already exists in the 'a/b' repository and cannot be overwritten because the tag is immutable.",
    );
    for (let n = 0; n < 2; n += 1) expect((await registry.push('a/b', 'dev1', image)).status).toBe(201);
  });

  it('in the archive are not found until they are pushed again', async () => {
    const image = smallImage('one');
    contents.put('a/b', '1', image);
    contents.archive('a/b', '1');
    expect(await registry.send('GET', '/v2/a/b/manifests/1')).toMatchObject({ status: 404, code: 'MANIFEST_UNKNOWN' });
    expect((await registry.push('a/b', '1', image)).status).toBe(201);
    expect((await registry.send('GET', '/v2/a/b/manifests/1')).status).toBe(200);
  });

  it('are deleted, unless an index names them', async () => {
    const root = contents.add('a/b', '1');
    const child = root.parts.children[0] ?? '';
    const kept = await registry.send('DELETE', `/v2/a/b/manifests/${child}`);
    expect(kept).toMatchObject({ status: 405, code: 'UNSUPPORTED' });
    expect((await registry.send('DELETE', `/v2/a/b/manifests/${root.digest}`)).status).toBe(202);
    expect((await registry.send('DELETE', `/v2/a/b/manifests/${child}`)).status).toBe(202);
    expect((await registry.send('DELETE', `/v2/a/b/manifests/${child}`)).status).toBe(404);
  });
});

describe('referrers', () => {
  it('are listed by type, and the subject need not be there', async () => {
    const subject = smallImage('absent').root.digest;
    const image = smallImage('one');
    await registry.push('a/b', '1', image);
    const about = { mediaType: image.root.mediaType, digest: subject, size: 1 };
    for (const artifactType of ['a/sig', 'a/sbom']) {
      const manifest = { ...JSON.parse(image.root.bytes.toString('utf8')), artifactType, subject: about };
      const bytes = Buffer.from(JSON.stringify(manifest));
      const pushed = await registry.manifest('a/b', sha256(bytes), bytes, image.root.mediaType);
      expect([pushed.status, pushed.headers.get('oci-subject')]).toEqual([201, subject]);
    }
    const all = await registry.send('GET', `/v2/a/b/referrers/${subject}`);
    expect(all.headers.get('content-type')).toBe('application/vnd.oci.image.index.v1+json');
    expect(JSON.parse(all.text).manifests).toHaveLength(2);
    const some = await registry.send('GET', `/v2/a/b/referrers/${subject}?artifactType=a/sig`);
    expect(some.headers.get('oci-filters-applied')).toBe('artifactType');
    expect(JSON.parse(some.text).manifests).toMatchObject([{ artifactType: 'a/sig' }]);
  });
});
