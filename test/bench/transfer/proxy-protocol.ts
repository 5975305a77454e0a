import type { RequestKind } from './request-kind.ts';

/** What a proxy does to what passes it. */
export interface ProxyOptions {
  /** `http://host:port` of the registry. */
  readonly upstream: string;
  /** On how many ports it listens: as many registries as a tool sees. */
  readonly ports: number;
  /** Before a request is passed on. */
  readonly delayMs: number;
  /** Bytes per second and direction, of one connection and of all together; undefined is without a bound. */
  readonly connectionRate: number | undefined;
  readonly totalRate: number | undefined;
}

/** What has passed. Bytes are those of bodies. */
export interface ProxyCounts {
  readonly requests: Readonly<Partial<Record<RequestKind, number>>>;
  /** Answers with a status from 400 on; a HEAD answered with 404 is a question well answered, and not among them. */
  readonly refused: number;
  readonly connections: number;
  /** The most requests at once. */
  readonly most: number;
  /** Towards the registry. */
  readonly bytesUp: number;
  readonly bytesDown: number;
}

/** What the process of the proxy says. */
export type ProxyMessage =
  | { readonly kind: 'listening'; readonly hosts: readonly string[] }
  | { readonly kind: 'counts'; readonly counts: ProxyCounts };
