/** An e-mail address as it is compared: the same address however it was typed. */
export function emailForm(email: string): string {
  return email.normalize('NFKC').trim().toLowerCase();
}
