import { access, chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheDirectory } from './cache.js';
import { findOnPath } from './find-temporal.js';
import { downloadOfficial } from './official-download.js';
import { run, withProgress, type Log } from './run.js';

/** What TestWorkflowEnvironment.createTimeSkipping takes as `server.executable`. */
export interface TimeSkippingExecutable {
  type: 'existing-path';
  path: string;
}

const version = '1.38.0';
const artifact = `io.temporal:temporal-test-server:${version}`;
const mavenCopy = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

/**
 * Temporal's time-skipping test server, for tests alone: from the cache, else the official download, else its Maven
 * artifact run by Java.
 * @throws Error that names the ways
 */
export async function findTimeSkippingServer(
  options: { env?: NodeJS.ProcessEnv; log?: Log } = {},
): Promise<TimeSkippingExecutable> {
  const { env = process.env, log = () => undefined } = options;
  const home = join(cacheDirectory(env), `temporal-test-server-${version}`);
  const path = join(home, 'start');
  if (!(await isThere(path))) await install(home, env, log);
  return { type: 'existing-path', path };
}

/** Made beside its place and renamed: two test processes may do it at once, and either result will do. */
async function install(home: string, env: NodeJS.ProcessEnv, log: Log): Promise<void> {
  await mkdir(dirname(home), { recursive: true });
  const folder = await mkdtemp(`${home}.`);
  try {
    await writeStart(folder, await fetchServer(folder, env, log));
    await rename(folder, home).catch(async (error: unknown) => {
      if (!(await isThere(join(home, 'start')))) throw error;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Brings the server into the folder and returns the shell command that runs it from "$here". */
async function fetchServer(folder: string, env: NodeJS.ProcessEnv, log: Log): Promise<string> {
  try {
    // "default": the version made for this SDK; the number in the folder's name is that of the Maven artifact.
    await downloadOfficial({ type: 'time-skipping', version: 'default' }, join(folder, 'test-server'), env, log);
    return '"$here/test-server"';
  } catch (download) {
    await fetchWithMaven(folder, env, log).catch((maven: unknown) => {
      throw new Error(explain(download as Error, maven as Error));
    });
    // A server for one test file: the quick compiler and the simple collector halve its start on two cores.
    return 'java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$here/lib/*" io.temporal.testserver.TestServer';
  }
}

function explain(download: Error, maven: Error): string {
  return [
    'No time-skipping test server was found. Either of these ways would do:',
    `1. the official download from https://temporal.download (failed: ${download.message})`,
    `2. Java 11 or later and mvn on the PATH, for the Maven artifact ${artifact} (failed: ${maven.message})`,
  ].join('\n');
}

/**
 * The SDK starts this file and stops it in good order, but not when the test process is killed: the loop ends the server
 * then. After `exec` the server has the script's own pid, $$.
 */
async function writeStart(folder: string, command: string): Promise<void> {
  const text = [
    '#!/bin/sh',
    'here=$(dirname "$0")',
    '(while kill -0 $PPID && kill -0 $$; do sleep 1; done; kill $$) </dev/null >/dev/null 2>&1 &',
    `exec ${command} "$@"`,
    '',
  ].join('\n');
  await writeFile(join(folder, 'start'), text, { mode: 0o755 });
  await chmod(folder, 0o755);
}

async function fetchWithMaven(folder: string, env: NodeJS.ProcessEnv, log: Log): Promise<void> {
  for (const tool of ['java', 'mvn']) {
    if (!(await findOnPath(tool, env))) throw new Error(`${tool} is not on the PATH`);
  }
  await writeFile(join(folder, 'pom.xml'), pom());
  const goal = ['-B', '-q', '-f', join(folder, 'pom.xml'), mavenCopy, '-DincludeScope=runtime'];
  const fetching = run('mvn', [...goal, `-DoutputDirectory=${join(folder, 'lib')}`], { seconds: 900, env });
  await withProgress(log, `Fetching ${artifact} with Maven`, fetching);
}

function pom(): string {
  const [group, name, number] = artifact.split(':');
  const dependency = `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${number}</version></dependency>`;
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>waybill</groupId><artifactId>time-skipping</artifactId><version>1</version>
<dependencies>${dependency}</dependencies></project>`;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
