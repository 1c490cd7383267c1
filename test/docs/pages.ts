import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Page {
  /** From the root of the repository. */
  path: string;
  text: string;
  /** Everything set as code: fenced blocks line by line, continued lines joined, and spans within a line. */
  code: string[];
}

/** README, CHANGELOG and all of docs. */
export function readPages(): Page[] {
  const docs = readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'));
  return ['README.md', 'CHANGELOG.md', ...docs.map((name) => `docs/${name}`)].map((path) => {
    const text = readFileSync(`${root}${path}`, 'utf8');
    return { path, text, code: codeOf(text) };
  });
}

const fence = /^ *```\w*\n([^]*?)^ *```$/gm;

function codeOf(text: string): string[] {
  const blocks = [...text.matchAll(fence)].flatMap((match) => commands(match[1]!));
  const spans = text.replace(fence, '').matchAll(/`([^`]+)`/g);
  return [...blocks, ...[...spans].map((match) => match[1]!.replaceAll(/\s+/g, ' '))];
}

/** A command may go on after a backslash, or until its quote is closed. */
function commands(block: string): string[] {
  const found: string[] = [];
  let open = false;
  for (const line of block.replaceAll('\\\n', ' ').split('\n')) {
    if (open) found[found.length - 1] += ` ${line.trim()}`;
    else found.push(line.trim());
    open = (found.at(-1)!.split("'").length - 1) % 2 === 1;
  }
  return found;
}
