/** `platform.md`: with a second factor twelve characters are enough, without one fifteen (NIST SP 800-63B-4). */
const LEAST_WITH_MFA = 12;
const LEAST_WITHOUT = 15;
const MOST = 256;
/** So many characters must be left when everything that one could guess from the person is taken out. */
const LEAST_OF_ONES_OWN = 8;
const LEAST_DIFFERENT = 5;

/** Whom a password is for; what everybody knows of them makes no password. */
export type PasswordFor = {
  readonly name: string;
  readonly email: string;
  readonly tenant: readonly string[];
  readonly hasMfa: boolean;
};

export type PasswordProblem =
  | { readonly code: 'platform.password_short'; readonly data: { readonly least: number } }
  | { readonly code: 'platform.password_long'; readonly data: { readonly most: number } }
  | { readonly code: 'platform.password_digits' | 'platform.password_common' | 'platform.password_personal' };

/** What is wrong with a password, or undefined. No rules of composition; length and what can be guessed decide. */
export function passwordProblem(
  password: string,
  person: PasswordFor,
  common: ReadonlySet<string>,
): PasswordProblem | undefined {
  const text = password.normalize('NFC');
  const length = [...text].length;
  const least = person.hasMfa ? LEAST_WITH_MFA : LEAST_WITHOUT;
  if (length < least) return { code: 'platform.password_short', data: { least } };
  if (length > MOST) return { code: 'platform.password_long', data: { most: MOST } };
  if (/^[\p{Nd}\s.,+-]+$/u.test(text)) return { code: 'platform.password_digits' };
  if (isCommon(text, common)) return { code: 'platform.password_common' };
  return ownPart(text, person) < LEAST_OF_ONES_OWN ? { code: 'platform.password_personal' } : undefined;
}

/** A common password, also with signs at its ends, in pieces that are each common, or hardly more than one sign. */
function isCommon(text: string, common: ReadonlySet<string>): boolean {
  const lower = text.toLowerCase();
  if (new Set(lower).size < LEAST_DIFFERENT) return true;
  const core = lower.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  if ([lower, lower.replaceAll(/\s/g, ''), core].some(form => common.has(form))) return true;
  const repeated = /^(.{3,}?)\1+$/su.exec(lower)?.[1];
  if (repeated !== undefined) return true;
  for (let cut = 3; cut <= lower.length - 3; cut += 1) {
    if (common.has(lower.slice(0, cut)) && common.has(lower.slice(cut))) return true;
  }
  return false;
}

/** How many letters and digits are left without name, address and tenant. */
function ownPart(text: string, { name, email, tenant }: PasswordFor): number {
  const words = [name, email, ...tenant]
    .flatMap(part => plain(part).split(/[^\p{L}\p{Nd}]+/u))
    .filter(word => [...word].length >= 3)
    .toSorted((left, right) => right.length - left.length);
  let rest = plain(text).replaceAll(/[^\p{L}\p{Nd}]/gu, '');
  for (const word of words) rest = rest.replaceAll(word, '');
  return [...rest].length;
}

function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

let list: Promise<ReadonlySet<string>> | undefined;

/** Some fifty thousand passwords that people choose most. Loaded by the first call. */
export function commonPasswords(): Promise<ReadonlySet<string>> {
  list ??= import('@zxcvbn-ts/language-common/src/passwords.json', { with: { type: 'json' } }).then(
    loaded => new Set(loaded.default),
  );
  return list;
}
