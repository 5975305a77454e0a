import { describe, expect, it } from 'vitest';
import { sweep } from '../../../../src/domain/proof/sweep.ts';
import { TARGET } from './judged.ts';

function hits(text: string): readonly string[] {
  const found = sweep(`---\n# Source: web/templates/a.yaml\n${text}\n`, {
    target: TARGET,
    sourceTexts: [],
    sourceHosts: [],
  });
  return found.map((hit) => hit.text);
}

describe('a taint of a node', () => {
  it.each([
    'x: example.com/gpu:NoSchedule',
    'x: example.com/gpu=yes:NoExecute-',
    'x: --taints=a=b:NoSchedule,org/gpu=:PreferNoSchedule',
  ])('is no image: %s', (text) => {
    expect(hits(text)).toEqual([]);
  });

  it.each([
    ['acme/app:v1', '- --helper=acme/app:v1,--taint=gpu:NoSchedule'],
    ['hub.acme.io/app:v1', '{"helper":"hub.acme.io/app:v1","taints":["gpu=yes:NoSchedule"]}'],
    ['org/team/app:v1', 'x=org/team/app:v1;taint=gpu:NoExecute'],
  ])('says nothing of an image before it: %s', (image, text) => {
    expect(hits(text)).toEqual([image]);
  });
});
