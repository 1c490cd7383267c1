import { failureCatalogue } from '../../domain/failures.js';
import { readPages } from './pages.js';

const runBook = readPages().find((page) => page.path === 'docs/operations.md')!.text;

/** The entries of the run-book: "### `code`" and what follows, up to the next heading. */
const entries = [...runBook.matchAll(/^### `(\w+)`\n([^]*?)(?=^##)/gm)].map((match) => ({
  code: match[1]!,
  text: match[2]!,
}));

describe('the run-book', () => {
  it('has one entry for each failure of the catalogue, and no other', () => {
    expect(entries.map((entry) => entry.code).sort()).toEqual(Object.keys(failureCatalogue).sort());
  });

  it('says in each entry what is seen and what to do, and the likely causes', () => {
    const lacking = entries.filter(({ text }) =>
      ['Seen', 'Causes', 'Do'].some((part) => !text.includes(`**${part}:**`)),
    );
    expect(lacking.map((entry) => entry.code)).toEqual([]);
  });

  it('names a command or call in each entry where a person has to act', () => {
    const toAct = entries.filter(
      ({ code }) => failureCatalogue[code as keyof typeof failureCatalogue].outcome === 'rejected',
    );
    const silent = toAct.filter(({ text }) => !/`(waybill|wb) |(?:POST|PUT|PATCH) \/v1\//.test(text));
    expect(silent.map((entry) => entry.code)).toEqual([]);
  });
});
