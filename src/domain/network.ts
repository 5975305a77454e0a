/** A client certificate for mutual TLS; paths to PEM files. */
export interface ClientCertificate {
  readonly certFile: string;
  readonly keyFile: string;
}

/** What a registry is. Without a word, its name tells whether it is Amazon ECR. */
export type RegistryType = 'ecr' | 'generic';

/** What the configuration says of one registry host. */
export interface HostSettings {
  readonly type: RegistryType | undefined;
  /** The AWS account and region of a registry of Amazon ECR whose name does not tell them. */
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly plainHttp: boolean | undefined;
  readonly caFile: string | undefined;
  readonly clientCertificate: ClientCertificate | undefined;
  /** Requests at once to this host; undefined means the default. */
  readonly concurrency: number | undefined;
}

/**
 * Reaches `from` at the address `to` without changing names in any result. `from` is a registry host, a host with a
 * path, or a chart repository's URL; `to` is a host or URL, with a path if need be. `http://` in `to` means plain HTTP.
 */
export interface SourceMirror {
  readonly from: string;
  readonly to: string;
}

/** A user name and password, or an identity token (then `username` is `<token>`), and where it was found, for messages. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly origin: string;
}

/** Everything that decides how hosts are reached. `hosts` is keyed by `host[:port]` as written, Docker Hub as `docker.io`. */
export interface NetworkSettings {
  readonly hosts: ReadonlyMap<string, HostSettings>;
  /** Hosts to be spoken to in plain HTTP, beside loopback when `plainHttpLoopback` is set. */
  readonly plainHttpHosts: readonly string[];
  readonly plainHttpLoopback: boolean;
  readonly caFile: string | undefined;
  readonly mirrors: readonly SourceMirror[];
}
