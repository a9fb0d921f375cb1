import type { TaskFailure } from '@workflow-engine/execution';
import { httpFailure, retryAfterMs, statusCode, tellable } from './failures';
import type { FinalResponse } from './redirects';
import { readBody, textOf } from './response-body';

const excerptBytes = 4_096;

/**
 * The failure for a status nobody asked for. Its details: `status`, the beginning of the `body`, and
 * `retry_after_ms` when the other side has said how long to wait.
 * @param reasonIn finds a reason worth telling in the body's text
 */
export async function unexpectedStatus(
  { request, response }: FinalResponse,
  reasonIn: (text: string) => string | undefined = () => undefined,
): Promise<TaskFailure> {
  const { status, headers, stream } = response;
  const text = await readBody(stream, headers['content-encoding'], excerptBytes).then(
    ({ bytes }) => textOf(bytes, headers['content-type'] ?? ''),
    // The status tells more than what went wrong with the rest.
    () => '',
  );
  const reason = reasonIn(text);
  const retryAfter = retryAfterMs(headers['retry-after'], Date.now());
  const message = `${request.method} ${tellable(request.url)} answered ${status}${reason === undefined ? '.' : `: ${reason}`}`;
  return httpFailure(statusCode(status), message, {
    details: {
      status,
      body: excerpt(text),
      ...(retryAfter === undefined ? {} : { retry_after_ms: retryAfter }),
    },
  });
}

/** The beginning of a text, short enough for a journal. */
export function excerpt(text: string): string {
  return text.length > 1_000 ? `${text.slice(0, 1_000)}…` : text;
}
