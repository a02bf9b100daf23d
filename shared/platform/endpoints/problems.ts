import * as z from 'zod';
import { type Language, nativeDigits, negotiateLanguage } from '../../kernel/languages/index.ts';
import { defineEndpoint, type Endpoint, httpFault, ok } from '../http/index.ts';
import { type Page, pageReply, pageText } from '../pages/index.ts';

/** What the catalogue says of one refusal. */
export type ProblemEntry = {
  readonly title: string;
  readonly detail: string;
  readonly status: number;
  readonly retryable: boolean;
};

type Catalogue = ReadonlyMap<string, ProblemEntry>;

const Problem = z.strictObject({
  code: z.string(),
  title: z.string(),
  detail: z.string(),
  status: z.number().int(),
  retryable: z.boolean(),
});

/** The catalogue of problems: as a page, and each by its code, where the `type` of a problem leads. */
export function problemEndpoints(problems: (language: Language) => Catalogue): readonly Endpoint[] {
  return [
    defineEndpoint({
      id: 'platform.reference.problems',
      method: 'GET',
      path: '//problems',
      access: 'platform',
      summary: 'Every type of problem that there is, as a page.',
      replies: { 200: { description: 'The page.', mediaType: 'text/html' } },
      handle: async ({ header }) => {
        const language = negotiateLanguage(header('accept-language'), 'en');
        return pageReply(problemsPage(language, problems(language)));
      },
    }),
    defineEndpoint({
      id: 'platform.reference.problem',
      method: 'GET',
      path: '//problems/:code',
      access: 'platform',
      summary: 'What a problem of this type means.',
      params: z.strictObject({ code: z.string().max(100) }),
      replies: { 200: { description: 'Its meaning.', schema: Problem } },
      handle: async ({ params: { code }, header }) => {
        const entry = problems(negotiateLanguage(header('accept-language'), 'en')).get(code);
        if (entry === undefined) throw httpFault('platform.route_unknown');
        return ok({ code, ...entry });
      },
    }),
  ];
}

/** The catalogue of problems for people: by status, then by code. */
function problemsPage(language: Language, problems: Catalogue): Page {
  const entries = [...problems].toSorted(
    ([left, { status }], [right, { status: other }]) => status - other || left.localeCompare(right),
  );
  return {
    language,
    tenant: 'Touchstone',
    title: pageText(language, 'problemsTitle'),
    intro: pageText(language, 'problemsIntro'),
    terms: entries.map(([code, { title, detail, status, retryable }]) => ({
      anchor: code,
      term: `${nativeDigits(language, String(status))} ${title}`,
      meaning: retryable ? `${detail} ${pageText(language, 'problemLater')}` : detail,
    })),
  };
}
