import { describe, expect, it } from 'vitest';
import type { ConfigurationRequest } from '../../../src/config/configuration.ts';
import { makeKey } from '../../support/made-signatures.ts';
import { configurationOf, messages } from './configurations.ts';

const KEY = makeKey();
const OTHER = makeKey();
const FILES = { 'a.pub': KEY.pem, 'keys/b.pub': OTHER.pem, 'root.json': '{"good":true}', 'bad.pem': 'x' };

async function checkTrustRoot(text: string): Promise<string | undefined> {
  return text.includes('good') ? undefined : 'it is bad';
}

function asking(flags: ConfigurationRequest['flags'], config?: string): Partial<ConfigurationRequest> {
  return { flags, checkTrustRoot, ...(config === undefined ? {} : { config }) };
}

const CERTIFIED = { signatureIdentity: 'who', signatureIssuer: 'by', signatureTrustRoot: 'root.json' };

describe('whose signatures are asked for', () => {
  it('is nobody, as long as nobody says so', async () => {
    expect((await configurationOf({}, asking({}))).signatures).toBeUndefined();
    expect(
      (await configurationOf(FILES, asking({ verifySignatures: false, signatureKeys: ['a.pub'] }))).signatures,
    ).toBeUndefined();
  });

  it('is said by keys, each once, or by an identity, or by both', async () => {
    const keys = ['a.pub', 'keys/b.pub', './a.pub'];
    const both = await configurationOf(FILES, asking({ verifySignatures: true, signatureKeys: keys, ...CERTIFIED }));
    expect(both.signatures).toMatchObject({
      keys: [
        { file: 'a.pub', pem: KEY.pem, fingerprint: KEY.policyKey.fingerprint },
        { file: 'b.pub', pem: OTHER.pem },
      ],
      identity: { identity: { kind: 'exact', text: 'who' }, issuer: { kind: 'exact', text: 'by' } },
      trustRoot: { file: 'root.json', text: '{"good":true}' },
    });
    const one = await configurationOf(FILES, asking({ verifySignatures: true, signatureKeys: ['a.pub'] }));
    expect(one.signatures).toMatchObject({ identity: null, trustRoot: null });
  });

  it('may stand in the file, with paths from there; flags win, and a text takes the place of an expression', async () => {
    const text = `verifySignatures: true
signatureKeys: [b.pub]
signatureIdentityRegexp: ^who$
signatureIssuer: by
signatureTrustRoot: ../root.json
`;
    const files = { ...FILES, 'keys/c.yaml': text };
    const own = await configurationOf(files, asking({}, 'keys/c.yaml'));
    expect(own.signatures).toMatchObject({
      keys: [{ file: 'b.pub' }],
      identity: { identity: { kind: 'regexp', text: '^who$' }, issuer: { kind: 'exact', text: 'by' } },
    });
    const flags = { signatureKeys: ['a.pub'], signatureIdentity: 'me' };
    const laid = await configurationOf(files, asking(flags, 'keys/c.yaml'));
    expect(laid.signatures).toMatchObject({
      keys: [{ file: 'a.pub' }],
      identity: { identity: { kind: 'exact', text: 'me' }, issuer: { kind: 'exact', text: 'by' } },
    });
    expect(
      (await configurationOf(files, asking({ verifySignatures: false }, 'keys/c.yaml'))).signatures,
    ).toBeUndefined();
  });

  it('is left alone by commands that verify nothing', async () => {
    const flags = { verifySignatures: true, signatureKeys: ['nowhere.pub'] };
    expect((await configurationOf({}, { flags })).signatures).toBeUndefined();
  });
});

describe('what is wrong with it', () => {
  const { signatureTrustRoot: _, ...UNROOTED } = CERTIFIED;

  it.each<[string, ConfigurationRequest['flags'], readonly string[]]>([
    [
      'nobody is named',
      {},
      [
        '--verify-signatures: it is not said who must have signed, add --signature-key, or --signature-identity with --signature-issuer and --signature-trust-root',
      ],
    ],
    [
      'a file is not there',
      { signatureKeys: ['c.pub'] },
      ['--signature-key: "c.pub" cannot be read (ENOENT), name a file'],
    ],
    [
      'a file is no key',
      { signatureKeys: ['bad.pem'] },
      [
        'bad.pem:1:1: this is no PEM file, write the public key, as cosign public-key or openssl pkey -pubout prints it',
      ],
    ],
    [
      'there is no issuer',
      { signatureIdentity: 'a', signatureTrustRoot: 'root.json' },
      ['--signature-identity: its issuer is not named, add --signature-issuer'],
    ],
    [
      'there is nobody',
      { signatureIssuer: 'a', signatureTrustRoot: 'root.json' },
      ['--signature-issuer: nobody is named, add --signature-identity'],
    ],
    [
      'there is no trust root',
      UNROOTED,
      [
        '--signature-trust-root: certificates cannot be believed without it, write trusted_root.json: cosign trusted-root create --with-default-services makes that of sigstore.dev',
      ],
    ],
    [
      'a trust root is for nobody',
      { signatureKeys: ['a.pub'], signatureTrustRoot: 'root.json' },
      ['--signature-trust-root: nobody is named, add --signature-identity and --signature-issuer, or leave it out'],
    ],
    [
      'a trust root is none',
      { ...CERTIFIED, signatureTrustRoot: 'bad.pem' },
      [
        'bad.pem:1:1: this is no trust root of sigstore: it is bad, write trusted_root.json: cosign trusted-root create --with-default-services makes that of sigstore.dev',
      ],
    ],
    [
      'both forms are given',
      { ...CERTIFIED, signatureIdentityRegexp: 'x' },
      ['--signature-identity: --signature-identity-regexp is given, too, give one of them'],
    ],
    [
      'an expression is none',
      { ...CERTIFIED, signatureIssuer: undefined, signatureIssuerRegexp: '(' },
      ['--signature-issuer: "(" is no regular expression of JavaScript, correct it'],
    ],
    [
      'a name is empty',
      { ...CERTIFIED, signatureIdentity: '' },
      ['--signature-identity: it is empty, write who must have signed'],
    ],
  ])('is told: %s', async (_name, flags, expected) => {
    expect(await messages(FILES, asking({ verifySignatures: true, ...flags }))).toEqual(expected);
  });

  it('is told all at once, with what else is wrong', async () => {
    const flags = { verifySignatures: true, signatureKeys: ['c.pub', 'bad.pem'], signatureIssuer: 'a', platform: 'x' };
    expect(await messages(FILES, asking(flags))).toHaveLength(5);
  });

  it('is also that somebody names keys and does not ask for signatures', async () => {
    const expected = [
      '--verify-signatures: it is said who must have signed, but not that signatures are verified, add it, or say --no-verify-signatures',
    ];
    expect(await messages(FILES, asking({ signatureKeys: ['a.pub'] }))).toEqual(expected);
    const files = { ...FILES, 'airgap-charts.yaml': 'platform: auto\nsignatureKeys: [a.pub]\n' };
    expect(await messages(files, asking({}))).toEqual([
      'airgap-charts.yaml:2:1: it is said who must have signed, but not that signatures are verified, add verifySignatures: true, or say --no-verify-signatures',
    ]);
  });

  const NOBODY =
    'it is not said who must have signed, add signatureKeys, or signatureIdentity with signatureIssuer and signatureTrustRoot';
  const NO_ROOT =
    'certificates cannot be believed without signatureTrustRoot, write trusted_root.json: cosign trusted-root create --with-default-services makes that of sigstore.dev';

  it.each<[string, string, readonly string[]]>([
    ['a policy wants signatures of nobody', 'policy:\n  requireSignatures: ["*"]\n', [`c.yaml:2:3: ${NOBODY}`]],
    ['nobody is named', '# all\nverifySignatures: true\n', [`c.yaml:2:1: ${NOBODY}`]],
    [
      'a key is not there',
      'verifySignatures: true\nsignatureKeys:\n  - a.pub\n  - c.pub\n',
      ['c.yaml:4:5: "c.pub" cannot be read (ENOENT), name a file'],
    ],
    [
      'there is no issuer',
      'verifySignatures: true\nsignatureIdentityRegexp: a\n',
      ['c.yaml:2:1: its issuer is not named, add signatureIssuer', `c.yaml:2:1: ${NO_ROOT}`],
    ],
    [
      'a trust root is not there',
      'verifySignatures: true\nsignatureKeys: [a.pub]\nsignatureTrustRoot: none.json\n',
      [
        'c.yaml:3:1: "none.json" cannot be read (ENOENT), name a file',
        'c.yaml:3:1: nobody is named, add signatureIdentity and signatureIssuer, or leave it out',
      ],
    ],
    [
      'both forms are given',
      'verifySignatures: true\nsignatureIdentity: a\nsignatureIdentityRegexp: b\nsignatureIssuer: c\nsignatureTrustRoot: root.json\n',
      ['c.yaml:2:1: signatureIdentityRegexp is given, too, give one of them'],
    ],
  ])('is told at the line of the configuration: %s', async (_name, text, expected) => {
    const found = await messages({ ...FILES, 'c.yaml': text }, asking({}, 'c.yaml'));
    expect([...found].sort()).toEqual([...expected].sort());
  });

  it('is told of the flag that takes the place of a line', async () => {
    const files = {
      ...FILES,
      'c.yaml': 'verifySignatures: true\nsignatureIdentity: a\nsignatureTrustRoot: root.json\n',
    };
    expect(await messages(files, asking({ signatureIdentityRegexp: '(', signatureIssuer: 'x' }, 'c.yaml'))).toEqual([
      '--signature-identity: "(" is no regular expression of JavaScript, correct it',
    ]);
    const policy = { ...FILES, 'c.yaml': 'policy:\n  requireSignatures: ["*"]\n' };
    expect(await messages(policy, asking({ verifySignatures: true }, 'c.yaml'))).toEqual([
      expect.stringMatching(/^--verify-signatures: it is not said who must have signed/),
    ]);
  });
});
