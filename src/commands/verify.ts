import { contentDigest, packChart, packScratch, unpackChart } from '../adapters/archive.ts';
import { createLocalCharts } from '../adapters/local-charts.ts';
import { openWorkspace } from '../adapters/workspace.ts';
import type { VerifyFlags } from '../cli/file-commands.ts';
import type { Configuration } from '../config/configuration.ts';
import { flagProblem, type Problem, shown } from '../config/problems.ts';
import { checkTargetRegistry } from '../config/setting-checks.ts';
import { textAt } from '../domain/chart/archive-tree.ts';
import { SOURCE_ANNOTATION } from '../domain/chart/chart-yaml-edits.ts';
import { IMAGES_LOCK, type ImagesLock } from '../domain/lock/images-lock.ts';
import { verifyExitCode } from '../domain/lock/verdict.ts';
import { destinationOf, type NamingRule, splitTarget } from '../domain/plan/destination.ts';
import type { Reference } from '../domain/reference.ts';
import { MirrorError } from '../errors.ts';
import {
  judgeWhole,
  type LockCheck,
  lockCheckStep,
  startLockCheck,
  verifiedImages,
} from '../pipeline/carry/verify-lock.ts';
import { pullSteps } from '../pipeline/look-steps.ts';
import { type LookingPorts, lookingOptions, lookingPorts } from '../pipeline/looking.ts';
import { type Run, startRun } from '../pipeline/run.ts';
import type { Redactor } from '../redaction.ts';
import { createNotices } from '../view/notices.ts';
import { type RunView, runSteps } from '../view/run-steps.ts';
import { NO_LINES } from '../view/step-lines.ts';
import { catalogOf } from './chart-catalog.ts';
import { connect } from './connect.ts';
import { explicitCredentials } from './explicit-credentials.ts';
import { lockFrom } from './lock-verify.ts';
import { readConfiguration } from './read-configuration.ts';
import { refuse } from './scrubbed.ts';
import type { Surroundings } from './surroundings.ts';
import { tellVerified } from './tell-verified.ts';
import { readSubject, type Subject } from './verify-subject.ts';

interface Inputs {
  readonly configuration: Configuration;
  readonly subject: Subject;
  readonly naming: NamingRule;
}

function registryProblems(registry: string): readonly Problem[] {
  const complaint = checkTargetRegistry(registry);
  if (complaint === undefined) return [];
  return [flagProblem('REGISTRY', { ...complaint, what: `the registry cannot be ${shown(registry)}` })];
}

async function readInputs(
  subject: string,
  registry: string,
  flags: VerifyFlags,
  around: Surroundings,
): Promise<Inputs | readonly Problem[]> {
  const { profile, imagePath } = flags;
  const configured = await readConfiguration(flags, { profile, imagePath, targetRegistry: registry }, around.cwd);
  const read = await readSubject(subject, flags, around);
  const problems = [
    ...registryProblems(registry),
    ...explicitCredentials(flags, around.env).problems,
    ...(configured.kind === 'problems' ? configured.problems : []),
    ...read.problems,
  ];
  if (problems.length > 0 || configured.kind === 'problems' || read.value === undefined) return problems;
  const { configuration } = configured;
  const naming = { registry, prefix: configuration.settings.targetPrefix, imagePath: configuration.settings.imagePath };
  return { configuration, subject: read.value, naming };
}

/** Where an image of a lock is to be: the lock of a relocated chart names it there already. */
function placeAt(naming: NamingRule, isRelocated: boolean): (image: Reference) => Reference {
  const { host, path } = splitTarget(naming.registry);
  return (image) => {
    const isBelow = image.registry === host && (path === '' || image.repository.startsWith(`${path}/`));
    const isThere = isRelocated && isBelow;
    return isThere
      ? image
      : { ...destinationOf(image, naming), ...(image.digest === undefined ? {} : { digest: image.digest }) };
  };
}

function noLock(subject: string): MirrorError {
  return new MirrorError(`${subject} has no ${IMAGES_LOCK}`, {
    code: 'FILE_REFUSED',
    origin: 'input',
    hint: 'make one with airgap-charts lock, and name that file',
  });
}

/** A lock, whether it is that of a chart that was relocated, and how it is compared where that is not the usual way. */
interface FoundLock {
  readonly lock: ImagesLock;
  readonly isRelocated: boolean;
  readonly judge?: LockCheck['judge'];
}

/** The lock in a chart that is fetched for it. */
async function fetchedLock(run: Run, view: RunView, subject: string): Promise<FoundLock> {
  await runSteps(pullSteps(run), view);
  const [release] = run.releases;
  const [chart] = run.charts;
  const failure = release?.failure ?? chart?.failure;
  if (failure !== undefined) throw failure;
  const text = chart?.pulled === undefined ? undefined : textAt(chart.pulled.original, [IMAGES_LOCK]);
  if (text === undefined) throw noLock(subject);
  const isRelocated = chart?.pulled?.chart.metadata.annotations.has(SOURCE_ANNOTATION) === true;
  return { lock: lockFrom(text, `${IMAGES_LOCK} of ${subject}`), isRelocated };
}

async function lockOfSubject(subject: Subject, run: Run, view: RunView, named: string): Promise<FoundLock> {
  switch (subject.kind) {
    case 'lock':
      return { lock: subject.lock, isRelocated: false };
    case 'bundle':
      return { lock: subject.lock, isRelocated: false, judge: judgeWhole };
    case 'chart':
      return fetchedLock(run, view, named);
  }
}

async function carryOut(
  { configuration, subject, naming }: Inputs,
  named: string,
  flags: VerifyFlags,
  around: Surroundings,
  redactor: Redactor,
): Promise<number> {
  const { network, settings } = configuration;
  const line = (text: string): void => around.complain(`${redactor.scrub(text)}\n`);
  const notices = createNotices(line);
  const { explicit } = explicitCredentials(flags, around.env);
  const connections = connect(network, around.env, explicit, redactor, notices.say, settings.profile);
  const workspace = await openWorkspace(around.temporary);
  const scrub = (text: string): string => redactor.scrub(text);
  const view: RunView = { drawn: around.drawable && !flags.json, lines: NO_LINES, notices, scrub };
  const nothingRenders = (): never => {
    throw new RangeError('nothing is rendered to verify a lock');
  };
  const ports: LookingPorts = {
    ...{ registry: connections.registry, charts: connections.charts, localCharts: createLocalCharts(), workspace },
    helm: { version: '', render: nothingRenders },
    archives: { unpack: unpackChart, pack: packChart, packScratch, contentDigest },
    cache: undefined,
  };
  const { kubeVersion } = settings;
  const run = startRun({
    ports: lookingPorts(ports),
    options: lookingOptions({ kubeVersion, includeDependencies: false, renders: 1, switches: false }),
    catalog: catalogOf(subject.kind === 'chart' ? [subject.addon] : []),
    ...{ signal: around.signal, say: () => undefined },
  });
  try {
    const { lock, isRelocated, ...how } = await lockOfSubject(subject, run, view, named);
    const at = placeAt(naming, isRelocated);
    const check = startLockCheck({ lock, shelf: { side: 'destination', run }, at, ...how });
    await runSteps([lockCheckStep(check)], view);
    const images = verifiedImages(check);
    const exitCode = around.signal.aborted ? 130 : verifyExitCode(images);
    return tellVerified({ chart: lock.chart, exitCode, images, notes: [] }, flags, around, redactor);
  } finally {
    await connections.close();
    await workspace.close();
  }
}

/**
 * Tells whether a registry has every image of a lock or bundle as it is there. Exit code 0 when it has, 1 when not or nobody could tell,
 * 2 for bad input.
 *
 * @throws MirrorError FILE_REFUSED for a file without a lock that can be read, and what fetching a chart throws.
 */
export async function verify(
  subject: string,
  registry: string,
  flags: VerifyFlags,
  around: Surroundings,
  redactor: Redactor,
): Promise<number> {
  const inputs = await readInputs(subject, registry.replace(/^oci:\/\//i, ''), flags, around);
  if ('subject' in inputs) return carryOut(inputs, subject, flags, around, redactor);
  return refuse(inputs, around, redactor);
}
