import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/domain/manifest.ts';
import { formatRecord, type ImageRecord } from '../../../../src/domain/records/record.ts';
import {
  chartOfRecordTag,
  recordArtifact,
  recordLayer,
  recordTag,
} from '../../../../src/domain/records/record-artifact.ts';

const CHART = digestOf('chart');
const RECORD: ImageRecord = { chart: 'web', chartVersion: '1.0.0', chartDigest: CHART, images: [] };
const SUBJECT = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: CHART, size: 7 };
const TYPE = 'application/vnd.airgap-charts.images.v1+json';

describe('the artifact of a record', () => {
  it('is an OCI manifest with the empty config, the record as its layer and the chart as its subject', () => {
    const { manifest, blobs, digest, mediaType } = recordArtifact(RECORD, SUBJECT);
    const [config, layer] = blobs;
    expect(config?.toString()).toBe('{}');
    expect(layer?.toString()).toBe(formatRecord(RECORD));
    expect(digest).toBe(digestOf(manifest));
    expect(JSON.parse(Buffer.from(manifest).toString())).toEqual({
      schemaVersion: 2,
      mediaType,
      artifactType: TYPE,
      config: {
        mediaType: 'application/vnd.oci.empty.v1+json',
        digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
        size: 2,
      },
      layers: [{ mediaType: TYPE, digest: digestOf(formatRecord(RECORD)), size: formatRecord(RECORD).length }],
      subject: SUBJECT,
    });
  });

  it('is the same for the same record, and another one for another chart', () => {
    const { digest } = recordArtifact(RECORD, SUBJECT);
    expect(recordArtifact({ ...RECORD, images: [] }, { ...SUBJECT }).digest).toBe(digest);
    expect(recordArtifact(RECORD, { ...SUBJECT, digest: digestOf('other') }).digest).not.toBe(digest);
  });

  it('has no subject where a tag leads to it', () => {
    expect(Buffer.from(recordArtifact(RECORD, undefined).manifest).toString()).not.toContain('subject');
  });

  it('tells where the record is; other manifests hold none', () => {
    const { manifest, mediaType } = recordArtifact(RECORD, SUBJECT);
    expect(recordLayer(manifest, mediaType)?.digest).toBe(digestOf(formatRecord(RECORD)));
    expect(recordLayer(Buffer.from('{}'), mediaType)).toBeUndefined();
    const index = JSON.stringify({ schemaVersion: 2, manifests: [] });
    expect(recordLayer(Buffer.from(index), mediaType)).toBeUndefined();
  });

  it('is tagged after the chart and its own content, so that no other record has its tag', () => {
    const tag = recordTag(RECORD);
    expect(tag).toMatch(new RegExp(`^sha256-${RECORD.chartDigest.slice('sha256:'.length)}\\.images\\.[0-9a-f]{16}$`));
    expect(recordTag({ ...RECORD, chartVersion: '99.0.0' })).not.toBe(tag);
    expect(chartOfRecordTag(tag)).toBe(RECORD.chartDigest);
  });

  it.each(['1.0.0', `sha256-${'a'.repeat(64)}.sig`, `sha256-${'a'.repeat(63)}.images`, 'latest.images'])(
    'the tag %s is that of no record',
    (tag) => {
      expect(chartOfRecordTag(tag)).toBeUndefined();
    },
  );
});
