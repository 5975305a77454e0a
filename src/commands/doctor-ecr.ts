import { type Finding, fine } from '../domain/doctor/finding.ts';
import { judgeAccount, judgeRights } from '../domain/doctor/judge-ecr.ts';
import { ecrRegistry, type PrivateEcr, type PublicEcr } from '../domain/ecr/registry.ts';
import { settingsFor } from '../domain/ecr/repository-settings.ts';
import { splitTarget } from '../domain/plan/destination.ts';
import { parseReference } from '../domain/reference.ts';
import { toMirrorError } from '../errors.ts';
import type { Checkup } from './doctor-checkup.ts';

/** A repository that nobody has: whether it may be asked for is what counts. */
export const NOBODYS = 'airgap-charts-doctor';

/** A repository of this host that the last run wrote to, or would have written to. */
function writtenAt(host: string, { report }: Checkup): string | undefined {
  const references = (report?.images ?? []).map(({ destination }) => parseReference(destination));
  return references.find((one) => one?.registry === host)?.repository;
}

async function privateFindings(checkup: Checkup, ecr: PrivateEcr, path: string): Promise<readonly Finding[]> {
  const { connections, signal } = checkup;
  const own = (await connections.ecr.ownRegistry(ecr.region, signal))?.split('.')[0];
  const whose = judgeAccount(ecr.host, own, ecr.account);
  if (own === undefined) return [whose];
  const real = writtenAt(ecr.host, checkup);
  const repository = real ?? (path === '' ? NOBODYS : `${path}/${NOBODYS}`);
  const rights = await connections.ecr.rights(ecr, repository, signal);
  return [whose, judgeRights({ host: ecr.host, repository, isReal: real !== undefined, rights })];
}

async function publicFindings(checkup: Checkup, ecr: PublicEcr, path: string): Promise<readonly Finding[]> {
  const { configuration, connections, signal } = checkup;
  const name = path === '' ? NOBODYS : `${path}/${NOBODYS}`;
  const subject = `rights at ${ecr.host}`;
  const wanted = new Map([[name, settingsFor(name, configuration.repositories)]]);
  const state = (await connections.ecr.repositories(ecr).describe(wanted, signal)).get(name);
  if (state?.kind !== 'unknown')
    return [fine('target', subject, 'repositories may be looked at; rights to create and to push are not tried')];
  const remedy = 'docs/ecr.md has the rights that a run needs';
  return [{ area: 'target', subject, judgement: 'doubt', what: state.detail, remedy }];
}

/** Whose registry of Amazon ECR the target is, and what may be done there; nothing for other targets. */
export async function ecrFindings(checkup: Checkup, target: string): Promise<readonly Finding[]> {
  const ecr = ecrRegistry(target, checkup.configuration.network);
  if (ecr === undefined) return [];
  const { path } = splitTarget(target);
  try {
    return await (ecr.kind === 'private' ? privateFindings(checkup, ecr, path) : publicFindings(checkup, ecr, path));
  } catch (thrown) {
    checkup.signal.throwIfAborted();
    const { code, message, hint } = toMirrorError(thrown);
    const subject = `rights at ${ecr.host}`;
    return [{ area: 'target', subject, judgement: 'wrong', what: `${message} (${code})`, remedy: hint ?? null }];
  }
}
