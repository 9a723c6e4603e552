import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface ReceivedMail {
  from: string;
  to: string[];
  /** Header and body as they came, dots unstuffed. */
  data: string;
  /** User and password, when the client authenticated. */
  credentials: string | null;
}

/** A small SMTP server on loopback (RFC 5321: EHLO, AUTH PLAIN, MAIL, RCPT, DATA, RSET, NOOP, QUIT). */
export async function startSmtpServer(options: { refuse?: (to: string) => boolean } = {}): Promise<{
  port: number;
  mails: ReceivedMail[];
  close(): Promise<void>;
}> {
  const mails: ReceivedMail[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    serve(socket, mails, options.refuse ?? (() => false));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    mails,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function serve(socket: Socket, mails: ReceivedMail[], refuse: (to: string) => boolean): void {
  const reply = (line: string) => socket.write(`${line}\r\n`);
  let buffered = '';
  let data: string[] | null = null;
  let credentials: string | null = null;
  let envelope: { from: string; to: string[] } = { from: '', to: [] };

  const command = (line: string): void => {
    const [verb = ''] = line.toUpperCase().split(/[ :]/);
    if (verb === 'EHLO') {
      reply('250-test.example');
      reply('250 AUTH PLAIN');
    } else if (verb === 'AUTH') {
      credentials = Buffer.from(line.split(' ')[2] ?? '', 'base64')
        .toString()
        .split('\0')
        .slice(1)
        .join(':');
      reply('235 welcome');
    } else if (verb === 'MAIL') {
      envelope = { from: inAngles(line), to: [] };
      reply('250 ok');
    } else if (verb === 'RCPT') {
      if (refuse(inAngles(line))) return void reply('550 no such mailbox');
      envelope.to.push(inAngles(line));
      reply('250 ok');
    } else if (verb === 'DATA') {
      data = [];
      reply('354 go ahead');
    } else if (verb === 'QUIT') {
      reply('221 bye');
      socket.end();
    } else if (verb === 'RSET' || verb === 'NOOP') {
      reply('250 ok');
    } else {
      reply('502 not here');
    }
  };

  const line = (text: string): void => {
    if (data === null) command(text);
    else if (text === '.') {
      mails.push({ ...envelope, data: data.join('\r\n'), credentials });
      data = null;
      reply('250 queued');
    } else data.push(text.startsWith('.') ? text.slice(1) : text);
  };

  socket.on('data', (chunk) => {
    buffered += chunk.toString('utf8');
    for (let end = buffered.indexOf('\r\n'); end >= 0; end = buffered.indexOf('\r\n')) {
      const text = buffered.slice(0, end);
      buffered = buffered.slice(end + 2);
      line(text);
    }
  });
  reply('220 test.example ESMTP');
}

const inAngles = (line: string): string => /<([^>]*)>/.exec(line)?.[1] ?? '';
