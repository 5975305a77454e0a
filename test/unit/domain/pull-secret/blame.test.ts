import { describe, expect, it } from 'vitest';
import { blame } from '../../../../src/domain/pull-secret/blame.ts';

function blamed(reason: string, ...paths: readonly string[]) {
  const { forbidden, misformed, suspects } = blame(
    reason,
    paths.map((path) => ({ path: path.split('.') })),
  );
  const names = (all: readonly { path: readonly string[] }[]) => all.map(({ path }) => path.join('.'));
  return { forbidden: names(forbidden), misformed: names(misformed), suspects: names(suspects) };
}

const HEAD = "values don't meet the specifications of the schema(s) in the following chart(s): ";
const NOBODY = { forbidden: [], misformed: [], suspects: [] };

describe('blame', () => {
  it('goes to the key whose value a schema refuses', () => {
    const reason = `${HEAD}app: - at '/image/pullSecrets/0': got object, want string`;
    expect(blamed(reason, 'image.pullSecrets', 'pullSecrets')).toEqual({ ...NOBODY, misformed: ['image.pullSecrets'] });
  });

  it('forbids each key that a schema does not know', () => {
    const reason = `${HEAD}app: - at '': validation failed - at '/a': additional properties 'x', 'y' not allowed - at '/b': additional properties 'x' not allowed`;
    expect(blamed(reason, 'a.x', 'a.y', 'b.x', 'c.x')).toEqual({ ...NOBODY, forbidden: ['a.x', 'a.y', 'b.x'] });
  });

  it('reads the messages of older helm', () => {
    const reason = `${HEAD}app: - (root): Additional property x is not allowed - image.pullSecrets.0: Invalid type. Expected: string, given: object`;
    expect(blamed(reason, 'x', 'image.pullSecrets')).toEqual({
      ...NOBODY,
      forbidden: ['x'],
      misformed: ['image.pullSecrets'],
    });
  });

  it('means the values of the chart that complains, below its name or below another name', () => {
    const reason = `${HEAD}redis: - at '/secrets/0': got object, want string`;
    expect(blamed(reason, 'secrets', 'redis.secrets').misformed).toEqual(['redis.secrets']);
    expect(blamed(reason, 'cache.secrets', 'other').misformed).toEqual(['cache.secrets']);
  });

  it('suspects the key that a template names where it stops', () => {
    const reason =
      'app/charts/db/templates/x.yaml:8:19 executing "app/charts/db/templates/x.yaml" at <.Values.imagePullSecrets>: range can\'t iterate over zqs1z';
    expect(blamed(reason, 'imagePullSecrets', 'db.imagePullSecrets').suspects).toEqual(['db.imagePullSecrets']);
    expect(blamed(reason, 'other')).toEqual(NOBODY);
  });

  it('goes to nobody where the reason names no key', () => {
    expect(blamed('YAML parse error on app/templates/x.yaml: line 3: did not find expected key', 'a')).toEqual(NOBODY);
  });
});
