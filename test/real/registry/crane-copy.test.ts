import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createCopyBench } from '../../support/copy-bench.ts';
import { NEVER } from '../../support/http-network.ts';
import { copyJob, filesBelow, startRelayWorld } from '../../support/http-relay-world.ts';
import { HTPASSWD, startCraneRegistry, startDistribution } from '../../support/registries.ts';
import { basicAuthorization, digestIn, pushImage } from '../../support/synthetic-images.ts';
import { describeWith } from '../../support/tools.ts';

const { counted, worldWith, defer, close } = createCopyBench();

afterEach(close);

describeWith(['crane', 'registry'], 'crane copy through the relay', () => {
  test('crane sees 127.0.0.1 and the password of the relay, nothing else', async () => {
    const [source, target] = [
      await counted(startCraneRegistry),
      await counted(() => startDistribution({ htpasswd: HTPASSWD.line })),
    ];
    const image = await pushImage(source.url, 'app', '1');
    const login = { username: HTPASSWD.user, password: HTPASSWD.password, origin: 'the test' };
    const world = await worldWith({
      env: { HTTPS_PROXY: 'http://proxy.example:1', SECRET: 'in-the-environment' },
      tokenSource: async (host) => (host === target.host ? login : undefined),
    });
    await world.copy(copyJob([source.host, 'app', image.digest], [target.host, 'app', '1']));
    const access = { base: target.url, authorization: basicAuthorization(HTPASSWD.user, HTPASSWD.password) };
    expect(await digestIn(access, 'app', '1')).toBe(image.digest);
    const everything = JSON.stringify([world.started, filesBelow(world.directory)]);
    for (const secret of [HTPASSWD.password, 'proxy.example', 'in-the-environment', target.host, source.host]) {
      expect(everything).not.toContain(secret);
    }
    expect(JSON.stringify(world.started)).not.toContain(world.relay.password);
    const home = join(world.directory, 'crane');
    expect(statSync(home).mode & 0o777).toBe(0o700);
    expect(filesBelow(home).map(({ path, mode }) => [path, mode])).toEqual([[join(home, 'config.json'), 0o600]]);
  });

  test('a crane that is not there is a failed tool', async () => {
    const world = await startRelayWorld();
    defer(world.close);
    const job = copyJob(['a.example', 'a', `sha256:${'0'.repeat(64)}`], ['b.example', 'b', '1']);
    const copying = world.crane(join(world.directory, 'missing')).copy(job, () => undefined, NEVER);
    await expect(copying).rejects.toMatchObject({ code: 'TOOL_FAILED', origin: 'local' });
  });
});
