/** An operating system and architecture, as an OCI index names them. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant: string | undefined;
}

/** Reads `os/arch` or `os/arch/variant`. Undefined when the text is neither. */
export function parsePlatform(text: string): Platform | undefined {
  const match = /^([a-z0-9]+)\/([a-z0-9_]+)(?:\/([a-z0-9.]+))?$/.exec(text);
  if (!match?.[1] || !match[2]) return undefined;
  return { os: match[1], architecture: match[2], variant: match[3] };
}

/** `os/arch[/variant]`. */
export function formatPlatform(platform: Platform): string {
  const variant = platform.variant === undefined ? '' : `/${platform.variant}`;
  return `${platform.os}/${platform.architecture}${variant}`;
}

/** Whether an offered platform serves a wanted one: os and architecture equal, the variant only when one was asked for. */
export function satisfiesPlatform(offered: Platform, wanted: Platform): boolean {
  if (offered.os !== wanted.os || offered.architecture !== wanted.architecture) return false;
  return wanted.variant === undefined || wanted.variant === offered.variant;
}
