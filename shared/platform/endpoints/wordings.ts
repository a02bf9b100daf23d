import { en } from './wordings-en.ts';
import { fa } from './wordings-fa.ts';

/** What the platform's refusals say, in every language. */
export const platformWordings = { en, fa };
