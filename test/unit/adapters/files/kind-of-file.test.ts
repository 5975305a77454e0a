import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type FileKind, kindOfFile } from '../../../../src/adapters/files/kind-of-file.ts';
import { inDirectory, RUNNING } from '../../../support/wrap-samples.ts';
import { rawTar } from '../../../support/wrap-tar.ts';

function kindOf(bytes: Uint8Array | string): Promise<FileKind> {
  return inDirectory(async (directory) => {
    const path = join(directory, 'file');
    await writeFile(path, bytes);
    return kindOfFile(path, RUNNING);
  });
}

function packed(...names: readonly string[]): Buffer {
  return gzipSync(rawTar(names.map((name) => ({ name, data: 'x' }))));
}

describe('kindOfFile', () => {
  it('tells charts, wraps and bundles apart by how they begin', async () => {
    expect(await kindOf(packed('web/Chart.yaml', 'web/chart/Chart.yaml'))).toBe('chart');
    expect(await kindOf(packed('./web/templates/a.yaml', './web/Chart.yaml'))).toBe('chart');
    expect(await kindOf(packed('web-1.0.0/chart/Chart.yaml', 'web-1.0.0/images/x'))).toBe('wrap');
    expect(await kindOf(rawTar([{ name: 'airgap-charts/bundle-size.json', data: '{}' }]))).toBe('bundle');
  });

  it('leaves the rest to whoever reads it', async () => {
    const tar = rawTar([{ name: 'manifest.json', data: '[]' }]);
    for (const bytes of ['', 'apiVersion: v0\n', tar, Buffer.alloc(2000, 1)]) expect(await kindOf(bytes)).toBe('other');
    expect(await kindOf(packed('web/values.yaml'))).toBe('archive');
  });

  it('does not wait at a named pipe', () =>
    inDirectory(async (directory) => {
      const pipe = join(directory, 'pipe');
      await promisify(execFile)('mkfifo', [pipe]);
      await expect(kindOfFile(pipe, RUNNING)).rejects.toMatchObject({ code: 'FILE_REFUSED' });
    }));

  it('refuses an archive that is damaged where it begins', async () => {
    await expect(kindOf(packed('web/values.yaml').subarray(0, 30))).rejects.toMatchObject({ code: 'FILE_REFUSED' });
  });
});
