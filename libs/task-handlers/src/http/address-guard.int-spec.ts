import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LocalServer } from '../testing/local-server';
import { failureOf, recordedContext } from '../testing/recorded-context';
import { createHttpHandler } from './http-handler';

let server: LocalServer;

beforeAll(async () => {
  server = await LocalServer.start({ '/echo': (_, response) => void response.end('reached') });
});

afterAll(() => server.stop());

describe('the guard', () => {
  const guarded = createHttpHandler();
  const attempt = (url: string, handlerUnderTest = guarded) =>
    failureOf(async () => handlerUnderTest.run({ url }, recordedContext().context));
  const own = (host: string) => `http://${host}:${server.port}/echo`;

  it.each([
    '127.0.0.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    '127.0.0.1.',
    '0',
    '0.0.0.0',
    '127。0。0。1',
    '１２７.0.0.1',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '[fe80::1]',
    '[fd00::1]',
    '[fec0::1]',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
    'localhost',
    'LOCALHOST',
    'localhost.',
  ])('refuses %s', async (host) => {
    expect(await attempt(own(host))).toMatchObject({ code: 'BLOCKED_ADDRESS', retryable: false });
    expect(server.received).toHaveLength(0);
  });

  it.each(['file:///etc/passwd', 'ftp://example.com/', 'data:text/plain,x', 'javascript:1'])(
    'refuses %s',
    async (url) => {
      expect(await attempt(url)).toMatchObject({ code: 'BLOCKED_ADDRESS' });
    },
  );

  it('refuses a public name that resolves to a private address, also among public ones', async () => {
    for (const addresses of [
      ['127.0.0.1'],
      ['93.184.215.14', '10.0.0.1'],
      ['::ffff:127.0.0.1'],
      ['64:ff9b::a00:1'],
    ]) {
      const rebinding = createHttpHandler({
        resolve: (_name, _options, callback) =>
          callback(
            null,
            addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
          ),
      });
      expect(await attempt(own('public.example'), rebinding)).toMatchObject({ code: 'BLOCKED_ADDRESS' });
      await rebinding.close();
    }
    expect(server.received).toHaveLength(0);
  });

  it('checks the very answer that the socket uses', async () => {
    const answers = ['93.184.215.14', '127.0.0.1'];
    let asked = 0;
    const rebinding = createHttpHandler({
      resolve: (_name, _options, callback) => {
        const address = answers[Math.min(asked++, 1)] ?? '';
        // The first answer is public but leads nowhere from here; only a second look would find the server.
        if (asked === 1) callback(Object.assign(new Error('try again'), { code: 'EAI_AGAIN' }), []);
        else callback(null, [{ address, family: 4 }]);
      },
    });
    expect(await attempt(own('rebind.example'), rebinding)).toMatchObject({ code: 'CONNECTION' });
    expect(await attempt(own('rebind.example'), rebinding)).toMatchObject({ code: 'BLOCKED_ADDRESS' });
    await rebinding.close();
  });

  it('lets allowed hosts through, with or without a port', async () => {
    for (const [entry, host] of [
      ['localhost', 'localhost'],
      [`LocalHost:${server.port}`, 'localhost.'],
      ['127.0.0.1', '2130706433'],
      [`127.1:${server.port}`, '127.0.0.1'],
    ] as const) {
      const lenient = createHttpHandler({
        allowHosts: [entry],
        resolve: (_n, _o, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
      });
      expect(await lenient.run({ url: own(host) }, recordedContext().context)).toMatchObject({ status: 200 });
      await lenient.close();
    }
  });

  it('takes the port of an allowed host seriously', async () => {
    const strict = createHttpHandler({ allowHosts: ['127.0.0.1:1', 'localhost:80'] });
    expect(await attempt(own('127.0.0.1'), strict)).toMatchObject({ code: 'BLOCKED_ADDRESS' });
    expect(await attempt(own('localhost'), strict)).toMatchObject({ code: 'BLOCKED_ADDRESS' });
  });

  it.each(['http://localhost', 'a b', '', 'localhost:port', 'user@host', '::1'])(
    'refuses %j as an allowed host',
    (entry) => {
      expect(() => createHttpHandler({ allowHosts: [entry] })).toThrow(/is no host to allow/);
    },
  );

  it('says how to let a host through', async () => {
    expect((await attempt('http://10.0.0.7/x')).message).toBe(
      'GET http://10.0.0.7/x was refused: 10.0.0.7 is not a public address. If the host is meant to be reached, add it to the allowed hosts (HTTP_ALLOW_HOSTS).',
    );
  });
});
