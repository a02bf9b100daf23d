import { en } from './wordings-en.ts';
import { fa } from './wordings-fa.ts';

/** What calibration's refusals say, in every language. */
export const calibrationWordings = { en, fa };
