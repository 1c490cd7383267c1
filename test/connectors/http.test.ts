import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { createHttp, type HttpAnswer } from '../../connectors/http.js';
import { Failure } from '../../domain/failures.js';

type Reply = (socket: Socket) => void;
const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

/** A server that answers bytes of the test's choosing to whatever is asked, and counts who came. */
async function serve(reply: Reply): Promise<{ url: URL; connections: () => number; requests: () => number }> {
  const sockets = new Set<Socket>();
  let [connections, requests] = [0, 0];
  const server: Server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      requests++;
      reply(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push({
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  });
  const { port } = server.address() as { port: number };
  return {
    url: new URL(`http://127.0.0.1:${port}/orders?email=ann@example.com`),
    connections: () => connections,
    requests: () => requests,
  };
}

function client(options: { allowed?: string[]; deadlineMs?: number } = {}) {
  const { allowed = ['127.0.0.1'], ...rest } = options;
  const made = createHttp({ allowed, ...rest });
  opened.push(made);
  return (url: URL | string, write = false): Promise<HttpAnswer> =>
    made.http({ method: write ? 'POST' : 'GET', url: new URL(url), headers: {}, write });
}

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error = await promise.then(
    () => new Error('it did not fail'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof Failure) return error;
  throw error;
}

const answer =
  (status: string, headers = '', body = '') =>
  (socket: Socket) =>
    void socket.end(`HTTP/1.1 ${status}\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);

/** Ways to write an address that is not the public internet's. */
const inside = [
  '127.0.0.1', '127.1', '127.0.0.1.', '2130706433', '0x7f000001', '0x7f.0.0.1', '0x7f.1', '0177.0.0.1', '017700000001',
  '0', '0.0.0.0', '127.255.255.254', '10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1',
  '169.254.169.254', '0xa9fea9fe', '2852039166', '100.64.0.1', '100.100.100.200', '192.0.0.192', '198.18.0.1',
  '224.0.0.1', '255.255.255.255', '[::1]', '[::]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]',
  '[::ffff:a9fe:a9fe]', '[::127.0.0.1]', '[::7f00:1]', '[64:ff9b::7f00:1]', '[64:ff9b:1::a00:1]', '[2002:7f00:1::]',
  '[2001:0:7f00:1::1]', '[fe80::1]', '[fec0::1]', '[fc00::1]', '[fd00:ec2::254]', '[ff02::1]', '[2001:db8::1]',
  'localhost', 'LOCALHOST',
]; // prettier-ignore

describe('where calls may go', () => {
  it.each(inside.flatMap((host) => [`https://${host}:4430/`, `http://${host}:4430/`]))('not to %s', async (url) => {
    for (const write of [false, true])
      expect(await failureOf(client({ allowed: [] })(url, write))).toMatchObject({
        code: 'address_blocked',
        outcome: 'rejected',
      });
  });

  it.each(['http://8.8.8.8/', 'http://[2606:4700::1111]/'])('not to %s, where http would show the key', async (url) => {
    expect((await failureOf(client({ allowed: [] })(url))).code).toBe('address_blocked');
  });

  it('opens no connection to find out', async () => {
    const server = await serve(answer('200 OK'));
    await failureOf(client({ allowed: [] })(server.url));
    expect(server.connections()).toBe(0);
  });

  it.each([['127.0.0.1'], ['127.0.0.0/8'], ['::1', '127.0.0.1/32']])(
    'to an address that %s allows',
    async (...allowed) => {
      const server = await serve(answer('200 OK', '', 'here'));
      expect((await client({ allowed })(server.url)).text).toBe('here');
    },
  );

  it('to a name whose every address is allowed, and not when one is missing', async () => {
    const server = await serve(answer('200 OK', '', 'here'));
    const named = new URL(server.url);
    named.hostname = 'localhost';
    expect((await client({ allowed: ['127.0.0.1', '::1'] })(named)).text).toBe('here');
    expect((await failureOf(client({ allowed: ['10.0.0.0/8'] })(named))).code).toBe('address_blocked');
  });

  it('not where a redirect points', async () => {
    const target = await serve(answer('200 OK'));
    for (const status of ['301 Moved', '302 Found', '307 Temporary', '308 Permanent']) {
      const server = await serve(answer(status, `Location: ${target.url.href}\r\n`));
      expect((await failureOf(client()(server.url))).code).toBe('request_rejected');
    }
    expect(target.connections()).toBe(0);
  });

  it('refuses an allow-list that is none', () => {
    expect(() => createHttp({ allowed: ['localhost'] })).toThrow('not an address');
  });
});

describe('what an answer means', () => {
  it.each([
    // status, to a read, to a write
    ['429 Too Many', 'rate_limited', 'rate_limited'],
    ['503 Unavailable', 'unavailable', 'unavailable'],
    ['500 Error', 'unavailable', 'outcome_unknown'],
    ['502 Bad Gateway', 'unavailable', 'outcome_unknown'],
    ['504 Timeout', 'unavailable', 'outcome_unknown'],
  ])('%s is %s to a read and %s to a write', async (status, read, write) => {
    const server = await serve(answer(status));
    expect((await failureOf(client()(server.url))).code).toBe(read);
    expect((await failureOf(client()(server.url, true))).code).toBe(write);
  });

  it.each(['200 OK', '206 Partial', '400 Bad', '403 Forbidden', '404 Not Found'])(
    '%s is the connector’s to judge',
    async (status) => {
      const server = await serve(answer(status, 'X-One: a\r\nx-one: b\r\n', 'words'));
      expect(await client()(server.url, true)).toMatchObject({
        status: Number(status.slice(0, 3)),
        headers: { 'x-one': 'a, b' },
        text: 'words',
      });
    },
  );

  it.each([
    ['Retry-After: 7\r\n', 7_000],
    ['X-Retry-After: 2\r\n', 2_000],
    ['Retry-After: 999999\r\n', 3_600_000],
    ['Retry-After: -5\r\n', 0],
    ['Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n', 0],
    ['Retry-After: soon\r\n', undefined],
    ['', undefined],
  ])('waits as long as %j says', async (header, ms) => {
    const server = await serve(answer('429 Too Many', header));
    expect((await failureOf(client()(server.url))).retryAfterMs).toBe(ms);
  });

  it('says nothing of the query, which may name people', async () => {
    const server = await serve(answer('500 Error'));
    const failure = await failureOf(client()(server.url));
    expect(failure.message).toContain('/orders');
    expect(JSON.stringify([failure.message, failure.about])).not.toContain('example.com');
  });
});

describe('when no whole answer comes', () => {
  const cut: [string, Reply][] = [
    ['a reset before the answer', (socket) => void socket.resetAndDestroy()],
    ['a closed connection', (socket) => void socket.end()],
    ['half a body', (socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"orders"')],
    ['half a chunk', (socket) => void socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\nabc')],
    ['no HTTP at all', (socket) => void socket.end('220 mail.example.com ready\r\n')],
  ];
  it.each(cut)('%s: a read may be tried again, a write has to be looked for', async (_, reply) => {
    const server = await serve(reply);
    expect((await failureOf(client()(server.url))).outcome).toBe('not_sent');
    expect((await failureOf(client()(server.url, true))).code).toBe('outcome_unknown');
    expect(server.requests()).toBe(2);
  });

  it('ends a server that says nothing, and one that trickles', async () => {
    const silent = await serve(() => undefined);
    const trickling = await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n');
      const timer = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(timer));
    });
    for (const server of [silent, trickling]) {
      const read = await failureOf(client({ deadlineMs: 150 })(server.url));
      expect([read.code, read.message]).toEqual(['unavailable', expect.stringContaining('150 ms')]);
      expect((await failureOf(client({ deadlineMs: 150 })(server.url, true))).code).toBe('outcome_unknown');
    }
  });

  it('stops at an answer larger than anything real', async () => {
    const server = await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      const block = `100000\r\n${'x'.repeat(0x100000)}\r\n`;
      for (let index = 0; index < 9; index++) socket.write(block);
    });
    const failure = await failureOf(client()(server.url));
    expect([failure.code, failure.message]).toEqual([
      'answer_malformed',
      expect.stringContaining('more than 8388608 bytes'),
    ]);
    expect((await failureOf(client()(server.url, true))).code).toBe('outcome_unknown');
  });

  it('knows that nothing was sent where no connection came about', async () => {
    const gone = await serve(answer('200 OK'));
    for (const each of opened.splice(0)) await each.close();
    expect(await failureOf(client()(gone.url, true))).toMatchObject({ code: 'unavailable', outcome: 'not_sent' });
  });

  it('knows that nothing was sent where TLS did not come about', async () => {
    const plain = await serve((socket) => void socket.end('HTTP/1.1 400 Bad\r\n\r\n'));
    const secure = new URL(plain.url.href.replace('http:', 'https:'));
    expect(await failureOf(client()(secure, true))).toMatchObject({ code: 'unavailable', outcome: 'not_sent' });
  });
});
