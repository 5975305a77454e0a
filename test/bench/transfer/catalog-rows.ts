/** What an image is: an index of two platforms, the same with attestations, or one manifest in the form of OCI or Docker. */
export type ImageKind = 'index' | 'attested' | 'single' | 'docker';

/** An image of the catalog. `layers` counts those of its base, too. */
export interface CatalogRow {
  /** Which of the sources it comes from, from 0. */
  readonly host: number;
  readonly repository: string;
  readonly tag: string;
  readonly kind: ImageKind;
  readonly base: string;
  readonly layers: number;
}

/** Layers that many images have in common, as their names and their sizes in KiB before scaling. */
export const BASES: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  slim: [
    ['slim/root', 28_000],
    ['slim/certificates', 2_300],
    ['slim/user', 700],
  ],
  tiny: [
    ['tiny/root', 3_400],
    ['tiny/certificates', 600],
  ],
  static: [
    ['static/root', 110],
    ['static/zones', 14],
    ['static/libraries', 1_900],
  ],
  enterprise: [
    ['enterprise/root', 37_000],
    ['enterprise/updates', 1_200],
    ['enterprise/labels', 60],
  ],
  script: [
    ['slim/root', 28_000],
    ['script/build', 9_000],
    ['script/runtime', 12_500],
  ],
};

// host, repository, tag, kind, base, layers
const TABLE = `
0 library/web-server                1.27.4    attested slim       8
0 library/web-server                1.27.4-t  attested tiny       8
0 library/key-value                 7.4.2     attested slim       8
0 library/database                  16.8      attested slim       9
0 library/toolbox                   1.37.0    index    tiny       5
0 charts/dashboards                 11.5.2    index    tiny       9
0 charts/logs                       3.4.2     index    static     6
0 charts/log-agent                  3.4.2     index    slim       6
0 packaged/key-value                7.4.2-r4  attested slim       7
0 packaged/database                 16.8.0-r2 attested slim       7
0 packaged/cluster-shell            1.32.2    attested slim       6
0 backups/server                    1.15.2    index    static     6
1 metrics/server                    3.2.1     index    tiny       8
1 metrics/alerts                    0.28.1    index    tiny       6
1 metrics/node-agent                1.9.0     index    tiny       5
1 metrics-operator/operator         0.80.1    index    static     6
1 certificates/controller           1.17.1    index    static     7
1 certificates/webhook              1.17.1    index    static     7
1 delivery/server                   2.14.5    index    slim       9
1 network/agent                     1.17.1    index    slim       9
2 secrets/operator                  0.14.3    index    static     6
2 policies/admission                1.13.4    index    static     6
2 policies/background               1.13.4    index    static     6
2 sources/controller                1.5.0     index    tiny       7
2 releases/controller               1.2.0     index    tiny       7
2 own/api                           2.8.1     attested script     8
2 own/worker                        2.8.1     single   script     8
2 own/api                           2.8.0     single   script     8
3 ingress/controller                1.12.0    index    tiny       9
3 state/metrics                     2.15.0    index    static     6
3 resources/metrics                 0.7.2     single   static     6
3 storage/provisioner               5.2.0     single   static     6
3 storage/attacher                  4.8.0     single   static     6
4 balancer/controller               2.11.0    docker   static     7
4 nodes/controller                  1.3.1     single   static     5
4 storage-driver/plugin             1.40.0    docker   enterprise 8
4 storage-driver/plugin             1.39.0    docker   enterprise 8
5 legacy/runtime                    8.442     docker   enterprise 9
5 legacy/portal                     5.1.0     docker   enterprise 9
5 legacy/portal                     5.0.9     docker   enterprise 9
`;

/** The repository whose tag moves: an index of two platforms. */
export const MOVING = 'metrics/alerts';

function isKind(word: string): word is ImageKind {
  return ['index', 'attested', 'single', 'docker'].includes(word);
}

function rowOf(line: string): CatalogRow {
  const [host, repository = '', tag = '', kind = '', base = '', layers] = line.trim().split(/\s+/);
  if (!isKind(kind)) throw new Error(`the catalog has a line that is no image: ${line}`);
  return { host: Number(host), repository, tag, kind, base, layers: Number(layers) };
}

/**
 * Forty images like those of a platform: 28 indexes of two platforms, eight of them with attestations, and 12 single images, half
 * of them in the form of Docker, in 36 repositories of six sources.
 */
export const CATALOG: readonly CatalogRow[] = TABLE.trim().split('\n').map(rowOf);
