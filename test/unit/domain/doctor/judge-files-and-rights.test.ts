import { describe, expect, it } from 'vitest';
import { type CertificateFile, judgeCertificates } from '../../../../src/domain/doctor/judge-certificates.ts';
import { judgeAccount, judgeRights } from '../../../../src/domain/doctor/judge-ecr.ts';
import { tokenExpiry } from '../../../../src/domain/doctor/token-expiry.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const valid = { subject: 'CN=good', from: new Date('2026-01-01'), to: new Date('2027-01-01') };
const ended = { subject: 'CN=old', from: new Date('2020-01-01'), to: new Date('2026-11-01') };
const early = { subject: 'CN=next', from: new Date('2026-12-01'), to: new Date('2027-12-01') };

describe('judgeCertificates', () => {
  const file = (...certificates: CertificateFile['certificates']): CertificateFile => {
    return { what: '--ca-file', file: 'ca.pem', purpose: 'trust', certificates };
  };
  const told = (...files: readonly CertificateFile[]): readonly string[] =>
    judgeCertificates(files, NOW).map(({ subject, judgement, what }) => `${judgement} ${subject}: ${what}`);

  it.each([
    [[valid], 'fine --ca-file: 1 certificate of ca.pem, beside those of the system'],
    [[ended], 'wrong --ca-file: CN=old of ca.pem expired on 2026-11-01'],
    [
      [ended, ended, valid],
      'doubt --ca-file: 2 of 3 authorities of ca.pem count for nothing: CN=old expired on 2026-11-01, and 1 more; hosts vouched for by these alone are refused, the other authorities work',
    ],
    [
      [valid, early],
      'doubt --ca-file: 1 of 2 authorities of ca.pem counts for nothing: CN=next is not valid yet; hosts vouched for by these alone are refused, the other authorities work',
    ],
    [[early], 'wrong --ca-file: CN=next of ca.pem is not valid yet'],
  ])('tells whether those of a file are valid now', (certificates, expected) => {
    expect(told(file(...certificates))).toEqual([expected]);
  });

  it('says what to do about authorities that have expired among others', () => {
    const [found] = judgeCertificates([{ ...file(ended, valid), purpose: 'replaces' }], NOW);
    expect(found?.remedy).toBe(
      'nothing, while no host is WRONG here for its certificate; else bring ca.pem up to date (of the system: update ca-certificates)',
    );
    const [chain] = judgeCertificates([{ ...file(ended, valid), purpose: 'client' }], NOW).slice(1);
    expect(chain).toMatchObject({ judgement: 'doubt', remedy: 'replace it in ca.pem' });
  });

  it('names the system where no file has authorities', () => {
    const client = {
      what: 'client certificate for h',
      file: 'c.pem',
      purpose: 'client',
      certificates: [valid],
    } as const;
    expect(told(client)).toEqual([
      'fine authorities: those of Node and of the system',
      'fine client certificate for h: 1 certificate of c.pem, for us',
    ]);
  });
});

describe('judgeRights', () => {
  const rights = (...lacking: readonly string[]) =>
    ['ecr:BatchGetImage', 'ecr:BatchCheckLayerAvailability'].map((right) => {
      return { right, isPush: right.endsWith('Availability'), isAllowed: !lacking.includes(right) };
    });

  it.each([
    [true, [], 'fine'],
    [true, ['ecr:BatchGetImage'], 'wrong'],
    // a policy of a run that found all present has no rights to push
    [true, ['ecr:BatchCheckLayerAvailability'], 'doubt'],
    [false, ['ecr:BatchGetImage'], 'doubt'],
  ])('of a repository that is real (%s), without %s, are %s', (isReal, lacking, judgement) => {
    const found = judgeRights({ host: 'h', repository: 'p/a', isReal, rights: rights(...lacking) });
    expect(found.judgement).toBe(judgement);
    expect(found.what).toContain('p/a');
    for (const right of lacking) expect(found.what).toContain(`lacks ${right} on`);
  });

  it('go with an account, which may be another one', () => {
    expect(judgeAccount('h', '1', '1').what).toBe('account 1');
    expect(judgeAccount('h', '1', '2').what).toBe('account 1, while h is of account 2');
    expect(judgeAccount('h', undefined, '2').judgement).toBe('doubt');
  });
});

describe('tokenExpiry', () => {
  const token = (payload: string): string => `e30.${Buffer.from(payload).toString('base64url')}.x`;

  it('is told by a JSON Web Token alone', () => {
    expect(tokenExpiry(token('{"exp":1763812800}'))).toEqual(new Date('2025-11-22T12:00:00Z'));
    for (const other of ['{}', 'null', 'no json', '{"exp":"soon"}', '{"exp":1e99}'])
      expect(tokenExpiry(token(other))).toBeUndefined();
    for (const other of ['', 'password', 'a.b', 'glpat-x.y.z']) expect(tokenExpiry(other)).toBeUndefined();
  });
});
