import { describe, expect, it } from 'vitest';
import { serviceAccountWay } from '../../../../src/domain/pull-secret/account-way.ts';
import { account, pod, sites } from './sites.ts';

function way(...texts: readonly string[]) {
  const { sites: unserved, accounts } = sites(...texts);
  return serviceAccountWay(unserved, accounts, 'mine');
}

describe('the way by service accounts', () => {
  it('is one command for each account, with the secrets that the chart gives it', () => {
    const { commands } = way(
      pod('a', 'serviceAccountName: x'),
      pod('b', 'serviceAccountName: x'),
      pod('c'),
      account('x', 'old'),
    );
    expect(commands).toEqual([
      `kubectl --namespace web patch serviceaccount x --patch '{"imagePullSecrets":[{"name":"old"},{"name":"mine"}]}'`,
      `kubectl --namespace web patch serviceaccount default --patch '{"imagePullSecrets":[{"name":"mine"}]}'`,
    ]);
  });

  it('says that accounts which the chart does not make may have secrets, and that pods have to be made anew', () => {
    expect(way(pod('a')).notes.join('\n')).toMatch(/deleted once[\s\S]*does not make default/);
  });

  it('is closed to a pod with a list of its own', () => {
    const { commands, notes } = way(pod('a', 'imagePullSecrets: [{name: other}]'));
    expect(commands).toEqual([]);
    expect(notes[0]).toContain('Pod/a spec names other itself');
  });

  it('is nothing where all is served', () => {
    expect(serviceAccountWay([], [], 'mine')).toEqual({ commands: [], notes: [] });
  });

  it('never lets a name of the chart end a word of the command', () => {
    expect(way(pod('a', `serviceAccountName: "x'; rm y"`)).commands[0]).toContain(
      `serviceaccount 'x'\\''; rm y' --patch`,
    );
  });
});
