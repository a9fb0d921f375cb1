// Puts text that is made into a page that is written.

const START = '<!-- bench -->';
const END = '<!-- /bench -->';

/** @throws when the page has no place for it */
function withSection(page, section) {
  const [start, end] = [page.indexOf(START), page.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`the page has no ${START} ... ${END}`);
  return `${page.slice(0, start + START.length)}\n\n${section}\n\n${page.slice(end)}`;
}

module.exports = { withSection };
