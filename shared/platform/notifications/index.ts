export { accountLetter, type LetterName } from './account-letters.ts';
export { escapeHtml, type Letter, letterHtml, letterText } from './layout.ts';
export { type Mailer, mailFault, openMailer, type SmtpOptions } from './mailer.ts';
