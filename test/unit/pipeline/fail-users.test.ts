import { describe, expect, it } from 'vitest';
import { formatReference, parseReference, type Reference } from '../../../src/domain/reference.ts';
import { MirrorError } from '../../../src/errors.ts';
import { failForImage } from '../../../src/pipeline/fail-users.ts';
import { gatherCharts } from '../../../src/pipeline/resolve.ts';
import { once } from '../../../src/pipeline/step-items.ts';
import { addonOf, runOf } from './runs.ts';

function image(text: string): Reference {
  const found = parseReference(text);
  if (found === undefined) throw new Error(`${text} is no reference`);
  return found;
}

function error(message: string): MirrorError {
  return new MirrorError(message, { code: 'POLICY_REFUSED', origin: 'input', hint: 'use another' });
}

function world() {
  const run = runOf([addonOf('web')]);
  for (const release of run.releases)
    release.resolved = { version: '1.0.0', how: 'exact', equals: [], locator: { kind: 'local', path: 'web' } };
  run.charts = gatherCharts(run);
  const [chart] = run.charts;
  if (chart === undefined) throw new Error('there is no chart');
  return { run, chart };
}

describe('a chart whose images cannot be had', () => {
  it.each([[['a', 'b', 'c']], [['c', 'b', 'a']], [['b', 'c', 'a']]])(
    'names the first in the order of names, whichever came first: %s',
    (names) => {
      const { chart } = world();
      for (const name of names) failForImage(chart, image(`quay.io/x/${name}:1`), error(`${name} is refused`));
      expect([chart.failure?.message, chart.failure?.code, chart.failure?.hint]).toEqual([
        ...['a is refused, and 2 more', 'POLICY_REFUSED', 'use another'],
      ]);
    },
  );

  it('says what is wrong with one, and what is wrong with several in the same words, once', () => {
    const { chart } = world();
    const one = error('a and b are one');
    failForImage(chart, image('quay.io/x/a:1'), one);
    expect(chart.failure).toBe(one);
    failForImage(chart, image('quay.io/x/b:1'), error('a and b are one'));
    failForImage(chart, image('quay.io/x/a:1'), error('told twice'));
    expect(chart.failure).toBe(one);
    expect([...chart.failedImages.keys()]).toEqual(
      ['a', 'b'].map((name) => formatReference(image(`quay.io/x/${name}:1`))),
    );
  });

  it('stays what it failed of before', () => {
    const { chart } = world();
    const before = error('it does not render');
    chart.failure = before;
    failForImage(chart, image('quay.io/x/a:1'), error('a is refused'));
    expect(chart.failure).toBe(before);
  });

  it('is not told of a step that can go no further without it', async () => {
    const { run, chart } = world();
    failForImage(chart, image('quay.io/x/a:1'), error('a is refused'));
    const [item] = once(run, 'Plan', async () => {
      throw error('nothing is left');
    }).items();
    await expect(item?.work({ update: () => {}, moved: () => {} })).rejects.toThrow('nothing is left');
    expect([chart.failure?.message, run.releases[0]?.failure]).toEqual(['a is refused', undefined]);
  });
});
