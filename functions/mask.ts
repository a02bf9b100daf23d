/**
 * What must not stand in a log, wherever a text came from: addresses of e-mail, tokens and keys of ours, JWTs, and addresses of
 * clients. Names cannot be told from other words, so nobody gives them to the log; a test drives every endpoint and looks.
 */
const MASKS: readonly (readonly [pattern: RegExp, mask: string])[] = [
  [/[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu, '[e-mail]'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[token]'],
  [/\bts[a-z]_[\w.-]{20,}/g, '[token]'],
  [/\bwhsec_[\w+/=-]+/g, '[secret]'],
  [/(?<=[?&](?:sig|code|token|q|email|phone|name)=)[^&\s"']+/g, '[hidden]'],
  [/~1\.\d+\.[~\w-]+\.[\w/*-]*\.[\w-]+/g, '[sealed]'],
  // Of the world; those of our own networks help and name nobody.
  [
    /\b(?!10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)(?:\d{1,3}\.){3}\d{1,3}\b/g,
    '[address]',
  ],
];

/** The line without what is personal or secret in it. */
export function masked(line: string): string {
  return MASKS.reduce((text, [pattern, mask]) => text.replace(pattern, mask), line);
}
