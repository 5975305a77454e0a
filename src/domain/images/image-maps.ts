import { parseReference } from '../reference.ts';
import type { SplitReference } from './join-fields.ts';
import { isPlainList, type Plain } from './plain.ts';
import { type FoundReference, wholeReference } from './reference-text.ts';
import type { Surroundings } from './surroundings.ts';
import { USE_RULES } from './use-rules.ts';

type Fields = Readonly<Record<string, Plain>>;

/** Whether a map is what an image volume names: https://kubernetes.io/docs/concepts/storage/volumes/#image */
export function isImageVolume(key: string, value: Fields): boolean {
  return (
    key === 'image' &&
    typeof value.reference === 'string' &&
    Object.keys(value).every((name) => name === 'reference' || name === 'pullPolicy')
  );
}

const CONTAINER_FIELDS = ['command', 'args', 'script', 'volumeMounts', 'workingDir'];
const SPLIT_FIELDS = ['repository', 'registry', 'version', 'tag', 'hub', 'imageTag'];

/** Whether a map of a custom resource is a container by its other fields, so that `image: busybox` is an image. */
export function isContainer(map: Fields): boolean {
  const works = CONTAINER_FIELDS.some((name) => {
    const value = map[name];
    return isPlainList(value) ? value.length > 0 : typeof value === 'string' && value !== '';
  });
  return works && typeof map.image === 'string' && SPLIT_FIELDS.every((name) => map[name] === undefined);
}

/** `image: proxyv2` below `hub` and `tag`: a single word, joined with the registry and the tag of the map around. */
export function inheritedReference(map: Fields, { hub }: Surroundings): SplitReference | undefined {
  const { image } = map;
  if (hub === undefined || typeof image !== 'string' || !/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/.test(image)) return undefined;
  if (SPLIT_FIELDS.some((name) => map[name] !== undefined && map[name] !== '')) return undefined;
  const text = `${hub.registry}/${image}:${hub.tag}`;
  const reference = parseReference(text);
  const fields = ['image'];
  return reference === undefined ? undefined : { text, offset: 0, reference, ...USE_RULES.inherited, fields };
}

// fields below an image field that are parts of a reference, or about it
const NO_REFERENCE = /tag|version|digest|sha|policy|secret|registry|host|port|path/i;

/** A text in a map under an image field (`images: {agent: org/agent:1}`): a repository, or with a tag or digest, it is an image. */
export function innerReference(name: string, value: string): FoundReference | undefined {
  const whole = NO_REFERENCE.test(name) ? undefined : wholeReference(value, name);
  const identified = (whole?.reference.tag ?? whole?.reference.digest) !== undefined;
  return identified || /^repo(?:sitory)?$/.test(name) ? whole : undefined;
}

/**
 * The image that OpenShift takes from a registry, as opposed to a tag of one of its streams:
 * https://docs.redhat.com/en/documentation/openshift_container_platform/4.19/html/images/managing-image-streams
 */
export function dockerImage(map: Fields): string | undefined {
  return map.kind === 'DockerImage' && typeof map.name === 'string' ? map.name : undefined;
}
