import { accountsEn } from './account-wordings-en.ts';
import { accountsFa } from './account-wordings-fa.ts';
import * as operators from './operators/wordings.ts';
import { en } from './wordings-en.ts';
import { fa } from './wordings-fa.ts';

/** What the platform's refusals say, in every language. */
export const platformWordings = {
  en: { ...en, ...accountsEn, ...operators.en },
  fa: { ...fa, ...accountsFa, ...operators.fa },
};
