import { describe, expect, it } from 'vitest';
import { readProvenance } from '../../../../src/domain/chart/provenance.ts';
import { digestOf } from '../../../../src/domain/manifest.ts';
import { provenanceText } from '../../../support/signed-charts.ts';

const DIGEST = digestOf('archive');
const OTHER = digestOf('another');
const GOOD = provenanceText({ 'web-1.0.0.tgz': DIGEST });

function read(text: string) {
  return readProvenance(Buffer.from(text), DIGEST);
}

describe('a provenance file', () => {
  it.each([
    ['names the digest of the archive', GOOD, 'web-1.0.0.tgz'],
    ['has line breaks of Windows', GOOD.replaceAll('\n', '\r\n'), 'web-1.0.0.tgz'],
    ['names other files, too', provenanceText({ 'a.tgz': OTHER, 'v-1.0.0+b.2.tgz': DIGEST }), 'v-1.0.0+b.2.tgz'],
  ])('that %s belongs to it', (_, text, file) => {
    expect(read(text)).toEqual({ kind: 'fits', file });
  });

  it.each([
    ['is a page', '<!doctype html>', /^it does not begin with -----BEGIN PGP SIGNED MESSAGE-----$/],
    ['is empty', '', /does not begin/],
    ['has a line before its head', `\n${GOOD}`, /does not begin/],
    ['breaks off', GOOD.slice(0, GOOD.indexOf('-----BEGIN PGP SIGNATURE')), /^it has no signature$/],
    ['has no second part', GOOD.replace('\n...\n', '\n'), /names no digest/],
    ['has a second part that is no YAML', GOOD.replace('files:', 'files: ]'), /names no digest/],
    ['has a second part of another kind', GOOD.replace('files:', 'x:'), /names no digest/],
    [
      'names files behind its signature only',
      GOOD.replace('files:', '-----BEGIN PGP SIGNATURE-----\nfiles:'),
      /no digest/,
    ],
    [
      'is for another archive',
      provenanceText({ 'web-1.0.0.tgz': OTHER }),
      new RegExp(`^it is for an archive with digest ${OTHER}, and the one that was fetched has ${DIGEST}$`),
    ],
    [
      'leads out of its folder',
      provenanceText({ '../web-1.0.0.tgz': DIGEST }),
      /"\.\.\/web-1\.0\.0\.tgz", which is no name/,
    ],
    ['names no archive', provenanceText({ 'web.prov': DIGEST }), /which is no name of one/],
  ])('that %s is told from one', (_, text, reason) => {
    expect(read(text)).toEqual({ kind: 'unfit', reason: expect.stringMatching(reason) });
  });
});
