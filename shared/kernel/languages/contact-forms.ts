import { latinDigits } from './digits.ts';

/** An e-mail address as it is compared: the same address however it was typed. */
export function emailForm(email: string): string {
  return email.normalize('NFKC').trim().toLowerCase();
}

/** A telephone number as it is compared: Latin digits alone, `+` before a number with its country, which `00` means too. */
export function phoneForm(phone: string): string {
  const digits = latinDigits(phone)
    .normalize('NFKC')
    .replace(/[^\d+]/g, '');
  const bare = digits.replace(/\+/g, '');
  if (digits.startsWith('+')) return `+${bare}`;
  return bare.startsWith('00') ? `+${bare.slice(2)}` : bare;
}
