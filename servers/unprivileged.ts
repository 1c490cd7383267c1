import { readFile } from 'node:fs/promises';
import { run, type User } from './run.js';

/** In this order: the one a PostgreSQL package makes, then the one every system has. */
const candidates = ['postgres', 'nobody'];

/**
 * PostgreSQL refuses to run as root. For root: an unprivileged user of this system; for anyone else null, meaning as is.
 * @throws Error when root has no such user to fall back on
 */
export async function unprivilegedUser(): Promise<User | null> {
  if (process.getuid?.() !== 0) return null;
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of candidates) {
    const account = accounts.find((fields) => fields[0] === name);
    if (account) return { uid: Number(account[2]), gid: Number(account[3]) };
  }
  throw new Error(
    `PostgreSQL does not run as root and this system has no user ${candidates.join(' or ')}: ` +
      'start Waybill as another user, or set DATABASE_URL',
  );
}

/** Asks the system itself, because modes, groups, lists and mounts all have a say. */
export async function canEnter(directory: string, user: User): Promise<boolean> {
  return run('/bin/sh', ['-c', 'cd "$1"', 'sh', directory], { seconds: 10, user, cwd: '/' }).then(
    () => true,
    () => false,
  );
}
