/** @param {readonly number[]} values in any order */
function median(values) {
  return quantile(values, 0.5);
}

/** The nearest rank: always one of the values. @param {number} share 0 to 1 */
function quantile(values, share) {
  if (values.length === 0) throw new RangeError('there is no quantile of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1];
}

/** @returns {{ median: number, min: number, max: number }} */
function summary(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

module.exports = { median, quantile, summary };
