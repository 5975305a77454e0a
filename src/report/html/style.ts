const LIGHT = `
  --ground: #ffffff; --panel: #f5f6f8; --line: #c9ced6; --text: #1b1f24; --soft: #4d5661;
  --good: #14622f; --good-ground: #e3f4e8; --bad: #9b1c1c; --bad-ground: #fde8e8;
  --doubt: #744600; --doubt-ground: #fdf1d6; --bar: #2f6fb2; --link: #0b57a4;`;

const DARK = `
  --ground: #14171b; --panel: #1e2329; --line: #454d58; --text: #eceff3; --soft: #b4bcc7;
  --good: #8fdda8; --good-ground: #17351f; --bad: #ffb3ad; --bad-ground: #451a1a;
  --doubt: #f6cf86; --doubt-ground: #3d2d0c; --bar: #6ea8e5; --link: #8cc0f5;`;

/** The style of the page: light or dark as the reader's system is, or as the reader says. Readable from 320 pixels on, and on paper. */
export const STYLE = `
:root { color-scheme: light;${LIGHT} }
@media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) { color-scheme: dark;${DARK} } }
:root[data-theme="dark"] { color-scheme: dark;${DARK} }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
a { color: var(--link); }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 1rem; top: 1rem; background: var(--ground); padding: .5rem; z-index: 2; }
:focus-visible { outline: 3px solid var(--bar); outline-offset: 2px; }
p, li, dd { overflow-wrap: anywhere; }
header, main, footer { max-width: 78rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.25rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
p { margin: .25rem 0 .5rem; }
.soft { color: var(--soft); }
code, .code { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .9em; overflow-wrap: anywhere; }
.verdict { display: inline-block; padding: .3rem .8rem; border-radius: .4rem; font-weight: 600; }
.word { display: inline-block; padding: 0 .45rem; border-radius: .3rem; white-space: nowrap; }
.good { color: var(--good); background: var(--good-ground); }
.bad { color: var(--bad); background: var(--bad-ground); font-weight: 600; }
.doubt { color: var(--doubt); background: var(--doubt-ground); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; margin: .75rem 0; padding: 0; }
dl.totals { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .6rem; margin: 1rem 0; }
dl.totals div { background: var(--panel); border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .8rem; }
dl.totals dt { color: var(--soft); }
dl.totals dd { margin: 0; font-size: 1.3rem; font-weight: 600; }
dl.totals dd small { display: block; font-size: .85rem; font-weight: 400; color: var(--soft); }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding: .5rem .6rem; color: var(--soft); }
th, td { overflow-wrap: anywhere; text-align: left; vertical-align: top; padding: .35rem .6rem; border-top: 1px solid var(--line); }
thead th { background: var(--panel); white-space: nowrap; }
th button { font: inherit; font-weight: 600; background: none; border: 0; color: inherit; padding: 0; cursor: pointer; text-decoration: underline dotted; }
th[aria-sort="ascending"] button::after { content: " ▲"; }
th[aria-sort="descending"] button::after { content: " ▼"; }
td.number, th.number { text-align: right; white-space: nowrap; }
tbody th { font-weight: 400; }
@media (min-width: 52.01rem) {
  .stacked tbody th { min-width: 12rem; }
  .stacked td[data-name] { min-width: 5.5rem; }
  #charts td[data-name="Status"], #images td[data-name="Status"], td[data-name="Why"], td[data-name="Next"] { min-width: 12rem; }
  #images tbody th { min-width: 18rem; }
}
@media (min-width: 75rem) { .stacked td[data-name] { min-width: 7.5rem; } #images tbody th { min-width: 28rem; } #attention tbody th, #charts tbody th { min-width: 18rem; } }
details > summary { cursor: pointer; }
details ul { margin: .25rem 0; padding-left: 1.2rem; }
.tools { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; margin: .5rem 0; }
.tools label { display: block; color: var(--soft); }
input, select, .theme { font: inherit; color: var(--text); background: var(--ground); border: 1px solid var(--soft); border-radius: .3rem; padding: .3rem .5rem; }
select { max-width: min(20rem, 85vw); }
input[type="search"] { width: min(24rem, 80vw); }
.theme { cursor: pointer; float: right; }
svg.bar { display: block; width: 100%; min-width: 6rem; height: .9rem; }
svg.bar rect { fill: var(--bar); }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr)); gap: 1.5rem; }
footer { padding-bottom: 3rem; margin-top: 2rem; color: var(--soft); }
[hidden] { display: none !important; }
@media (max-width: 52rem) {
  .stacked thead { position: absolute; left: -999rem; }
  .stacked tr, .stacked td, .stacked tbody th { display: block; width: 100%; text-align: left; }
  .stacked tr { border-top: 2px solid var(--line); padding: .4rem 0; }
  .stacked td, .stacked tbody th { border: 0; padding: .1rem .6rem; }
  .stacked td[data-name]::before { content: attr(data-name) ": "; color: var(--soft); }
}
@media print { .tools, .theme, nav, .skip { display: none; } .scroll { overflow: visible; border: 0; } }
`;
