/** Everything the page looks like; no font, script or picture is loaded from anywhere. */
export const style: string = `
:root { color-scheme: light dark; --ink: #1d2433; --dim: #6b7488; --paper: #fff; --line: #d9dee8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9f0; --dim: #98a1b5; --paper: #14171f; --line: #2c3342; } }
body { font: 14px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1180px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; margin: 0 0 .3rem; } h2 { font-size: 1rem; margin: 1.6rem 0 .4rem; }
p, dl { margin: .2rem 0; color: var(--dim); } dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; } dd { margin: 0; color: var(--ink); }
svg { width: 100%; height: auto; display: block; } svg text { font: 11px system-ui, sans-serif; fill: var(--dim); } .label { text-anchor: end; }
.tick { stroke: var(--line); } .old { fill: #8a94a8; } .new { fill: #2f7de1; }
.starting { opacity: .25; } .testing { opacity: .5; } .draining { opacity: .4; } .leaving { opacity: .15; } .failed { fill: #c93a3a; }
.passed { fill: #2e9e5b; } .missed { fill: #c93a3a; } .call { fill: #b98a1e; }
polyline { fill: none; stroke-width: 2; } .total { stroke: #8a94a8; } .serving-count { stroke: #2e9e5b; } .floor { stroke: #c93a3a; stroke-dasharray: 4 4; stroke-width: 1; }
.level line { stroke: var(--line); stroke-dasharray: 2 3; }
table { border-collapse: collapse; width: 100%; } td { border-top: 1px solid var(--line); padding: .2rem .6rem .2rem 0; vertical-align: top; }
td:first-child { white-space: nowrap; color: var(--dim); text-align: right; font-variant-numeric: tabular-nums; } td:nth-child(2) { font-weight: 600; white-space: nowrap; }
.outcome { display: inline-block; padding: .1rem .6rem; border-radius: 1rem; color: #fff; background: #c93a3a; } .outcome.completed, .outcome.unchanged { background: #2e9e5b; } .outcome.paused, .outcome.awaiting-approval { background: #b98a1e; }
.key { display: inline-block; width: .8rem; height: .8rem; border-radius: .2rem; vertical-align: -.1rem; margin: 0 .3rem 0 .9rem; }
`.trim();
