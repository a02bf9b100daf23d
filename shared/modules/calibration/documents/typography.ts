/** Sets a leading or spaced hyphen before a digit as a true minus sign. */
export function withMinus(value: string): string {
  return value.replace(/(^|[\s(±…])-(?=\d)/g, '$1−');
}
