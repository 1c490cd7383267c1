import type { Response } from 'express';

/** Text that may come from anybody, as HTML. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

interface Link {
  url: string;
  label: string;
}

/** Asks for one line of text, and sends it along with what the page itself knows. */
interface Form {
  action: string;
  hidden: { name: string; value: string };
  ask: { name: string; label: string };
  button: string;
}

/** A plain page for whoever sits at the browser: a heading, paragraphs, at most one way onward. No scripts. */
export function page(title: string, paragraphs: string[], onward?: Link | Form): string {
  const body = paragraphs.map((each) => `<p>${escaped(each)}</p>`);
  const end = onward === undefined ? '' : 'url' in onward ? linked(onward) : asked(onward);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title>
<h1>${escaped(title)}</h1>
${[...body, end].join('\n')}</html>`;
}

function linked({ url, label }: Link): string {
  return `<p><a href="${escaped(url)}">${escaped(label)}</a></p>`;
}

function asked({ action, hidden, ask, button }: Form): string {
  return `<form method="post" action="${escaped(action)}">
<input type="hidden" name="${escaped(hidden.name)}" value="${escaped(hidden.value)}">
<label>${escaped(ask.label)} <input name="${escaped(ask.name)}" required autocomplete="off"></label>
<button>${escaped(button)}</button></form>`;
}

/**
 * Narrows helmet's headers for a page that anybody may open: it loads nothing and is kept nowhere.
 * @param framedBy the only origins that may show it in a frame, as a CSP source; null for none
 * @param formAction where its form may be sent, as a CSP source
 */
export function guardPage(response: Response, framedBy: string | null, formAction = "'none'"): void {
  const ancestors = framedBy ?? "'none'";
  response.set('Cache-Control', 'no-store');
  response.set(
    'Content-Security-Policy',
    `default-src 'none'; base-uri 'none'; form-action ${formAction}; frame-ancestors ${ancestors}`,
  );
  // Says nothing of other origins: where one may frame the page, only the policy above can tell which.
  if (framedBy !== null) response.removeHeader('X-Frame-Options');
}
