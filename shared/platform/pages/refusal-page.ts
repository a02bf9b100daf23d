import type { Language } from '../../kernel/languages/index.ts';
import { type PageReply, pageReply } from './page.ts';
import { pageText } from './texts.ts';

type Problem = {
  readonly title: string;
  readonly detail: string;
  readonly code: string;
  readonly requestId: string;
  readonly errors?: readonly { readonly detail: string }[];
};
type Refusal = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
};

/**
 * A problem document as a page: what it says, what was wrong with each field, and what to name when asking for help. Its status and
 * headers stay what they were, `Retry-After` among them.
 */
export function refusalPage(
  problem: Refusal,
  { language, tenant }: { readonly language: Language; readonly tenant: string },
): PageReply {
  const { title, detail, code, requestId, errors = [] } = problem.body as Problem; // made by problemReply
  const { headers, body } = pageReply({
    ...{ language, tenant, title },
    intro: pageText(language, 'goBack'),
    notice: { tone: 'bad', text: detail },
    points: {
      title: pageText(language, 'refused'),
      items: [...errors.map(({ detail: text }) => ({ text })), { text: requestId, code }],
    },
  });
  return { status: problem.status, headers: { ...problem.headers, ...headers }, body };
}
