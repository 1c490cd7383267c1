/** What is wrong and what to do about it, in full. */
export function attentionLines(attention: { message: string; fix: string } | null): string[] {
  return attention ? [`Needs a person: ${attention.message}`, `What to do: ${attention.fix}`] : [];
}
