import type { AddressInfo, Server } from 'node:net';

/** A server of a test that listens on loopback. */
export interface Listening {
  /** Its address with the port. */
  readonly host: string;
  readonly url: string;
}

/** Lets a server listen on a free port of loopback. */
export async function listening(server: Server): Promise<Listening> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // a checked boundary: a server that listens on a port has an address
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, url: `http://${host}` };
}
