import { counted } from '../../domain/report/counted.ts';
import type { Report, ReportedImage } from '../../domain/report/report.ts';
import type { ReportedLayers } from '../../domain/report/reported-layers.ts';
import { formatSize } from '../../domain/report/size.ts';
import { type Html, html, NO_HTML } from './html.ts';
import { table } from './tables.ts';

/** How many bars a picture has at most; the others are added up. */
const BARS = 15;

interface Bar {
  readonly name: string;
  readonly bytes: number;
  readonly note: string;
  /** For what is left over and added up, which has no bar: it would be the longest. */
  readonly isRest?: true;
}

/** The host of a reference as the report writes it. */
export function registryOf(reference: string): string {
  return reference.split('/', 1)[0] ?? reference;
}

/** A bar of a length between 0 and 1. It says nothing that does not stand beside it in words. */
function bar(share: number): Html {
  const width = Math.max(0.2, Math.round(share * 1000) / 10);
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect x="0" y="0" width="${width}" height="10"/></svg>`;
}

function rest(bars: readonly Bar[]): readonly Bar[] {
  if (bars.length <= BARS + 1) return bars;
  const others = bars.slice(BARS);
  const bytes = others.reduce((sum, one) => sum + one.bytes, 0);
  return [...bars.slice(0, BARS), { name: `${others.length} others`, bytes, note: '', isRest: true }];
}

function picture(id: string, title: string, caption: string, what: string, bars: readonly Bar[]): Html {
  const shown = rest([...bars].sort((a, b) => b.bytes - a.bytes));
  const most = Math.max(1, ...shown.map(({ bytes, isRest }) => (isRest ? 0 : bytes)));
  const rows = shown.map(
    ({
      name,
      bytes,
      note,
      isRest,
    }) => html`<tr><th scope="row"><code>${name}</code>${note === '' ? NO_HTML : html`<br><span class="soft">${note}</span>`}</th>
<td data-name="${what}" class="number">${formatSize(bytes)}</td><td>${isRest ? NO_HTML : bar(bytes / most)}</td></tr>
`,
  );
  return html`<div><h3>${title}</h3>${table(id, caption, [{ name: 'Name' }, { name: what, isNumber: true }, { name: 'Share' }], rows)}</div>
`;
}

function sums(images: readonly ReportedImage[], namesOf: (image: ReportedImage) => readonly string[]): readonly Bar[] {
  const found = new Map<string, { bytes: number; images: number }>();
  for (const image of images) {
    for (const name of new Set(namesOf(image))) {
      const sum = found.get(name) ?? { bytes: 0, images: 0 };
      found.set(name, { bytes: sum.bytes + (image.bytes ?? 0), images: sum.images + 1 });
    }
  }
  return [...found].map(([name, { bytes, images: count }]) => ({
    name,
    bytes,
    note: counted(count, 'image', 'images'),
  }));
}

function layerPicture({ shared, bytes, uniqueBytes, images }: ReportedLayers): Html {
  const saved = bytes - uniqueBytes;
  const caption = `${counted(images, 'image', 'images')} take ${formatSize(uniqueBytes)} in place of ${formatSize(bytes)}: ${formatSize(saved)} saved`;
  const bars = shared.map(({ digest, bytes: size, images: users }) => ({
    name: digest.slice(0, 'sha256:'.length + 12),
    bytes: size * (users.length - 1),
    note: `${formatSize(size)} in ${users.length} images: ${users.slice(0, 3).join(', ')}${users.length > 3 ? ', …' : ''}`,
  }));
  return picture('layers', 'Where shared layers save bytes', caption, 'Saved', bars);
}

/** Where the bytes are: by registry and by chart, and what shared layers save. Only images whose manifests were read, now or by an earlier run, have a size. */
export function sizePictures({ images, layers }: Report): Html {
  const known = images.filter(({ bytes }) => bytes !== null);
  const head = html`<section id="sizes-part" aria-labelledby="sizes-head"><h2 id="sizes-head">Sizes</h2>`;
  if (known.length === 0) {
    const why = 'No size is known: this run has read no manifest, and no earlier one has kept what it read.';
    return images.length === 0
      ? NO_HTML
      : html`${head}<p class="soft">${why}</p></section>
`;
  }
  const unknown = images.length - known.length;
  const of =
    unknown === 0
      ? ''
      : ` ${counted(unknown, 'image has', 'images have')} no known size: their manifests were not read, and no earlier run has kept them.`;
  const byChart = sums(known, ({ usedBy }) => usedBy.map(({ chart }) => chart));
  const charts =
    byChart.length === 0
      ? NO_HTML
      : picture('by-chart', 'By chart', 'an image counts for each chart that uses it', 'Size', byChart);
  return html`${head}
<p class="soft">Compressed sizes at the source, all platforms, for ${counted(known.length, 'image', 'images')}.${of}</p>
<div class="pictures">${picture(
    'by-registry',
    'By registry',
    'what images of each source take, shared layers counted for each image',
    'Size',
    sums(known, ({ source }) => [registryOf(source)]),
  )}${charts}${layers === null || layers.shared.length === 0 ? NO_HTML : layerPicture(layers)}</div></section>
`;
}
