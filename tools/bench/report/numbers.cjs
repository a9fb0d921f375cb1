// How numbers are shown.

/** Three significant digits, thousands separated. */
function shown(value) {
  if (value >= 100) return Math.round(Number(value.toPrecision(3))).toLocaleString('en');
  return Number.isNaN(value) ? '-' : String(Number(value.toPrecision(3)));
}

/** @param {{ median: number, min: number, max: number }} result */
function shownRange({ median, min, max }) {
  return `${shown(median)} (${shown(min)}-${shown(max)})`;
}

function shownRatio(ratio) {
  return `${ratio >= 10 ? Math.round(ratio) : ratio.toFixed(1)}x`;
}

/** Rates are better when they are higher, times when they are lower. */
function isRate(unit) {
  return unit.endsWith('/s');
}

/** How many times as fast as `other` this is. */
function ratioOf(unit, median, other) {
  return isRate(unit) ? median / other : other / median;
}

module.exports = { shown, shownRange, shownRatio, isRate, ratioOf };
