import { isTag } from '../reference.ts';

/** Why a name cannot be used, as the message and the hint of an error. */
export interface NameProblem {
  readonly message: string;
  readonly hint: string;
}

/** What is given the name: charts are named by other settings than images. */
export type Named = 'image' | 'chart';

interface Grammar {
  readonly what: string;
  readonly longest: number;
  /** One component of a path, and what may stand between its letters and digits. */
  readonly component: RegExp;
  readonly joint: RegExp;
  readonly joints: string;
}

// client-ecr `RepositoryName` and client-ecr-public `RepositoryName`, with their lengths (API references, CreateRepository)
const GRAMMARS: Readonly<Record<'private' | 'public', Grammar>> = {
  private: {
    what: 'Amazon ECR',
    longest: 256,
    component: /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/,
    joint: /^(?:\.|_|__|-+)$/,
    joints: '".", "_", "__" or hyphens',
  },
  public: {
    what: 'Amazon ECR Public',
    longest: 205,
    component: /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/,
    joint: /^[._-]$/,
    joints: 'one ".", "_" or "-"',
  },
};

const SHORTEST = 2;

const WAYS: Readonly<Record<Named, { readonly before: string; readonly shorter: string; readonly out: string }>> = {
  image: {
    before: 'put a path before it with --target-prefix',
    shorter: 'shorten --target-prefix or the path in --target-registry, or leave --image-path host out',
    out: 'mirror it to another registry, or leave its chart out with --exclude-addons',
  },
  chart: {
    before: 'put a path before it in --target-registry',
    shorter: 'shorten the path in --target-registry or oci_namespace in the catalog',
    out: 'change the path in --target-registry or oci_namespace in the catalog, or leave it out with --exclude-addons',
  },
};

function lengthProblem(name: string, { what, longest }: Grammar, of: Named): NameProblem | undefined {
  if (name.length > longest) {
    const message = `the repository name ${name} has ${name.length} characters, and ${what} takes ${longest}`;
    return { message, hint: WAYS[of].shorter };
  }
  if (name.length >= SHORTEST) return undefined;
  const message = `the repository name "${name}" is too short: ${what} takes no less than ${SHORTEST} characters`;
  return { message, hint: WAYS[of].before };
}

/** What stands in the way, as it is written; undefined where the component only begins or ends wrongly. */
function offence(component: string, joint: RegExp): string | undefined {
  const runs = [...component.matchAll(/[._-]+/g)].map(([run]) => run);
  return /[^a-z0-9._-]/.exec(component)?.[0] ?? runs.find((run) => !joint.test(run));
}

function componentProblem(name: string, component: string, grammar: Grammar, of: Named): NameProblem {
  const at = `${JSON.stringify(component)} in the repository name ${JSON.stringify(name)}`;
  if (component === '') {
    const message = `the repository name ${JSON.stringify(name)} has a part without a character`;
    return { message, hint: 'write one "/" between two parts, and none at the ends' };
  }
  const found = offence(component, grammar.joint);
  const why = found === undefined ? 'it begins or ends with no letter or digit' : `it has ${JSON.stringify(found)}`;
  const rule = `${grammar.what} takes lower case letters and digits with ${grammar.joints} between them`;
  return { message: `${at} is no name: ${why}, and ${rule}`, hint: WAYS[of].out };
}

/**
 * Why a registry of Amazon ECR has no repository of this name; undefined when it can. The name is what stands after the
 * host, in ECR Public after the alias too.
 */
export function repositoryNameProblem(
  name: string,
  kind: 'private' | 'public',
  of: Named = 'image',
): NameProblem | undefined {
  const grammar = GRAMMARS[kind];
  const bad = name.split('/').find((component) => !grammar.component.test(component));
  if (name !== '' && bad !== undefined) return componentProblem(name, bad, grammar, of);
  return lengthProblem(name, grammar, of);
}

/** OCI distribution-spec 1.1, "Pulling manifests", for tags; ECR's own API allows more, which nobody can then pull. */
const LONGEST_TAG = 128;

const TAG_WAYS: Readonly<Record<Named, string>> = {
  image: 'leave its chart out with --exclude-addons',
  chart: 'choose another --chart-version-suffix, or leave the chart out with --exclude-addons',
};

/** Why no registry takes this tag; undefined when it can be used. */
export function tagProblem(tag: string, of: Named = 'image'): NameProblem | undefined {
  if (isTag(tag)) return undefined;
  const hint = TAG_WAYS[of];
  if (tag === '') return { message: 'a tag is empty', hint };
  if (tag.length > LONGEST_TAG) {
    return { message: `the tag ${tag} has ${tag.length} characters, and registries take ${LONGEST_TAG}`, hint };
  }
  const found = /[^A-Za-z0-9._-]/.exec(tag)?.[0];
  if (found === undefined) {
    return { message: `the tag ${JSON.stringify(tag)} begins with ${JSON.stringify(tag.charAt(0))}`, hint };
  }
  const message = `the tag ${JSON.stringify(tag)} has ${JSON.stringify(found)}, which no registry takes in a tag`;
  return { message, hint };
}
