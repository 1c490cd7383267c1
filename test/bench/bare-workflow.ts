import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';

const { step } = proxyActivities<{ step(at: { number: number }): Promise<void> }>({ startToCloseTimeout: '1 minute' });

/** What Temporal itself costs: two activities that do nothing and one signal between them. */
export async function bare(): Promise<void> {
  let told = false;
  setHandler(defineSignal('told'), () => void (told = true));
  await step({ number: 1 });
  await condition(() => told);
  await step({ number: 2 });
}
