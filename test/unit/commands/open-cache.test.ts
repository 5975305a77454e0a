import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { OpenCache } from '../../../src/adapters/result-cache.ts';
import { openCache } from '../../../src/commands/open-cache.ts';
import type { CacheSetting } from '../../../src/config/settings.ts';
import { digestOf } from '../../../src/domain/manifest.ts';
import { workingDirectory } from '../../support/command-inputs.ts';

const directory = workingDirectory({ helm: 'a program', 'a-file': '' });

describe('the cache of a run', () => {
  const told: string[] = [];

  beforeEach(() => {
    told.length = 0;
  });

  function open(setting: CacheSetting, helm: string, base: string): Promise<OpenCache | undefined> {
    const around = { ...directory.around, env: { XDG_CACHE_HOME: join(directory.path, base) } };
    return openCache(setting, join(directory.path, helm), around, (why) => told.push(why));
  }

  it('stands in the named directory, else in that of the user', async () => {
    const named = { kind: 'named', directory: join(directory.path, 'named') } as const;
    for (const [setting, base] of [
      [named, 'unused'],
      [{ kind: 'own' }, 'own'],
    ] as const) {
      const cache = await open(setting, 'helm', base);
      await cache?.store(digestOf('chart'), 'text');
      expect(await (await open(setting, 'helm', base))?.load(digestOf('chart'))).toBe('text');
    }
    expect(told).toEqual([]);
    expect(await open({ kind: 'none' }, 'helm', 'own')).toBeUndefined();
  });

  it('is done without where the own one cannot be had, and that is said in one line', async () => {
    // a helm that cannot be read, and a file where the directory should be
    for (const [helm, base] of [
      ['no-helm', 'own'],
      ['helm', 'a-file'],
    ] as const) {
      told.length = 0;
      expect(await open({ kind: 'own' }, helm, base)).toBeUndefined();
      expect(told).toHaveLength(1);
      expect(told[0]).toMatch(/^nothing is kept for the next run: results cannot be kept in .*: (ENOENT|ENOTDIR)/);
      expect(told[0]).not.toContain('\n');
    }
  });

  it('is refused where the named one cannot be had', async () => {
    const named = (name: string) => ({ kind: 'named', directory: join(directory.path, name) }) as const;
    const message = expect.stringMatching(/^results cannot be kept in .*named.*: ENOENT.*no-helm/);
    await expect(open(named('named'), 'no-helm', 'own')).rejects.toMatchObject({ code: 'CACHE_REFUSED', message });
    await expect(open(named('a-file'), 'helm', 'own')).rejects.toMatchObject({ code: 'CACHE_REFUSED' });
    expect(told).toEqual([]);
  });
});
