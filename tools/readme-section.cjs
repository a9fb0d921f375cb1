// Puts what a tool has made into a page that people write.

/** @throws when the page has no place for it */
function withSection(page, name, section) {
  const { start, end } = placeOf(page, name);
  return `${page.slice(0, start)}\n\n${section}\n\n${page.slice(end)}`;
}

/** What is there now. @throws when the page has no place for it */
function sectionOf(page, name) {
  const { start, end } = placeOf(page, name);
  return page.slice(start, end).trim();
}

function placeOf(page, name) {
  const [opening, closing] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [found, end] = [page.indexOf(opening), page.indexOf(closing)];
  if (found < 0 || end < found) throw new Error(`the page has no ${opening} ... ${closing}`);
  return { start: found + opening.length, end };
}

module.exports = { sectionOf, withSection };
