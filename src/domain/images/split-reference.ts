import { parseReference } from '../reference.ts';
import {
  type Field,
  type Fields,
  firstField,
  isBefore,
  isTagged,
  joinParts,
  type SplitReference,
} from './join-fields.ts';
import { ledReference } from './led-reference.ts';
import { partOf } from './prefixed-references.ts';
import { USE_RULES } from './use-rules.ts';

const TAGS = ['tag', 'newTag', 'version', 'imageTag', 'image_tag', 'imageVersion', 'defaultImageVersion'];
const REGISTRIES = ['registry', 'hub', 'imageRegistry'];
const DIGESTS = ['digest', 'sha', 'sha256'];

/** Whether the `image` of a map is a part of the reference: its name, or what stands behind its repository. */
function isPart(
  image: string,
  repository: Field | undefined,
  registry: Field | undefined,
  isTagBeside: boolean,
): boolean {
  const lead = repository ?? registry;
  if (isTagged(image) && (isTagBeside || lead === undefined || !isBefore(lead[1], image))) return false;
  if (repository === undefined || !/[/:@]/.test(image)) return true;
  return isBefore(repository[1], image);
}

interface Around {
  readonly registry: Field | undefined;
  readonly inImage: boolean;
  readonly isTagBeside: boolean;
}

function nameParts(map: Fields, { registry, inImage, isTagBeside }: Around): readonly Field[] {
  const repository = firstField(map, ['repository', 'repo']);
  const image = firstField(map, ['image']);
  const own = image !== undefined && isPart(image[1], repository, registry, isTagBeside) ? [image] : [];
  if (repository !== undefined) return [repository, ...own];
  if (own.length > 0) return own;
  // kustomize: `name` is what the manifests say, `newName` what is pulled
  const name = firstField(map, ['newName', 'name']);
  return name !== undefined && (registry !== undefined || inImage || name[1].includes('/')) ? [name] : [];
}

/**
 * Reads maps such as `{repository, image, version}` or `{registry, repository, tag}` as one reference, in the order
 * in which their programs join them. Undefined when the fields do not make one: at least a tag, a digest or a
 * registry must stand beside the name, and the name must have a slash or a registry, or the map be the value of an
 * image field (`inImage`).
 */
export function splitReference(map: Fields, inImage = false): SplitReference | undefined {
  const led = ledReference(map, inImage);
  if (led !== undefined) return led;
  const registry = firstField(map, REGISTRIES);
  const tag = firstField(map, TAGS);
  const digest = firstField(map, DIGESTS);
  const isTagBeside = (tag ?? digest) !== undefined;
  const names = nameParts(map, { registry, inImage, isTagBeside });
  if (!isTagBeside && registry === undefined && names.length === 1) return undefined;
  return joinParts({ registry, names, tag, digest }, map, inImage);
}

/** The repository of a map without tag and digest, as a base: a program completes it. */
function repositoryOf(map: Fields): SplitReference | undefined {
  const repository = firstField(map, ['repository']);
  if (repository === undefined || !repository[1].includes('/')) return undefined;
  const reference = parseReference(repository[1]);
  const whole = (reference?.tag ?? reference?.digest) !== undefined;
  if (reference === undefined || whole || firstField(map, [...TAGS, ...DIGESTS]) !== undefined) return undefined;
  return { text: repository[1], offset: 0, reference, ...USE_RULES.completed, fields: ['repository'] };
}

/**
 * `{repository, suffix}`: a program puts a version between the two (`org/server` and `-ubi` become `org/server:4.0-ubi`), so
 * the repository is a base.
 */
export function openReference(map: Fields): SplitReference | undefined {
  return typeof map.suffix === 'string' ? repositoryOf(map) : undefined;
}

/**
 * A repository that says all there is of an image in its map, in a map that is about one (`imageSpec`): its version stands
 * elsewhere, so it is a base. A registry or a second name beside it would make it a part of something else.
 */
export function loneRepository(map: Fields): SplitReference | undefined {
  // `useDigest` and `proxyRegistry` are about something else
  const isAlone = Object.entries(map).every(
    ([key, value]) => key === 'repository' || value === '' || partOf(key)?.owner !== '',
  );
  return isAlone && firstField(map, REGISTRIES) === undefined ? repositoryOf(map) : undefined;
}
