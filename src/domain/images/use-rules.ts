import type { Judgement } from './image-use.ts';

/** Every rule that makes a reference something else than a plain image, by name; `why` is what reports repeat. */
export const USE_RULES = {
  knownArtifact: { role: 'artifact', certainty: 'certain', why: 'a repository known to hold no container image' },
  artifactKey: { role: 'artifact', certainty: 'certain', why: 'the key names something else than a container image' },
  ociScheme: { role: 'artifact', certainty: 'certain', why: 'oci:// outside of image fields names an artifact' },
  packageField: { role: 'artifact', certainty: 'certain', why: 'the field of this kind names a package' },
  chartField: { role: 'artifact', certainty: 'certain', why: 'the fields of this object name a chart' },
  registryKey: { role: 'base', certainty: 'certain', why: 'the key names a registry' },
  baseKey: { role: 'base', certainty: 'certain', why: 'the key names the beginning of images' },
  chartRepository: { role: 'base', certainty: 'certain', why: 'a repository of charts, whose names follow' },
  ownerAlone: { role: 'base', certainty: 'candidate', why: 'an owner without the name of an image' },
  hostAlone: { role: 'base', certainty: 'candidate', why: 'a registry without a path' },
  completed: { role: 'base', certainty: 'candidate', why: 'the text goes on with something that is filled in' },
  openEnd: { role: 'base', certainty: 'candidate', why: 'it ends in a slash or a wildcard' },
  exampleText: { role: 'example', certainty: 'certain', why: 'the text is documentation or an example' },
  crdText: { role: 'example', certainty: 'certain', why: 'documentation of a custom resource' },
  injected: { role: 'example', certainty: 'certain', why: 'a word that an injector replaces' },
  placeholder: { role: 'example', certainty: 'candidate', why: 'words that stand for a real name' },
  inCluster: { role: 'example', certainty: 'certain', why: 'a registry inside of the cluster' },
  toldApart: {
    role: 'example',
    certainty: 'certain',
    why: 'one of several registries that a list tells apart by name',
  },
  hostAndPort: { role: 'example', certainty: 'candidate', why: 'a host with its port' },
  untagged: { role: 'image', certainty: 'candidate', why: 'neither tag nor digest outside of containers' },
  inText: { role: 'image', certainty: 'candidate', why: 'inside a longer text' },
  byForm: { role: 'image', certainty: 'candidate', why: 'an owner, a name and a version, by its form alone' },
  asKey: { role: 'image', certainty: 'candidate', why: 'a key that says something of it' },
  byFields: { role: 'image', certainty: 'candidate', why: 'a single word beside a tag, by the names of their fields' },
  inherited: {
    role: 'image',
    certainty: 'candidate',
    why: 'a name joined with the registry and tag of a map around it',
  },
  resourceDefault: {
    role: 'image',
    certainty: 'candidate',
    why: 'a default, pulled only for a resource without its own',
  },
  shadowed: { role: 'image', certainty: 'candidate', why: 'its key is given once more, and the last one counts' },
} as const satisfies Readonly<Record<string, Judgement>>;

/** The judgement of an image in a place that names images and nothing else, with all its parts. */
export const PLAIN_IMAGE: Judgement = { role: 'image', certainty: 'certain', why: undefined };

/** An artifact that cannot be fetched as it is written, since its tag is missing. */
export function asCandidate(judgement: Judgement): Judgement {
  return { ...judgement, certainty: 'candidate' };
}
