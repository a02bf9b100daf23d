import type { Verdict } from './certificate-content.ts';
import type { CertificateTexts } from './texts.ts';

const emphasis: Readonly<Record<Verdict, string | undefined>> = {
  pass: undefined,
  conditional_pass: 'conditional',
  conditional_fail: 'conditional',
  fail: 'fail',
  not_assessed: 'soft',
};

/** A verdict as a word, set off by weight and colour only where it is not a plain pass. */
export function VerdictText({ verdict, texts }: { verdict: Verdict; texts: CertificateTexts }) {
  return <span class={emphasis[verdict]}>{texts.verdicts[verdict]}</span>;
}
