import { attention } from '../../domain/attention.js';
import { Failure, failureCatalogue, isFailureCode, type FailureCode } from '../../domain/failures.js';

const codes = Object.keys(failureCatalogue) as FailureCode[];

describe('the catalogue of failures', () => {
  describe.each(codes)('%s', (code) => {
    const { outcome, title, fix } = failureCatalogue[code];

    it('knows what became of the request', () => {
      expect(['not_sent', 'rejected', 'unknown']).toContain(outcome);
      expect(new Failure(code, 'x').outcome).toBe(outcome);
    });

    it('says what happened in words and what to do in sentences', () => {
      expect(title).toMatch(/^[A-Z][^_]{15,}[^.]$/);
      expect(fix).toMatch(/^[A-Z][^\n]{20,}\.$/);
      // A title is one clause; the fix must add to it.
      expect(fix).not.toContain(title);
    });

    it('asks a person for something just where a retry cannot help', () => {
      expect(fix.startsWith('Nothing')).toBe(outcome !== 'rejected');
    });

    it('becomes an attention that carries the fix and what it waits for', () => {
      expect(attention(code, 'Line 1: no.', { line: '1' }, 'listing:sto_1:a')).toEqual({
        cause: code,
        message: 'Line 1: no.',
        fix,
        about: { line: '1' },
        waitsFor: 'listing:sto_1:a',
      });
      expect(attention(code, 'No.')).toMatchObject({ about: {}, waitsFor: null });
    });
  });

  it('has a title and a fix of its own for each code', () => {
    const titles = codes.map((code) => failureCatalogue[code].title);
    expect(new Set(titles).size).toBe(codes.length);
  });

  it('knows its codes from all other text', () => {
    expect(codes.every(isFailureCode)).toBe(true);
    for (const other of ['', 'toString', '__proto__', 'constructor', 'RATE_LIMITED', null, undefined, 7, {}])
      expect(isFailureCode(other)).toBe(false);
  });
});

describe('a failure', () => {
  it('is an error that keeps code, thing and the delay the vendor asked for', () => {
    const failure = new Failure('rate_limited', 'Slow down.', { url: 'https://api.example/x' }, { retryAfterMs: 1500 });
    expect(failure).toBeInstanceOf(Error);
    expect(failure).toMatchObject({
      name: 'Failure',
      message: 'Slow down.',
      code: 'rate_limited',
      about: { url: 'https://api.example/x' },
      retryAfterMs: 1500,
    });
    expect(new Failure('internal', 'x').retryAfterMs).toBeUndefined();
  });
});
