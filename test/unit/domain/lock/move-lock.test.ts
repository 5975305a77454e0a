import { expect, it } from 'vitest';
import { moveLock } from '../../../../src/domain/lock/move-lock.ts';
import { formatReference } from '../../../../src/domain/reference.ts';

it('names images of a lock where they are now, and changes nothing else', () => {
  const text = [
    'images:',
    '  - name: app',
    '    image: quay.io/team/app:1',
    '    chart: image',
    '    digests: []',
    '  - name: other',
    '    image: "nginx:2"\r',
    '  - name: stays',
    '    image: quay.io/team/stays:1 # why',
    '    image: not a reference',
    '',
  ].join('\n');
  const moved = moveLock(text, (reference) =>
    reference.repository.endsWith('stays') ? undefined : `here.example/${formatReference(reference)}`,
  );
  expect(moved).toBe(
    text
      .replace('quay.io/team/app:1', 'here.example/quay.io/team/app:1')
      .replace('nginx:2', 'here.example/docker.io/library/nginx:2'),
  );
});
