import { accountsEn } from './account-wordings-en.ts';
import { accountsFa } from './account-wordings-fa.ts';
import { en } from './wordings-en.ts';
import { fa } from './wordings-fa.ts';

/** What the platform's refusals say, in every language. */
export const platformWordings = { en: { ...en, ...accountsEn }, fa: { ...fa, ...accountsFa } };
