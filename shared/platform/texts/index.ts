import * as z from 'zod';
import { rule } from '../../kernel/index.ts';

/** Control characters, and marks that turn the direction of writing: they print as boxes or as reversed text, and in a header of mail as more of it. */
const UNPRINTABLE = /[^\P{Cc}\n]|[\u202A-\u202E\u2066-\u2069]/u;
const REFUSAL = rule('unprintable');

const isPrintable = (text: string): boolean => !UNPRINTABLE.test(text);
const isLine = (text: string): boolean => isPrintable(text) && !text.includes('\n');

/** A name, or whatever else stands in one line: 1 to `most` characters. */
export const lineText = (most: number) => optionalLine(most).min(1);
/** The same, or nothing. */
export const optionalLine = (most: number) => z.string().trim().max(most).refine(isLine, REFUSAL);
/** What may have several lines: 1 to `most` characters. */
export const proseText = (most: number) => optionalProse(most).min(1);
/** The same, or nothing. */
export const optionalProse = (most: number) => z.string().trim().max(most).refine(isPrintable, REFUSAL);
