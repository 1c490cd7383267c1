import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { seededRandom } from '../../sandbox/stand-in.js';

/**
 * Fails activities after they succeeded, as a server does that dies before it has stored the completion: the work is
 * done and Temporal has it done again (reference/reliability.md §5, row 3).
 */
export function lostCompletions(rate: number, seed: number, onLoss: () => void): ActivityInterceptorsFactory {
  const random = seededRandom(seed);
  return () => ({
    inbound: {
      async execute(input, next) {
        const result: unknown = await next(input);
        if (random() >= rate) return result;
        onLoss();
        throw ApplicationFailure.retryable('the completion was lost', 'lost_completion');
      },
    },
  });
}
