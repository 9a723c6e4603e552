import { request as httpRequest } from 'node:http';
import { listening } from './listening.js';

/** The form with which a provider answers, on its way through. */
export interface AnswerOnTheWire {
  action: string;
  fields: Record<string, string>;
}

export type WireChange = (answer: AnswerOnTheWire) => AnswerOnTheWire | Promise<AnswerOnTheWire>;

export interface FaultyWire {
  url: string;
  /** Done to every answer; `null`: nothing. */
  change: WireChange | null;
  close(): Promise<void>;
}

/** Stands between a browser and a server and changes what the page posts, never the twin. */
export async function startFaultyWire(target: string): Promise<FaultyWire> {
  const goal = new URL(target);
  const server = await listening((request, response) => {
    const onward = httpRequest(
      {
        host: goal.hostname,
        port: goal.port,
        path: request.url,
        method: request.method,
        headers: request.headers,
      },
      (answer) => {
        void (async () => {
          const chunks: Buffer[] = [];
          for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
          let body: Buffer = Buffer.concat(chunks);
          if (wire.change !== null && String(answer.headers['content-type']).includes('html')) {
            body = Buffer.from(await changed(body.toString(), wire.change));
          }
          const { 'transfer-encoding': _, ...headers } = answer.headers;
          response
            .writeHead(answer.statusCode ?? 500, { ...headers, 'content-length': body.length })
            .end(body);
        })();
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  const wire: FaultyWire = {
    url: server.url,
    change: null,
    close: server.close,
  };
  return wire;
}

async function changed(page: string, change: WireChange): Promise<string> {
  const form = /<form method="post" action="([^"]*)">([\s\S]*?)<\/form>/.exec(page);
  const inputs = [
    ...(form?.[2] ?? '').matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g),
  ];
  const fields = Object.fromEntries(
    inputs.map(([, name = '', value = '']) => [name, plain(value)]),
  );
  const isAnswer = ['SAMLResponse', 'wresult', 'id_token'].some((name) => name in fields);
  if (form === null || !isAnswer) return page;
  const answer = await change({ action: plain(form[1] ?? ''), fields });
  const written = Object.entries(answer.fields)
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${escape(value)}">`)
    .join('\n');
  return page.replace(
    form[0],
    () => `<form method="post" action="${escape(answer.action)}">\n${written}\n</form>`,
  );
}

const plain = (text: string) =>
  text
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
const escape = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
