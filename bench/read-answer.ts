const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/**
 * Finds where HTTP/1.1 answers end (RFC 9112, 6.3) in what a connection brings, and tells the status of each. Knows
 * Content-Length, and chunks without trailers; that is all that the measured servers send.
 */
export function answerReader(onAnswer: (status: number) => void): (data: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  return data => {
    pending = pending.length === 0 ? data : Buffer.concat([pending, data]);
    for (;;) {
      const head = pending.indexOf(HEAD_END);
      if (head < 0) return;
      const end = endOfAnswer(pending, head + HEAD_END.length);
      if (end === undefined || end > pending.length) return;
      const status = Number(pending.toString('latin1', 9, 12));
      pending = pending.subarray(end);
      onAnswer(status);
    }
  };
}

/** The place after the answer whose body begins at `body`; undefined when it is not known yet. */
function endOfAnswer(data: Buffer, body: number): number | undefined {
  const head = data.toString('latin1', 0, body);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) return body + Number(length);
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return body;
  const last = data.indexOf(LAST_CHUNK, Math.max(body, data.length - 16));
  return last < 0 ? undefined : last + LAST_CHUNK.length;
}
