import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CopyWorld, startCopyWorld } from '../support/copy-world.ts';
import { describeWith } from '../support/tools.ts';

describeWith(['registry'], 'a policy', () => {
  let world: CopyWorld;

  beforeAll(async () => {
    world = await startCopyWorld();
    await world.push('team/small', '1', { name: 'small' });
    await world.push('team/large', '1', { name: 'large', layerBytes: 300_000 });
    await world.push('team/moving', 'latest', { name: 'moving' });
  });

  afterAll(async () => {
    await world?.stop();
  });

  async function copy(
    path: string,
    policy: readonly string[],
    lines: readonly string[],
    flags: readonly string[] = [],
  ) {
    await world.machine.write(`${path}.yaml`, ['policy:', ...policy.map((line) => `  ${line}`), ''].join('\n'));
    return world.copy({ lines, path, flags: ['--config', `${path}.yaml`, ...flags] });
  }

  it('refuses what it names, before anything is asked for, and names the rule', async () => {
    world.source.reset();
    const policy = ['refused:', '  - match: "*:latest"', '    reason: tags that move are not for us'];
    const { code, report, rows, image } = await copy('refused', policy, [
      'SOURCE/team/small:1',
      'SOURCE/team/moving:latest',
      'SOURCE/team/moving',
    ]);
    expect([code, rows]).toEqual([
      1,
      ['team/small:1 copied', 'team/moving:latest refused POLICY_REFUSED', 'team/moving refused POLICY_REFUSED'],
    ]);
    expect(image('team/moving:latest').error?.message).toBe(
      `${world.source.host}/team/moving:latest is refused: tags that move are not for us (policy.refused "*:latest")`,
    );
    expect(world.asked(world.source).filter((line) => line.includes('moving'))).toEqual([]);
    expect(await world.at('refused/team/moving', 'latest')).toBeUndefined();
    expect(report.exitCode).toBe(1);
  });

  it('refuses registries that it does not allow', async () => {
    const { code, rows, image } = await copy('registries', ['allowedRegistries: [quay.io]'], ['SOURCE/team/small:1']);
    expect([code, rows]).toEqual([1, ['team/small:1 refused POLICY_REFUSED']]);
    expect(image('team/small:1').error?.message).toMatch(/which is not allowed \(policy\.allowedRegistries\)$/);
  });

  it.each([false, true])('refuses what is too large, also what is at the target already (scan: %s)', async (isScan) => {
    const path = `size-${isScan}`;
    const lines = ['SOURCE/team/small:1', 'SOURCE/team/large:1'];
    if (!isScan) await world.copy({ lines, path });
    const flags = isScan ? ['--scan-only'] : [];
    const { code, rows, image } = await copy(path, ['largestImage: 200kB'], lines, flags);
    const fine = isScan ? 'to-copy' : 'present';
    expect([code, rows]).toEqual([1, [`team/small:1 ${fine}`, 'team/large:1 refused POLICY_REFUSED']]);
    expect(image('team/large:1').error?.message).toMatch(
      /has \S+ [kM]B, more than 200\.0 kB \(policy\.largestImage\)$/,
    );
  });

  it('that cannot be read ends the run before it begins', async () => {
    await world.machine.write(
      'wrong.yaml',
      'policy:\n  largestImage: huge\n  allowed: [x]\n  requireSignatures: ["*"]\n',
    );
    const { ended } = await world.start({
      lines: ['SOURCE/team/small:1'],
      path: 'wrong',
      flags: ['--config', 'wrong.yaml'],
    });
    const { code, stderr } = await ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/^wrong\.yaml:2:17: "huge" is no size, write one such as 2GiB or 800MB$/m);
    expect(stderr).toMatch(/^wrong\.yaml:3:3: .*allowed/m);
    expect(stderr).toMatch(/^wrong\.yaml:4:3: it is not said who must have signed, add signatureKeys, or /m);
    expect(stderr).not.toContain('--verify-signatures');
  });
});
