import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { environment } from '../../worker/configuration.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const compose = readFileSync(`${root}docker-compose.yml`, 'utf8');
const example = readFileSync(`${root}.env.example`, 'utf8');

/** Names that the compose file itself needs; our processes never read them. */
const composeAlone = ['POSTGRES_PASSWORD', 'TEMPORAL_CODEC_ENDPOINT'];
/** Read by `waybill up`, the servers it starts and the command line, never by the API or the worker. */
const upAlone = ['WAYBILL_SANDBOX', 'WAYBILL_DATA_DIR', 'WAYBILL_CACHE_DIR', 'WAYBILL_URL', 'WAYBILL_API_KEY'];

/** What the API and the worker read. */
const known = Object.keys(environment.shape);

/** What docker-compose.yml sets for our own processes: the "environment" of its x-waybill block. */
function setByCompose(): string[] {
  const block = /^x-waybill:[^]*?\n  environment:\n([^]*?)\n\n/m.exec(compose)?.[1] ?? '';
  return [...block.matchAll(/^ {4}([A-Z_]+):/gm)].map((match) => match[1]!);
}

function namedInExample(): string[] {
  return [...example.matchAll(/^(?:# )?([A-Z][A-Z_]+)=/gm)].map((match) => match[1]!);
}

describe('docker-compose.yml and .env.example', () => {
  it('set only variables that the configuration knows', () => {
    expect(setByCompose()).toContain('DATABASE_URL');
    expect(setByCompose().filter((name) => !known.includes(name))).toEqual([]);
    expect(namedInExample().filter((name) => ![...known, ...composeAlone, ...upAlone].includes(name))).toEqual([]);
  });

  it('leave out no variable of the configuration', () => {
    const examples = namedInExample();
    expect(known.filter((name) => !examples.includes(name))).toEqual([]);
  });

  it('explain each variable', () => {
    const blocks = example.split(/\n\n+/).filter((block) => /^(?:# )?[A-Z][A-Z_]+=/m.test(block));
    const unexplained = blocks.filter((block) => !/^# (?![A-Z][A-Z_]+=)\S/m.test(block));
    expect(blocks.length).toBeGreaterThan(15);
    expect(unexplained).toEqual([]);
  });

  it('name every variable that the compose file asks .env for', () => {
    const asked = [...compose.matchAll(/\$\{([A-Z_]+)/g)].map((match) => match[1]!);
    expect(asked).toContain('WAYBILL_ENCRYPTION_KEYS');
    expect(asked.filter((name) => !namedInExample().includes(name))).toEqual([]);
  });

  it('mount only files that are there', () => {
    const mounted = [...compose.matchAll(/- \.\/(\S+?):/g)].map((match) => match[1]!);
    expect(mounted.length).toBeGreaterThan(0);
    expect(mounted.filter((path) => !existsSync(`${root}${path}`))).toEqual([]);
  });
});
