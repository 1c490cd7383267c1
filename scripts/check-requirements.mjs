// Compares docs/requirements.md with the titles of the tests. Exits 1 where a line in scope has no test, a test names a
// line that does not exist, or the map is not what the tests say. `--write` first fills in the map's last column.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';

const mapPath = 'docs/requirements.md';
const everyLine = expand('R1–R150, D1–D11');
const lineName = /\b[RD]\d+\b/g;

const write = process.argv.includes('--write');
const found = await linesNamedByTests('test');
const before = await readFile(mapPath, 'utf8');
if (write) await writeFile(mapPath, await fillIn(before, found.files));
const problems = [...found.problems, ...compare(write ? await readFile(mapPath, 'utf8') : before, found.files)];
if (problems.length > 0) {
  console.error(`${mapPath} and the tests disagree:\n${problems.map((each) => `  ${each}`).join('\n')}`);
  process.exitCode = 1;
} else console.log(`${found.files.size} lines are shown by tests, all in scope among them.`);

/** "R1–R3, D2" → R1, R2, R3, D2. */
function expand(ranges) {
  return ranges.split(',').flatMap((range) => {
    const [, kind, first, last = first] =
      /^\s*([RD])(\d+)(?:–[RD](\d+))?\s*$/.exec(range) ?? fail(`not a range: "${range}"`);
    return Array.from({ length: last - first + 1 }, (_, index) => `${kind}${Number(first) + index}`);
  });
}

function fail(message) {
  throw new Error(`${mapPath}: ${message}`);
}

/** The sentence "In scope so far: …." and those that say which issue brings later lines, "Issue 4 brings …". */
function scopes(map) {
  const inScope = /^In scope so far: ([^.]+)\./m.exec(map) ?? fail('no "In scope so far: …" sentence');
  const later = new Map();
  for (const [, issue, ranges] of map.matchAll(/^Issue (\d+) brings ([^.]+)\./gm))
    for (const line of expand(ranges)) later.set(line, `later: issue ${issue}`);
  return { inScope: expand(inScope[1]), later };
}

/** The rows "| R1 | what it is | tests |". */
function rows(map) {
  return [...map.matchAll(/^\| *([RD]\d+) *\| *(.*?) *\| *(.*?) *\|$/gm)].map(([, line, what, tests]) => ({
    line,
    what,
    tests,
  }));
}

/** What the last column of a line should say. */
function cell(line, files, { inScope, later }) {
  const tests = files.get(line);
  if (tests)
    return [...tests]
      .sort()
      .map((path) => `\`${path}\``)
      .join(', ');
  return inScope.includes(line) ? 'none yet' : (later.get(line) ?? 'later');
}

/** The sentence on lines that came before their turn. */
function earlyLines(files, { inScope }) {
  const early = everyLine.filter((line) => files.has(line) && !inScope.includes(line));
  return `Also shown early: ${early.join(', ') || 'nothing'}.`;
}

async function fillIn(map, files) {
  const scope = scopes(map);
  const [head] = map.split(/^\| line/m);
  const table = rows(map).map(({ line, what }) => `| ${line} | ${what} | ${cell(line, files, scope)} |`);
  const text = [
    head.replace(/^Also shown early: .*$/m, earlyLines(files, scope)) + '| line | what | tests |',
    '| --- | --- | --- |',
    ...table,
  ].join('\n');
  return format(text, { ...(await resolveConfig(mapPath)), parser: 'markdown' });
}

function compare(map, files) {
  const scope = scopes(map);
  const listed = rows(map);
  const problems = everyLine.flatMap((line) => {
    const own = listed.filter((row) => row.line === line);
    if (own.length !== 1) return [`${line}: ${own.length} rows instead of one`];
    if (own[0].what === '') return [`${line}: no description`];
    if (scope.inScope.includes(line) && !files.has(line)) return [`${line}: in scope, but no test names it`];
    const wanted = cell(line, files, scope);
    return own[0].tests === wanted
      ? []
      : [`${line}: the map says ${own[0].tests}, the tests ${wanted}: run with --write`];
  });
  for (const { line } of listed) if (!everyLine.includes(line)) problems.push(`${line}: there is no such line`);
  if (!map.includes(earlyLines(files, scope))) problems.push('"Also shown early" is out of date: run with --write');
  return problems;
}

/** Which files have a test or a group whose title names a line; problems are names that no line has. */
async function linesNamedByTests(folder) {
  const files = new Map();
  const problems = [];
  const entries = await readdir(folder, { recursive: true });
  for (const path of entries
    .filter((each) => each.endsWith('.test.ts'))
    .map((each) => join(folder, each).replaceAll('\\', '/')))
    for (const title of titles(path, await readFile(path, 'utf8')))
      for (const [line] of title.matchAll(lineName)) {
        if (!everyLine.includes(line)) problems.push(`${line}: there is no such line, but ${path} has "${title}"`);
        else files.set(line, (files.get(line) ?? new Set()).add(path));
      }
  return { files, problems };
}

/** The titles of tests that run: parsed, since one that is commented out, skipped or still to do shows nothing. */
function titles(path, source) {
  const all = [];
  const visit = (node) => {
    const called = ts.isCallExpression(node) ? names(node.expression) : [];
    const isTest = /^[fx]?(it|test|describe)$/.test(called[0] ?? '');
    if (isTest && (called[0].startsWith('x') || called.includes('skip') || called.includes('todo'))) return;
    if (isTest && node.arguments.length > 1) all.push(text(node.arguments[0]));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, source, ts.ScriptTarget.Latest));
  return all;
}

/** it.each(table)(…) → it, each. */
function names(expression) {
  if (ts.isIdentifier(expression)) return [expression.text];
  if (ts.isPropertyAccessExpression(expression)) return [...names(expression.expression), expression.name.text];
  if (ts.isCallExpression(expression)) return names(expression.expression);
  if (ts.isTaggedTemplateExpression(expression)) return names(expression.tag);
  return [];
}

/** The written parts of a title, whether it is a string, a template or strings put together. */
function text(node) {
  if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
    return node.text;
  const parts = [];
  ts.forEachChild(node, (child) => void parts.push(text(child)));
  return parts.join(' ');
}
