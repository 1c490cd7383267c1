import { sleep } from '@temporalio/workflow';

/** An order that begins with a timer: no recorded history does, so each of them must be refused. */
export async function order(): Promise<void> {
  await sleep('1 second');
}
