import { randomBytes } from 'node:crypto';
import { parseKeyRing } from '../../database/key-ring.js';

const [first, second] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];

describe('key ring', () => {
  it('takes the first key as the current one and finds the others by id', () => {
    const ring = parseKeyRing(`2026-11:${first}, 2026-10:${second}`);
    expect(ring.current.id).toBe('2026-11');
    expect(ring.get('2026-10').key.toString('base64')).toBe(second);
  });

  it('says which key is missing', () => {
    expect(() => parseKeyRing(`a:${first}`).get('b')).toThrow('holds no key "b"');
  });

  it.each([
    ['', 'is empty'],
    [first, 'entry 1 has no id'],
    [`a:${first},${second}`, 'entry 2 has no id'],
    [`a:${randomBytes(16).toString('base64')}`, 'key "a" is not the base64 of 32 bytes'],
    [`a:${first},a:${second}`, 'names one id twice'],
  ])('refuses %#, naming the entry and never a key', (text, message) => {
    const thrown = (() => {
      try {
        parseKeyRing(text);
      } catch (error) {
        return String(error);
      }
    })();
    expect(thrown).toContain(message);
    expect(thrown).not.toContain(first);
    expect(thrown).not.toContain(second);
  });
});
