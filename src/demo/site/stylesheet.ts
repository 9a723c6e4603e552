/** One sheet for all looks of the demo site; colours meet WCAG AA in both schemes. */
export const stylesheet = `
:root {
  --paper: #f6f1e7; --sheet: #fffdf8; --ink: #22303a; --faint: #56646e; --line: #ddd3c0;
  --band: #0d5c63; --on-band: #ffffff; --act: #0d5c63; --on-act: #ffffff;
  --head: Georgia, 'Times New Roman', serif; --round: 4px;
  color-scheme: light dark;
}
[data-look='tidewater-planner'] {
  --paper: #eef1fb; --sheet: #ffffff; --ink: #1e2440; --faint: #545b78; --line: #d3d8ee;
  --band: #35308f; --act: #35308f; --head: 'Trebuchet MS', Verdana, sans-serif; --round: 14px;
}
[data-look='lighthouse-library'] {
  --paper: #f8f2f0; --sheet: #ffffff; --ink: #2d1f23; --faint: #6b565c; --line: #e6d6d6;
  --band: #8c1d35; --act: #8c1d35; --head: Palatino, 'Palatino Linotype', 'Book Antiqua', serif; --round: 0;
}
[data-look='mailbox'] {
  --paper: #f1f1ee; --sheet: #ffffff; --ink: #262626; --faint: #595959; --line: #d8d8d2;
  --band: #7a3b12; --act: #7a3b12;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #11191c; --sheet: #192428; --ink: #e6ecec; --faint: #a3b3b6; --line: #2f3f44;
    --band: #0b3d42; --on-band: #e8f6f6; --act: #7fd4cf; --on-act: #06282b;
  }
  [data-look='tidewater-planner'] {
    --paper: #12132a; --sheet: #1b1d3a; --ink: #e8e9f8; --faint: #abaecf; --line: #35386a;
    --band: #2a2769; --on-band: #ececff; --act: #b3b2ff; --on-act: #17153f;
  }
  [data-look='lighthouse-library'] {
    --paper: #1a1113; --sheet: #25181b; --ink: #f3e8ea; --faint: #c2abb0; --line: #45303a;
    --band: #641426; --on-band: #fdeef0; --act: #f4a6b4; --on-act: #3b0a16;
  }
  [data-look='mailbox'] {
    --paper: #181614; --sheet: #221f1c; --ink: #f0ece8; --faint: #b8afa7; --line: #3d3731;
    --band: #4b2710; --on-band: #fbeee5; --act: #f0b48c; --on-act: #3a1b07;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; display: flex; flex-direction: column;
  font: 1.0625rem/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  overflow-wrap: anywhere;
}
header {
  display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 0 1.5rem;
  padding: 0.5rem clamp(1rem, 4vw, 2.5rem); background: var(--band); color: var(--on-band);
}
header a { color: inherit; min-height: 44px; display: inline-flex; align-items: center; gap: 0.6rem; }
.site { font: 600 1.2rem/1.2 var(--head); text-decoration: none; }
.sign {
  width: 2rem; height: 2rem; border-radius: var(--round); display: grid; place-items: center;
  border: 2px solid currentColor;
}
main { flex: 1; width: 100%; max-width: 46rem; margin: 0 auto; padding: clamp(1.5rem, 6vw, 3.5rem) 1rem; }
footer { padding: 1.25rem 1rem; text-align: center; font-size: 0.9rem; color: var(--faint); }
h1 { font: 600 clamp(1.75rem, 6vw, 2.5rem)/1.15 var(--head); margin: 0 0 1rem; }
h2 { font: 600 1.25rem/1.3 var(--head); margin: 0 0 0.75rem; }
p { margin: 0 0 1rem; }
a { color: var(--act); text-underline-offset: 0.2em; }
.lead { font-size: 1.2rem; color: var(--faint); }
.small { font-size: 0.925rem; color: var(--faint); }
.hero { text-align: center; padding-top: clamp(0rem, 6vh, 4rem); }
section:not(.hero, .actions), article, .notice {
  background: var(--sheet); border: 1px solid var(--line); border-radius: var(--round);
  padding: clamp(1rem, 4vw, 1.75rem); margin-bottom: 1.5rem;
}
.notice { border-left: 4px solid var(--act); padding: 0.75rem 1rem; }
dl { margin: 0; }
dl > div { display: grid; grid-template-columns: 11rem 1fr; gap: 0 1rem; padding: 0.6rem 0; border-top: 1px solid var(--line); }
dt { color: var(--faint); }
dd { margin: 0; }
code { font: 0.8125rem ui-monospace, monospace; color: var(--faint); }
dd code { float: right; padding-left: 0.75rem; line-height: 1.9; }
.id { font: 0.875rem ui-monospace, monospace; }
.text { white-space: pre-wrap; margin: 0; }
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; }
button, .button {
  display: inline-flex; align-items: center; justify-content: center; min-height: 48px; padding: 0.5rem 1.4rem;
  font: 600 1.0625rem/1.2 system-ui, sans-serif; text-decoration: none; text-align: center; cursor: pointer;
  color: var(--on-act); background: var(--act); border: 2px solid var(--act); border-radius: var(--round);
}
.quiet { color: var(--act); background: transparent; }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 3px; }
header :focus-visible { outline-color: var(--on-band); }
@media (max-width: 34rem) {
  dl > div { grid-template-columns: 1fr; }
  .actions > *, .actions button { width: 100%; }
}
`;
