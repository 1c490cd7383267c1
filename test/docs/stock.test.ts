import { readFileSync } from 'node:fs';
import { stockFixes } from '../../domain/stock-problems.js';

it('every cause that keeps stock from being written says what to do, and is in the run-book', () => {
  const runBook = readFileSync('docs/operations.md', 'utf8');
  const [section] = runBook.split('## Stock that is not written\n')[1]!.split('\n## ');
  const table = [...section!.matchAll(/^\| `(\w+)`/gm)].map((match) => match[1]!);
  expect(table.sort()).toEqual(Object.keys(stockFixes).sort());
  for (const fix of Object.values(stockFixes)) expect(fix).toMatch(/^[A-Z].*\.$/);
});
