import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/domain/report/report.ts';
import { reportPage } from '../../src/report/html/page.ts';
import { largeReport, unbrokenReport } from '../support/large-report.ts';
import { describeWith, requireTool } from '../support/tools.ts';
import { inDirectory } from '../support/wrap-samples.ts';

const BIG = largeReport();

interface Look {
  readonly colorScheme: 'light' | 'dark';
  readonly width: number;
  /** Whether the page is looked at as it is: its policy lets no other script in. */
  readonly isStrict?: boolean;
}

describeWith(['chromium'], 'the page of a run, in a browser', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: requireTool('chromium'),
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    });
  });

  afterAll(async () => {
    await browser?.close();
  });

  async function look(
    report: Report,
    { colorScheme, width, isStrict = true }: Look,
    work: (page: Page) => Promise<void>,
  ) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 }, bypassCSP: !isStrict });
    const said: string[] = [];
    try {
      const page = await context.newPage();
      page.on('console', (message) => said.push(message.text()));
      page.on('pageerror', (error) => said.push(String(error)));
      page.on('request', (request) => {
        if (!request.url().startsWith('file:')) said.push(`asked for ${request.url()}`);
      });
      await inDirectory(async (directory) => {
        const path = join(directory, 'report.html');
        await writeFile(path, reportPage(report));
        await page.goto(pathToFileURL(path).href);
        await work(page);
      });
    } finally {
      await context.close();
    }
    expect(said).toEqual([]);
  }

  const visibleRows = (page: Page, table: string) => page.locator(`#${table} tbody tr:visible`).count();

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 360],
  ] as const)('has nothing against it from axe (%s, %d wide)', async (colorScheme, width) => {
    const report = largeReport({ charts: 8, images: 40 });
    await look(report, { colorScheme, width, isStrict: false }, async (page) => {
      await page.evaluate(axe.source);
      const found: unknown = await page.evaluate(
        `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html))`,
      );
      expect(found).toEqual([]);
    });
  });

  it('does not scroll sideways on a narrow screen', async () => {
    await look(BIG, { colorScheme: 'light', width: 360 }, async (page) => {
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    });
  });

  it.each([320, 360, 640, 768, 833, 1024, 1199, 1280, 1600])(
    'has no table that is wider than its box (%d wide), whatever words stand in it',
    async (width) => {
      await look(unbrokenReport(), { colorScheme: 'light', width }, async (page) => {
        const boxes = await page.locator('table').evaluateAll((tables) =>
          tables.map((table) => {
            const box = table.parentElement;
            return { id: table.id, wide: table.scrollWidth, box: box?.clientWidth ?? 0 };
          }),
        );
        expect(boxes.map(({ id }) => id)).toEqual([
          'attention',
          'charts',
          'images',
          'by-registry',
          'by-chart',
          'layers',
        ]);
        expect(boxes.filter(({ wide, box }) => wide > box)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      });
    },
  );

  it('finds, chooses and sorts among a thousand images', async () => {
    await look(BIG, { colorScheme: 'light', width: 1280 }, async (page) => {
      expect(await visibleRows(page, 'images')).toBe(1000);
      await page.getByRole('searchbox').last().fill('image-77 team-37');
      expect(await visibleRows(page, 'images')).toBe(1);
      await page.getByRole('searchbox').last().fill('');
      await page.locator('#images-status').selectOption('failed');
      const failed = BIG.images.filter(({ status }) => status === 'failed').length;
      expect(await visibleRows(page, 'images')).toBe(failed);
      expect(await page.locator('[data-table="images"] output').textContent()).toBe(`${failed} of 1000`);
      await page.locator('#images-status').selectOption('');
      await page.locator('#images thead').getByRole('button', { name: 'Size' }).click();
      await page.locator('#images thead').getByRole('button', { name: 'Size' }).click();
      const most = Math.max(...BIG.images.map(({ bytes }) => bytes ?? 0));
      expect(await page.locator('#images tbody tr').first().locator('[data-sort]').getAttribute('data-sort')).toBe(
        String(most),
      );
    });
  });

  it('can be used by keyboard: skip link, search, and what unfolds', async () => {
    await look(BIG, { colorScheme: 'light', width: 1280 }, async (page) => {
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.className')).toBe('skip');
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.id')).toBe('main');
      const summary = page.locator('#charts details summary').first();
      await summary.focus();
      await page.keyboard.press('Enter');
      expect(await page.locator('#charts details').first().getAttribute('open')).toBe('');
    });
  });

  it('changes between light and dark', async () => {
    await look(largeReport({ charts: 1, images: 2 }), { colorScheme: 'dark', width: 1280 }, async (page) => {
      const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
      const dark = await ground();
      await page.getByRole('button', { name: /light and dark/ }).click();
      expect(await ground()).toBe('rgb(255, 255, 255)');
      await page.getByRole('button', { name: /light and dark/ }).click();
      expect(await ground()).toBe(dark);
    });
  });

  it('shows what others wrote as text', async () => {
    const evil = '<img src=x onerror=alert(1)><script>alert(2)</script>"\'&';
    const report = largeReport({ charts: 1, images: 1 });
    const images = report.images.map((row) => ({
      ...row,
      source: evil,
      error: { code: evil, origin: evil, message: evil, hint: evil },
    }));
    const charts = report.charts.map((row) => ({ ...row, chart: evil, release: evil, notes: [evil] }));
    await look(
      { ...report, target: evil, notes: [evil], images, charts },
      { colorScheme: 'light', width: 1280 },
      async (page) => {
        expect(await page.locator('img').count()).toBe(0);
        expect(await page.locator('script').count()).toBe(1);
        expect(await page.title()).toContain(evil);
      },
    );
  });
});

describe('the page of a run', () => {
  it('holds all of it without a script, failures first, and asks for nothing', () => {
    const page = reportPage(BIG);
    for (const { source } of BIG.images) expect(page).toContain(`<code>${source}</code>`);
    expect(page.indexOf('id="attention-part"')).toBeLessThan(page.indexOf('id="charts-part"'));
    expect(page).not.toMatch(/(?:src|href)="(?!#)/);
    expect(page).toContain('default-src &#39;none&#39;');
    expect(page.length).toBeLessThan(2_000_000);
  });
});
