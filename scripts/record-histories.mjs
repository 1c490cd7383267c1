// Records test/histories anew: runs each branch of the workflows once against the built bundle (npm run build before).
// For a change that keeps old histories replayable, add a case to test/replay/record.ts and keep the recorded files
// beside the new ones; record all of them anew only when nothing runs in production that was begun before.
import { spawnSync } from 'node:child_process';

const { status } = spawnSync('npx', ['jest', '--testMatch', '**/test/replay/record.ts'], {
  stdio: 'inherit',
  env: { ...process.env, NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' },
});
process.exitCode = status ?? 1;
