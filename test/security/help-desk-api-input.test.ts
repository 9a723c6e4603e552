import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DeskProgram, resultsOf } from '../support/help-desk.js';
import { setDeskScene, type DeskScene } from './support/desk-scene.js';
import { rawRequest, statusesOf } from './support/raw-http.js';

let scene: DeskScene;
let desk: DeskProgram;
beforeAll(async () => {
  scene = await setDeskScene();
  desk = await DeskProgram.start(scene.url, 'desk');
});
afterAll(() => scene.close());

describe('what is sent', () => {
  test.each([
    ['no JSON', '{', 400],
    ['nothing but null', 'null', 400],
    ['a list', '[]', 400],
    ['a number', '7', 400],
    ['a deep nest', '['.repeat(30_000), 400],
    ['a deep nest of objects', '{"people":'.repeat(5_000), 400],
    ['an unknown member', '{"people":["nobody"],"all":true}', 400],
    ['a prototype', '{"people":["nobody"],"__proto__":{"reason":"left"}}', 400],
    ['a constructor', '{"people":["nobody"],"constructor":{}}', 400],
    ['people that are one', '{"people":"nobody"}', 400],
    ['people that are numbers', '{"people":[1]}', 400],
    ['nobody', '{"people":[]}', 400],
    ['an empty name', '{"people":[""]}', 400],
    ['too many', JSON.stringify({ people: Array(501).fill('a') }), 400],
    ['a name that is too long', JSON.stringify({ people: ['x'.repeat(2_000)] }), 400],
    ['a reason of its own', '{"people":["nobody"],"reason":"because"}', 400],
    ['what is no UTF-8', Buffer.from('{"people":["\xff"]}', 'latin1'), 400],
    ['more than the limit', JSON.stringify({ people: ['x'.repeat(70_000)] }), 413],
  ])('%s', async (_name, body, status) => {
    const answer = await fetch(`${desk.resource}/revocations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${desk.token}`, 'content-type': 'application/json' },
      body,
    });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({ status, reference: expect.any(String) });
  });

  test.each([
    ['text/plain', {}],
    ['application/x-www-form-urlencoded', {}],
    ['application/json; charset=utf-16', {}],
    ['application/json', { 'content-encoding': 'gzip' }],
    ['', {}],
  ])('content of type %s %o => 415', async (type, more) => {
    const answer = await fetch(`${desk.resource}/revocations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${desk.token}`, 'content-type': type, ...more },
      body: Buffer.from('{"people":["nobody"]}'),
    });
    expect(answer.status).toBe(415);
  });

  test('a long body is refused before it has come', async () => {
    const host = new URL(scene.url).host;
    const answer = await rawRequest(
      scene.url,
      `POST /api/help-desk/revocations HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${desk.token}\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n{`,
    );
    expect(statusesOf(answer)).toEqual([413]);
  });

  test.each([
    ['DELETE', '/people/nobody', 'GET, HEAD'],
    ['POST', '/people/nobody', 'GET, HEAD'],
    ['OPTIONS', '/people/nobody/devices', 'GET, HEAD'],
    ['GET', '/revocations', 'POST'],
    ['PUT', '/devices/prf_x/revoke', 'POST'],
    ['DELETE', '/people/nobody/activations', 'POST'],
    ['GET', '/people/nobody/activations/confirm', 'POST'],
  ])('%s %s => 405', async (method, path, allow) => {
    const answer = await desk.call(method, path);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  test.each([
    ['', 404],
    ['/', 404],
    ['/people', 404],
    ['/people/', 404],
    ['/PEOPLE/nobody', 404],
    ['/people/nobody/', 404],
    ['/people/nobody/devices/', 404],
    ['/people/nobody%2Fdevices', 404],
    ['/people/%2e%2e', 404],
    ['/people/%2e%2e%2f%2e%2e%2fdevices', 404],
    ['/people/%00', 404],
    ['/people/%F0%9F%98%80', 404],
    ['/people/%E2%80%AEnobody', 404],
    ['/people/%ED%A0%80', 400],
    ['/people/%ff', 400],
    ['/people/%', 400],
    ['/people/' + 'x'.repeat(8_000), 404],
    ['/people/' + '%F0%9F%98%80'.repeat(600), 404],
    ["/people/'%20or%20'1'='1", 404],
    ['/people/__proto__', 404],
    ['/devices/constructor/revoke', 404],
    ['/devices/prf_%00/revoke', 404],
    ['/devices/per_x/revoke', 404],
  ])('path %s => %i', async (path, status) => {
    const method = path.endsWith('/revoke') ? 'POST' : 'GET';
    const host = new URL(scene.url).host;
    const answer = await rawRequest(
      scene.url,
      `${method} /api/help-desk${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${desk.token}\r\nConnection: close\r\n\r\n`,
    );
    expect(statusesOf(answer)).toEqual([status]);
    expect(answer).toContain('application/problem+json');
  });

  test('a name of a megabyte is refused, and odd names in a list are nobody', async () => {
    const host = new URL(scene.url).host;
    const answer = await rawRequest(
      scene.url,
      `GET /api/help-desk/people/${'x'.repeat(1_000_000)} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    );
    expect(statusesOf(answer)).toEqual([431]);
    const people = ['\u0000', '\ud800', '\u202e', ' ', "' or 1=1", '%', '😀'.repeat(100), '..'];
    const listed = await desk.post('/revocations', { people });
    expect(listed.status).toBe(200);
    expect(resultsOf(listed).map(({ result }) => result)).toEqual(people.map(() => 'unknown'));
  });
});
