import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findTemporal } from '../../servers/find-temporal.js';
import { freePorts } from '../../servers/ports.js';

describe('findTemporal', () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  let cached: string;
  const lines: string[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-find-'));
    const [closedPort] = await freePorts(1);
    // Nothing on the PATH but a shell's own commands, an empty cache, and no way to the official download.
    env = {
      PATH: join(folder, 'bin'),
      WAYBILL_CACHE_DIR: join(folder, 'cache'),
      HTTPS_PROXY: `http://127.0.0.1:${closedPort}`,
    };
    cached = join(folder, 'cache/temporal-cli-1.5.1/temporal');
    lines.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const find = () => findTemporal({ env, log: (line) => lines.push(line) });
  const program = async (path: string, script: string) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
    return path;
  };

  it('takes the server that TEMPORAL_ADDRESS names before anything else', async () => {
    await program(join(folder, 'bin/temporal'), 'exit 0');
    env['TEMPORAL_ADDRESS'] = 'temporal.example.com:7233';
    expect(await find()).toEqual({ address: 'temporal.example.com:7233' });
  });

  it('takes the CLI on the PATH before the cached one', async () => {
    const onPath = await program(join(folder, 'bin/temporal'), 'exit 0');
    await program(cached, 'exit 0');
    expect(await find()).toEqual({ binary: onPath });
  });

  it('takes the cached CLI when the one on the PATH does not run', async () => {
    await program(join(folder, 'bin/temporal'), 'exit 1');
    await program(cached, 'exit 0');
    expect(await find()).toEqual({ binary: cached });
  });

  it('builds it with Go when the download cannot be had, and keeps it', async () => {
    const call = join(folder, 'call');
    await program(
      join(folder, 'bin/go'),
      `echo "$@" > '${call}'; printf '#!/bin/sh\\n' > "$GOBIN/temporal"; /bin/chmod +x "$GOBIN/temporal"`,
    );
    expect(await find()).toEqual({ binary: cached });
    expect((await readFile(call, 'utf8')).trim()).toBe('install github.com/temporalio/cli/cmd/temporal@v1.5.1');
    expect(lines).toContainEqual(expect.stringMatching(/official download cannot be had/));
    await rm(call);
    expect(await find()).toEqual({ binary: cached });
    await expect(readFile(call)).rejects.toThrow();
  });

  it('names all five ways and why each failed when there is none', async () => {
    const error = await find().catch((reason: unknown) => reason as Error);
    const message = (error as Error).message;
    expect(message).toMatch(/^1\. TEMPORAL_ADDRESS=host:port/m);
    expect(message).toMatch(/^2\. the Temporal CLI on the PATH.*there is none/m);
    expect(message).toContain(`3. the Temporal CLI as ${cached}`);
    expect(message).toMatch(/^4\. the official download from https:\/\/temporal\.download \(failed: .*connect/im);
    expect(message).toMatch(/^5\. Go on the PATH.*temporal@v1\.5\.1 \(failed: go is not on the PATH\)/m);
  });
});
