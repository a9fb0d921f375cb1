import type { Json } from '@workflow-engine/contracts';

/** A command for a POSIX shell that posts the body. */
export function curlOf(url: string, body: Json): string {
  const text = JSON.stringify(body, null, 2).replaceAll("'", `'\\''`);
  return `curl -s ${quoted(url)} -H 'content-type: application/json' -d '${text}'`;
}

function quoted(url: string): string {
  return /^[\w:/.%-]+$/.test(url) ? url : `'${url.replaceAll("'", `'\\''`)}'`;
}
