import { createServer } from 'node:http';
import { SAML } from '@node-saml/node-saml';

/**
 * A service provider in a process of its own, on @node-saml/node-saml. Told what it needs over IPC; ends with the test.
 * Sessions live in its memory, under a cookie of its own.
 */
let saml = null;
let how = { id: '', answers: 'success' };
let next = 0;
const sessions = new Map();
const ended = [];
const heard = [];

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    response.writeHead(500).end(String(error));
  });
});

async function answer(request, response) {
  const { pathname, search, searchParams } = new URL(request.url, 'http://localhost');
  const fields = request.method === 'POST' ? await read(request) : {};
  const cookie = new RegExp(`service-${how.id}=(\\w+)`).exec(request.headers.cookie ?? '')?.[1];
  const profile = sessions.get(cookie);
  const to = (url) => response.writeHead(303, { location: url }).end();
  const page = (text) => response.writeHead(200, { 'content-type': 'text/html' }).end(text);
  switch (`${request.method} ${pathname}`) {
    case 'GET /':
      return page(profile ? `signed in as ${profile.nameID}` : 'signed out');
    case 'GET /enter':
      return to(await saml.getAuthorizeUrlAsync('', undefined, {}));
    case 'POST /acs': {
      const received = await saml.validatePostResponseAsync(fields);
      const id = `s${(next += 1)}`;
      sessions.set(id, received.profile);
      response.setHeader('set-cookie', `service-${how.id}=${id}; HttpOnly`);
      return to('/');
    }
    case 'GET /leave':
      return to(await saml.getLogoutUrlAsync(profile, searchParams.get('state') ?? '', {}));
    case 'GET /slo':
      return slo(
        await saml.validateRedirectAsync(Object.fromEntries(searchParams), search.slice(1)),
      );
    case 'POST /slo':
      return slo(
        fields.SAMLRequest === undefined
          ? await saml.validatePostResponseAsync(fields)
          : await saml.validatePostRequestAsync(fields),
      );
    case 'POST /backchannel':
      heard.push(fields.logout_token);
      return response.writeHead(200).end();
    default:
      return response.writeHead(404).end();
  }

  async function slo({ profile: asked, loggedOut }) {
    const relayState = searchParams.get('RelayState') ?? fields.RelayState ?? '';
    if (loggedOut && asked?.ID === undefined) {
      sessions.delete(cookie);
      return page(`left ${relayState}`);
    }
    ended.push({ nameID: asked.nameID, sessionIndex: asked.sessionIndex ?? null });
    for (const [id, one] of sessions) if (one.nameID === asked.nameID) sessions.delete(id);
    if (how.answers === 'nothing') return page('left, and that is all');
    const success = how.answers === 'success';
    return to(await saml.getLogoutResponseUrlAsync(asked, relayState, {}, success));
  }
}

async function read(request) {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return Object.fromEntries(new URLSearchParams(body));
}

process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
  if (message.kind === 'configure') {
    how = { ...how, ...message.how };
    if (message.saml !== undefined) saml = new SAML(message.saml);
  }
  process.send({ kind: 'done', ack: message.ack, ended, heard, sessions: sessions.size });
});
server.listen(0, '127.0.0.1', () =>
  process.send({ kind: 'listening', port: server.address().port }),
);
