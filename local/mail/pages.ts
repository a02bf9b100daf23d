import { html, type Markup } from './markup.ts';
import type { MailMessage } from './message.ts';
import type { MailPage, MailSummary } from './store.ts';

export const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; }
a { color: light-dark(#0b57a4, #8ab8f0); }
a:focus-visible, button:focus-visible, input:focus-visible { outline: 3px solid currentColor; outline-offset: 2px; }
form { display: inline-flex; gap: .5rem; margin: 0 1rem 1rem 0; align-items: end; flex-wrap: wrap; }
label { display: grid; }
input, button { font: inherit; padding: .25rem .75rem; min-height: 2rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; }
th, td { text-align: left; padding: .5rem; border-bottom: 1px solid #8886; vertical-align: top; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid #8886; padding: 1rem; }
iframe { width: 100%; height: 40rem; border: 1px solid #8886; background: #fff; }
`;

function page(title: string, main: Markup): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} · Touchstone mail</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main>
<h1>${title}</h1>
${main}
</main>
</body>
</html>
`.text;
}

/** The list of mails, of one recipient or of all. */
export function listPage({ mails, next }: MailPage, to: string | undefined): string {
  const query = to === undefined ? '' : `&to=${encodeURIComponent(to)}`;
  const older =
    next === undefined ? html`` : html`<p><a rel="next" href="/?before=${next}${query}">Older mails</a></p>`;
  return page(
    to === undefined ? 'Mails' : `Mails to ${to}`,
    html`<form method="get" action="/" role="search">
<label for="to">Recipient <input id="to" name="to" type="email" value="${to ?? ''}"></label>
<button>Show</button>
</form>
<form method="post" action="/delete${to === undefined ? '' : `?to=${encodeURIComponent(to)}`}">
<button>Delete ${to === undefined ? 'all mails' : `all mails to ${to}`}</button>
</form>
${mails.length === 0 ? html`<p>No mail has come.</p>` : table(mails)}
${older}`,
  );
}

function table(mails: readonly MailSummary[]): Markup {
  return html`<table>
<caption>The newest first; reload to see more.</caption>
<thead><tr><th scope="col">Subject</th><th scope="col">To</th><th scope="col">From</th><th scope="col">Received</th></tr></thead>
<tbody>
${mails.map(
  ({ id, subject, to, from, receivedAt }) =>
    html`<tr><td><a href="/mails/${id}">${subject || '(no subject)'}</a></td><td>${to.join(', ')}</td><td>${from}</td><td><time datetime="${receivedAt}">${receivedAt}</time></td></tr>
`,
)}</tbody>
</table>`;
}

/** One mail: headers, text, HTML in a frame that runs no script and reaches nothing, attachments. */
export function mailPage({ id, subject, to }: MailSummary, message: MailMessage): string {
  const headers = Object.entries({ ...message.headers, 'Delivered to': to.join(', ') });
  return page(
    subject || '(no subject)',
    html`<nav><a href="/">All mails</a> · <a href="/mails/${id}/raw">Source</a></nav>
<dl>${headers.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
${message.html === undefined ? html`` : frame(id)}
${message.text === undefined ? html`` : html`<h2>Text</h2><pre>${message.text}</pre>`}
${message.attachments.length === 0 ? html`` : attachmentList(id, message)}`,
  );
}

function frame(id: number): Markup {
  return html`<h2>HTML</h2>
<iframe title="The mail as HTML" src="/mails/${id}/html" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`;
}

function attachmentList(id: number, { attachments }: MailMessage): Markup {
  return html`<h2>Attachments</h2>
<ul>${attachments.map(
    ({ filename, contentType, content }, index) =>
      html`<li><a href="/mails/${id}/attachments/${index}">${filename}</a> (${contentType}, ${content.length} bytes)</li>`,
  )}</ul>`;
}

/** A page that says what went wrong. */
export function errorPage(message: string): string {
  return page(message, html`<p><a href="/">All mails</a></p>`);
}
