/**
 * What the page does by itself: search and filter, sorting, light and dark. Plain JavaScript for browsers. All content is there
 * without it; what needs it is shown by it.
 */
export const SCRIPT = `
'use strict';
for (const part of document.querySelectorAll('.needs-script')) part.hidden = false;

const root = document.documentElement;
const theme = document.querySelector('.theme');
const isDark = () => root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
const nameTheme = () => { theme.textContent = isDark() ? 'Light' : 'Dark'; };
theme.addEventListener('click', () => { root.dataset.theme = isDark() ? 'light' : 'dark'; nameTheme(); });
nameTheme();

for (const tools of document.querySelectorAll('.tools[data-table]')) {
  const table = document.getElementById(tools.dataset.table);
  const rows = [...table.tBodies[0].rows];
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const search = tools.querySelector('input');
  const selects = [...tools.querySelectorAll('select')];
  const count = tools.querySelector('output');
  const fits = (row) => {
    const words = search.value.toLowerCase().split(' ').filter((word) => word !== '');
    if (!words.every((word) => texts.get(row).includes(word))) return false;
    return selects.every(({ value, name }) => value === '' || row.dataset[name].split(' ').includes(value));
  };
  const apply = () => {
    let shown = 0;
    for (const row of rows) {
      const isShown = fits(row);
      row.hidden = !isShown;
      if (isShown) shown += 1;
    }
    count.textContent = shown + ' of ' + rows.length;
  };
  search.addEventListener('input', apply);
  for (const select of selects) select.addEventListener('change', apply);
  apply();
}

for (const button of document.querySelectorAll('th button')) {
  button.addEventListener('click', () => {
    const head = button.closest('th');
    const body = head.closest('table').tBodies[0];
    const isUp = head.getAttribute('aria-sort') !== 'ascending';
    for (const other of head.parentElement.cells) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', isUp ? 'ascending' : 'descending');
    const key = (row) => row.cells[head.cellIndex].dataset.sort ?? row.cells[head.cellIndex].textContent;
    const compare = new Intl.Collator('en', { numeric: true }).compare;
    const sorted = [...body.rows].sort((a, b) => (isUp ? 1 : -1) * compare(key(a), key(b)));
    body.append(...sorted);
  });
}
`;
