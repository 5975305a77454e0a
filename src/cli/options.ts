import { Option } from 'commander';

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** An option that may be given several times; without it the list is empty. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, description).argParser(collect).default([], 'none');
}

/** `--plain-http` without a host is kept as this mark. */
export const EVERY_LOCAL_HOST = '*';

/** `--plain-http`, with a host or without. */
export function plainHttp(): Option {
  const text = 'speak plain HTTP to this host (repeatable); without a host: to loopback and the target';
  return repeatable('--plain-http [host]', text).preset(EVERY_LOCAL_HOST);
}
