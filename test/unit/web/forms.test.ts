import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FormRefused } from '../../../src/web/form-errors.js';
import { readForm } from '../../../src/web/forms.js';
import { parseForm } from '../../../src/web/parse-form.js';

describe('parsing', () => {
  test('gives single strings by name, without prototype', () => {
    const fields = parseForm(Buffer.from('username=anna+lind&password=%C3%A5%26%3D&empty='));
    expect({ ...fields }).toEqual({ username: 'anna lind', password: 'å&=', empty: '' });
    expect(Object.getPrototypeOf(fields)).toBeNull();
  });

  test.each([
    'a=1&a=2',
    'user[$ne]=x',
    'user[]=x',
    'user%5B%5D=x',
    '__proto__=x',
    'constructor=x',
    '=x',
    'a',
    'a=%00',
    'a=%ED%A0%80',
    'a=%FF',
    'a=%zz',
    'a=%',
    'a=1&&b=2',
    Array.from({ length: 65 }, (_, n) => `f${n}=`).join('&'),
  ])('refuses %s', (body) => {
    expect(() => parseForm(Buffer.from(body))).toThrow(
      expect.objectContaining({ status: 400, reason: 'request_invalid' }),
    );
  });

  test('refuses raw bytes that are not UTF-8', () => {
    expect(() => parseForm(Buffer.from([0x61, 0x3d, 0xff]))).toThrow(FormRefused);
  });

  test('reads back whatever a browser writes, and never throws anything else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        fc.pre(!value.includes('\0'));
        const body = new URLSearchParams({ value }).toString();
        expect(parseForm(Buffer.from(body))['value']).toBe(value);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        try {
          parseForm(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(FormRefused);
        }
      }),
    );
  });
});

describe('reading a request', () => {
  const server = createServer((request, response) => {
    readForm(request).then(
      (fields) => response.end(JSON.stringify(fields)),
      (error: FormRefused) => {
        response.statusCode = error.status;
        response.end(error.reason);
      },
    );
  });
  let port: number;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  const form = 'application/x-www-form-urlencoded';
  const post = (body: string, headers: Record<string, string>) =>
    fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body, headers });

  test.each([form, `${form}; charset=UTF-8`, `${form};charset="utf-8"`])(
    'takes %s',
    async (type) => {
      const answer = await post('a=1', { 'content-type': type });
      expect(await answer.json()).toEqual({ a: '1' });
    },
  );

  test.each([
    [{ 'content-type': 'application/json' }],
    [{ 'content-type': 'multipart/form-data; boundary=x' }],
    [{ 'content-type': 'text/plain' }],
    [{ 'content-type': `${form}; charset=utf-16` }],
    [{ 'content-type': form, 'content-encoding': 'gzip' }],
  ])('refuses %j with 415', async (headers) => {
    expect((await post('a=1', headers)).status).toBe(415);
  });

  test('refuses a long body that says so before reading it', async () => {
    const status = await new Promise((resolve, reject) => {
      const request = httpRequest(
        {
          port,
          host: '127.0.0.1',
          method: 'POST',
          headers: { 'content-type': form, 'content-length': String(1 << 30) },
        },
        (answer) => {
          resolve(answer.statusCode);
          request.destroy();
        },
      );
      request.on('error', reject);
      request.write('a=');
    });
    expect(status).toBe(413);
  });

  test('refuses a long body that does not say so', async () => {
    const status = await new Promise((resolve, reject) => {
      const request = httpRequest(
        { port, host: '127.0.0.1', method: 'POST', headers: { 'content-type': form } },
        (answer) => {
          resolve(answer.statusCode);
          request.destroy();
        },
      );
      request.on('error', reject);
      request.write(`a=${'x'.repeat(20_000)}`);
    });
    expect(status).toBe(413);
  });
});
