import fc from 'fast-check';

/**
 * Runs a property with the same cases each time, so that one commit never both passes and fails. A night run sets
 * FAST_CHECK_SEED to look elsewhere; what it finds becomes a plain example in the test.
 */
export function check<T>(property: fc.IProperty<T>, numRuns = 500): void {
  fc.assert(property, { numRuns, seed: Number(process.env.FAST_CHECK_SEED ?? 20_261_121) });
}
