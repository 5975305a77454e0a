/**
 * When a password ends that is a JSON Web Token (RFC 7519, section 4.1.4: `exp`, in seconds since 1970), as registries hand
 * out in place of passwords; undefined for any other password. The signature is the registry's to look at.
 */
export function tokenExpiry(password: string): Date | undefined {
  const [, payload, signature] = password.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    if (typeof claims !== 'object' || claims === null || !('exp' in claims)) return undefined;
    const { exp } = claims;
    const at = typeof exp === 'number' ? new Date(exp * 1000) : undefined;
    return at === undefined || Number.isNaN(at.getTime()) ? undefined : at;
  } catch {
    return undefined;
  }
}
