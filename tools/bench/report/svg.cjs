// The comparison as a bar chart that stands alone: no script, no font, light or dark as the reader's system is.
const { isRate, shown } = require('./numbers.cjs');
const { ENGINE, engineOf, peersOf } = require('./report.cjs');
const { bestRatio } = require('./table.cjs');

const WIDTH = 820;
const LEFT = 150;
const BAR_WIDTH = 400;
const BAR = 16;
const ROW = 20;
const HEAD = 26;
const GAP = 14;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; }
  .name { text-anchor: end; fill: #59636e; }
  .note { fill: #59636e; }
  .ratio { font-weight: 600; fill: #0a6b3d; }
  .engine { fill: #1a7f4b; }
  .peer { fill: #b6bec8; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .name, .note { fill: #9198a1; }
    .ratio { fill: #56d394; }
    .engine { fill: #3fb27f; }
    .peer { fill: #59636e; }
  }`;

/** Bars are as long as an engine is fast, beside the fastest one of the group. @param {import('./report.cjs').Report} report */
function barChart({ comparisons }) {
  const parts = [];
  let y = GAP;
  for (const comparison of comparisons) {
    const engine = engineOf(comparison);
    const shownResults = [...(engine === undefined ? [] : [engine]), ...peersOf(comparison)];
    if (shownResults.length === 0) continue;
    parts.push(text(GAP, y + 14, 'title', `${comparison.title} (${comparison.unit})`));
    y += HEAD;
    const speeds = shownResults.map(({ median }) => (isRate(comparison.unit) ? median : 1 / median));
    for (const [index, { contender, median }] of shownResults.entries()) {
      const width = Math.max(1, Math.round((BAR_WIDTH * speeds[index]) / Math.max(...speeds)));
      const isEngine = contender === ENGINE;
      parts.push(
        text(LEFT - 8, y + 13, 'name', contender),
        `<rect class="${isEngine ? 'engine' : 'peer'}" x="${LEFT}" y="${y}" width="${width}" height="${BAR}" rx="2"/>`,
        label(LEFT + width + 8, y + 13, shown(median), isEngine ? bestRatio(comparison) : '-'),
      );
      y += ROW;
    }
    y += GAP;
  }
  parts.push(text(LEFT, y + 10, 'note', 'Longer is faster.'));
  y += HEAD;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}" role="img">`,
    `<title>How fast: ${escaped(ENGINE)} and others</title>`,
    `<style>${STYLE}\n</style>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function label(x, y, value, ratio) {
  const best = ratio === '-' ? '' : `<tspan class="ratio" dx="8">${escaped(ratio)} the best other</tspan>`;
  return `<text x="${x}" y="${y}">${escaped(value)}${best}</text>`;
}

function text(x, y, style, content) {
  return `<text x="${x}" y="${y}" class="${style}">${escaped(content)}</text>`;
}

function escaped(content) {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

module.exports = { barChart };
