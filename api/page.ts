import type { Response } from 'express';

/** Text that may come from anybody, as HTML. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** A plain page for whoever sits at the browser: a heading, paragraphs, at most one link onward. No scripts. */
export function page(title: string, paragraphs: string[], link?: { url: string; label: string }): string {
  const body = paragraphs.map((each) => `<p>${escaped(each)}</p>`);
  const onward = link ? `<p><a href="${escaped(link.url)}">${escaped(link.label)}</a></p>` : '';
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title>
<h1>${escaped(title)}</h1>
${[...body, onward].join('\n')}</html>`;
}

/**
 * Narrows helmet's headers for a page that anybody may open: it loads nothing, sends no form and is kept nowhere.
 * @param framedBy the only origins that may show it in a frame, as a CSP source; null for none
 */
export function guardPage(response: Response, framedBy: string | null): void {
  const ancestors = framedBy ?? "'none'";
  response.set('Cache-Control', 'no-store');
  response.set(
    'Content-Security-Policy',
    `default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors ${ancestors}`,
  );
  // Says nothing of other origins: where one may frame the page, only the policy above can tell which.
  if (framedBy !== null) response.removeHeader('X-Frame-Options');
}
