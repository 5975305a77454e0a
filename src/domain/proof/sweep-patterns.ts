// Shares nothing with the finder, on purpose: see sweep.ts.

const HOSTS = [
  'docker.io',
  'registry.hub.docker.com',
  'quay.io',
  'ghcr.io',
  'gcr.io',
  'registry.k8s.io',
  'public.ecr.aws',
  'nvcr.io',
  'mcr.microsoft.com',
  'registry.gitlab.com',
  'docker.elastic.co',
  'docker.redpanda.com',
  'docker.getcollate.io',
  'cr.l5d.io',
  'cr.fluentbit.io',
  'registry.istio.io',
  'registry.redhat.io',
  'registry.access.redhat.com',
  'registry.connect.redhat.com',
  'registry.opensource.zalan.do',
  'registry.suse.com',
  'registry.rancher.com',
  'registry.fedoraproject.org',
  'container-registry.oracle.com',
  'projects.registry.vmware.com',
  'oci.external-secrets.io',
  'reg.kyverno.io',
  'xpkg.upbound.io',
  'xpkg.crossplane.io',
  'cgr.dev',
  'lscr.io',
  'icr.io',
  'jfrog.io',
  'pkg.dev',
  'azurecr.io',
].map(escaped);
const HOST_FORMS = [
  '[0-9]{12}\\.dkr\\.ecr[a-z0-9.-]*\\.amazonaws\\.com',
  '[0-9]{12}\\.dkr\\.ecr[a-z0-9.-]*\\.amazonaws\\.com\\.cn',
  '[0-9]{12}\\.dkr-ecr[a-z0-9.-]*\\.on\\.aws',
];

const NAME = '[a-z0-9]+(?:[._-]+[a-z0-9]+)*';
const TAG = '[A-Za-z0-9_][A-Za-z0-9._-]*';
const DIGEST = '@[a-z0-9+._-]+:[0-9a-f]{32,}';
// where a word begins: not inside a longer word or path, but behind the scheme of a registry
const START = '(?:(?<=(?:docker|oci|docker-image)://)|(?<![A-Za-z0-9._/@:}$-]))';
const END = '(?![A-Za-z0-9_-]|[.:@/][A-Za-z0-9])';
// not the owners of labels (`app.kubernetes.io/name:web`), nor API groups (`example.dev/v1:Kind`)
const NO_LABEL = '(?!(?:[a-z0-9-]+\\.)*(?:kubernetes|k8s)\\.io/|[a-z0-9.-]+/v\\d+(?:(?:alpha|beta)\\d+)?:)';
// nor taints of nodes (`example.com/gpu:NoSchedule-`), whose keys and values are bounded, and of these signs:
// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
const NO_TAINT = '(?![A-Za-z0-9._/=-]{1,400}:(?:NoSchedule|PreferNoSchedule|NoExecute)(?![A-Za-z0-9._]))';
const HOST =
  '(?:(?:[a-z0-9-]+\\.)+[a-z][a-z0-9-]*(?::\\d+)?|localhost(?::\\d+)?|\\d+(?:\\.\\d+){3}(?::\\d+)?|[a-z][a-z0-9-]*:\\d+)';
// a tag that nobody gives to anything but an image or a program
const VERSION = '(?:latest|stable|v?\\d+\\.\\d[A-Za-z0-9._-]*|v?\\d+-[a-z][A-Za-z0-9._-]*)';
// images of one word that charts use most; other words with a version may be anything, such as plugins
const COMMON =
  '(?:alpine|busybox|debian|ubuntu|nginx|httpd|haproxy|traefik|redis|memcached|postgres|mysql|mariadb|mongo|rabbitmq|elasticsearch|python|node|golang)';

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The text with escapes of quoted texts (`\n`, `\u003c`) as spaces, so that a word behind one begins there. */
export function withoutEscapes(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\+(?:[nrt]|u[0-9a-f]{4})/gi, (found) => ' '.repeat(found.length));
}

/** Hosts of registries, known ones and those of the sources, with what is written behind them, but not before a dot. */
export function hostPattern(hosts: readonly string[]): RegExp {
  const known = `(?<![A-Za-z0-9-])(?:${[...HOSTS, ...HOST_FORMS].join('|')})`;
  // a known registry may have hosts of its own below it; of a source only the host itself is known, and not as a directory
  const all = [known, ...hosts.map((host) => `(?<![A-Za-z0-9._-]/|[A-Za-z0-9.-])${escaped(host)}`)].join('|');
  return new RegExp(`(?:${all})(?![A-Za-z0-9-]|\\.[A-Za-z0-9])[^\\s\\p{Cc}"'\`,;)\\]}<>\\\\]*`, 'giu');
}

/**
 * A quick look for `hostPattern`: it matches in every line that has such a host, by the end of the host's name. Most lines
 * have none, and the many hosts are slow to look for.
 */
export function hostHint(hosts: readonly string[]): RegExp {
  const ends = [...HOSTS, ...HOST_FORMS, ...hosts.map(escaped)].map(
    (host) => /\\\.[a-z0-9-]+$/i.exec(host)?.[0] ?? host,
  );
  return new RegExp([...new Set(ends)].join('|'), 'iu');
}

/** A name at Docker Hub as it may also be written: without host and `library/`; undefined for other registries. */
export function hubName(text: string): string | undefined {
  const rest = text.replace(/^(?:(?:index\.|registry-1\.)?docker\.io|registry\.hub\.docker\.com)\//i, '');
  const name = rest.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  const [head = '', ...path] = name.split('/');
  if (path.length > 0 && (/[.:]/.test(head) || head === 'localhost')) return undefined;
  return new RegExp(`^${NAME}(?:/${NAME})*$`).test(name) ? name.replace(/^library\//, '') : undefined;
}

// a source that is looked for as it is written: a single word may be anything
const SOURCE_TEXT = /[:@/]/;

function anyOf(texts: Iterable<string>): string | undefined {
  const all = [...new Set(texts)].sort((a, b) => b.length - a.length).map(escaped);
  return all.length === 0 ? undefined : `(?:${all.join('|')})`;
}

/**
 * What source references look like in text: as they are written, and those of Docker Hub also without host and under
 * another tag or digest.
 */
export function sourcePatterns(texts: readonly string[]): readonly WordPattern[] {
  const names = texts.flatMap((text) => hubName(text) ?? []);
  const whole = anyOf(texts.filter((text) => SOURCE_TEXT.test(text)));
  const long = anyOf(names.filter((name) => name.includes('/')));
  const short = anyOf(names.filter((name) => !name.includes('/')));
  return [
    ...(whole === undefined ? [] : [`${START}${whole}${END}`]),
    ...(long === undefined ? [] : [`${START}${long}(?::${TAG}|${DIGEST})`]),
    ...(short === undefined ? [] : [`${START}(?:library/)?${short}(?::${VERSION}|${DIGEST})${END}`]),
  ].map((pattern) => ({ hint: ANY_HINT, pattern: new RegExp(pattern, 'g') }));
}

// `namespace/service:8080` and `namespace/service:ssh` name the port of a service; words that are tags are none
const TAG_WORDS =
  'latest|stable|main|master|edge|nightly|alpine|slim|dev|develop|release|prod|canary|beta|alpha|debug|distroless|nonroot';
const PORT = `(?:\\d{2,5}|(?!(?:${TAG_WORDS})(?![A-Za-z0-9._-]))[a-z][a-z-]{0,14})(?![A-Za-z0-9._-])`;

// quick looks: a name of several steps with a tag or digest right behind it, and such a name of any kind
const STEPS_HINT = /\/[a-z0-9][a-z0-9._-]*[:@][a-z0-9_+.-]/i;
const DIGEST_HINT = /@[a-z0-9+._-]/i;
const IMAGE_HINT = /image/i;
const FROM_HINT = /FROM /;
const ANY_HINT = /(?:)/;

/** What a word may look like; `hint` is a quick look, which matches in every line where the pattern does. */
export interface WordPattern {
  readonly hint: RegExp;
  readonly pattern: RegExp;
}

/** What is a reference by its form alone, whatever the finder thought of it. */
export const GENERAL_PATTERNS: readonly WordPattern[] = [
  {
    hint: STEPS_HINT,
    pattern: new RegExp(
      `${START}${NO_LABEL}${NO_TAINT}${HOST}(?:/${NAME})+(?::${TAG}(?:${DIGEST})?|${DIGEST})${END}`,
      'gi',
    ),
  },
  { hint: DIGEST_HINT, pattern: new RegExp(`${START}${NAME}(?:/${NAME})*(?::${TAG})?${DIGEST}`, 'g') },
  {
    hint: STEPS_HINT,
    pattern: new RegExp(`${START}${NO_LABEL}${NO_TAINT}${NAME}/${NAME}:(?!${PORT})${TAG}${END}`, 'g'),
  },
  {
    hint: STEPS_HINT,
    pattern: new RegExp(
      `${START}${NO_LABEL}${NO_TAINT}${NAME}(?:/${NAME}){2,}:(?!\\d{2,5}(?![A-Za-z0-9._-]))${TAG}${END}`,
      'g',
    ),
  },
  {
    hint: ANY_HINT,
    pattern: new RegExp(`${START}(?:library/)?${COMMON}:(?:${VERSION}|alpine|slim|(?!80)\\d{1,2})${END}`, 'g'),
  },
  {
    hint: IMAGE_HINT,
    pattern: new RegExp(
      `(?=[a-z0-9])(?<=(?:^|[\\s"'{,(\\\\])[A-Za-z0-9_.-]*image\\\\?["']?\\s*[:=]\\s*\\\\?["']?)${NAME}(?:/${NAME})*:${TAG}`,
      'gi',
    ),
  },
  {
    hint: FROM_HINT,
    pattern: new RegExp(`(?=[a-z0-9])(?<=^\\s*(?:- )?FROM (?:--platform=\\S+ )?)${NAME}(?:/${NAME})*:${TAG}`, 'g'),
  },
];

/**
 * A quick look for `GENERAL_PATTERNS` and the patterns of these sources: it matches in every line in which one of them may.
 * All have a tag or digest right behind a name, or are a source as it is written.
 */
export function wordHint(sources: readonly string[]): RegExp {
  const hints = [/[a-z0-9][:@][a-z0-9_+.-]/i, /[a-z0-9](?:[:@][a-z0-9_+.-]|\/[a-z0-9])/i];
  const written = sources.filter((text) => SOURCE_TEXT.test(text));
  return hints.find((hint) => written.every((text) => hint.test(text))) ?? /(?:)/;
}

/** What stands at the target: its name, with repository, tag and digest behind it. */
export function ownPattern(target: string): RegExp {
  return new RegExp(
    `(?<![A-Za-z0-9._-])${escaped(target)}(?![A-Za-z0-9_-]|[.:@][A-Za-z0-9])(?:/[A-Za-z0-9._-]+)*/?(?::${TAG})?(?:${DIGEST})?`,
    'g',
  );
}
