import { counted } from '../domain/report/counted.ts';
import { formatSize } from '../domain/report/size.ts';
import type { ImageInfo, WrapInfo } from '../domain/wrap/wrap-info.ts';
import { printable } from '../errors.ts';

function imageLines({ chart, name, image, digest, platforms }: ImageInfo, detailed: boolean): readonly string[] {
  if (!detailed) return [`  ${image} (${platforms.map(({ arch }) => arch).join(', ')})`];
  return [
    `  ${chart}/${name}`,
    `    image     ${image}`,
    `    digest    ${digest ?? 'not kept: unwrapping makes an index with a new digest where there are several platforms'}`,
    ...platforms.map(({ arch, digest: own, bytes }) => {
      const size = bytes === null ? 'NOT IN THE FILE' : formatSize(bytes);
      return `    ${arch.padEnd(13)}  ${own}  ${size}`;
    }),
  ];
}

/** What a wrap holds, for people. */
export function infoText(info: WrapInfo, detailed: boolean): string {
  const { chart, generatedAt, generatedBy, bytes, blobBytes, images } = info;
  const lines = [
    `chart        ${chart.name} ${chart.version}`,
    `app version  ${chart.appVersion}`,
    `made         ${generatedAt} by ${generatedBy}`,
    `size         ${formatSize(bytes)}; ${formatSize(blobBytes)} of layers and configurations, each counted once`,
    `${counted(images.length, 'image', 'images')}${images.length === 0 ? '' : ':'}`,
    ...images.flatMap((image) => imageLines(image, detailed)),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}
