/** How the report looks: on a screen, light and dark, wide and narrow, and on paper. */

export const style = `
:root { color-scheme: light dark;
  --paper: #fff; --ground: #f6f8f8; --ink: #17211f; --soft: #54625f; --line: #d9e1df; --accent: #0f6b63; --bar: #2a8c82; --bar-ground: #e6eeec;
  --out: #b3261e; --fatal: #8c1d18; --error: #b3261e; --warning: #8a5a00; --info: #1f5f99; --good: #1a7f37; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #161c1b; --ground: #0f1413; --ink: #e4ecea; --soft: #9db0ac; --line: #2c3735; --accent: #5fc9bd; --bar: #4fb3a8; --bar-ground: #24302e;
  --out: #ff8f86; --fatal: #ffb0a8; --error: #ff8f86; --warning: #f0c264; --info: #86bdf0; --good: #66d184; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 60rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.75rem 0 .25rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 0; line-height: 1.4; }
p { margin: .35rem 0; max-width: 46rem; }
a { color: var(--accent); }
.soft { color: var(--soft); }
nav { margin-top: 1rem; }
.verdict { margin: 1.5rem 0 0; padding: 1rem 1.25rem; background: var(--paper); border: 1px solid var(--line); border-left: 5px solid var(--mark); border-radius: 4px; }
.verdict strong { font-size: 1.1rem; }
.verdict ul { margin: .5rem 0 0; padding-left: 1.2rem; }
.good { --mark: var(--good); } .bad { --mark: var(--error); }
table { width: 100%; border-collapse: collapse; margin-top: .75rem; }
th, td { text-align: left; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: middle; font-weight: 400; }
thead th { color: var(--soft); font-size: .8125rem; border-bottom-color: var(--soft); vertical-align: bottom; }
td.number, th.number { text-align: right; white-space: nowrap; }
td.picture { width: 34%; padding-right: 1rem; } th:last-child, td:last-child { padding-right: 0; }
.schools td { padding-right: 1.5rem; }
.cell { display: flex; align-items: center; gap: .6rem; }
.cell svg { flex: 1; min-width: 2rem; } .cell span { min-width: 3.2em; text-align: right; }
svg { display: block; width: 100%; height: 12px; }
.ground { fill: var(--bar-ground); } .bar { fill: var(--bar); } .out { fill: var(--out); }
.out-word { color: var(--out); font-weight: 600; }
.rule { margin-top: 1.25rem; padding: 1rem 1.25rem; background: var(--paper); border: 1px solid var(--line); border-radius: 4px; }
.rule header { display: flex; gap: .75rem; align-items: baseline; flex-wrap: wrap; }
.level { font-size: .75rem; font-weight: 700; letter-spacing: .02em; padding: .05rem .5rem; border: 1.5px solid currentColor; border-radius: 999px; white-space: nowrap; }
.fatal { color: var(--fatal); } .error { color: var(--error); } .warning { color: var(--warning); } .info { color: var(--info); }
.rule h3 { flex: 1 1 18rem; } .rule header .soft { font-size: .8125rem; }
.rule dl { margin: .6rem 0 0; display: grid; grid-template-columns: max-content 1fr; gap: .15rem .9rem; }
.rule dt { color: var(--soft); } .rule dd { margin: 0; max-width: 44rem; }
.places { list-style: none; margin: .75rem 0 0; padding: .6rem 0 0; border-top: 1px solid var(--line); font-size: .875rem; }
.places li { padding: .15rem 0; overflow-wrap: anywhere; } .places b { font-weight: 600; white-space: nowrap; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .8125rem; }
@media (max-width: 40rem) {
  main { padding: 1.5rem 1rem 3rem; }
  .rule { padding: .9rem 1rem; }
  .rule dl { grid-template-columns: 1fr; gap: 0; } .rule dd { margin-bottom: .4rem; }
  .schools thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .schools tr { display: grid; grid-template-columns: 1fr 1fr; gap: .1rem 1rem; padding: .6rem 0; border-bottom: 1px solid var(--line); }
  .schools th, .schools td { border: 0; padding: .1rem 0; display: block; width: auto; } .schools th { grid-column: 1 / -1; font-weight: 600; }
  .schools td::before { content: attr(data-title); color: var(--soft); font-size: .75rem; display: block; }
  td.picture { width: 26%; }
  th, td { padding-right: .5rem; }
}
@media print {
  :root { color-scheme: light; --paper: #fff; --ground: #fff; --ink: #000; --soft: #444; --line: #bbb; --accent: #000; --bar: #2a8c82; --bar-ground: #e6eeec;
    --out: #b3261e; --fatal: #8c1d18; --error: #b3261e; --warning: #7a4f00; --info: #1f4f80; --good: #1a6b30; }
  body { font-size: 10.5pt; } main { max-width: none; padding: 0; }
  svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .rule, tr, .verdict { break-inside: avoid; } h2, h3, thead { break-after: avoid; } nav { display: none; }
  @page { margin: 16mm 14mm; }
}
`;
