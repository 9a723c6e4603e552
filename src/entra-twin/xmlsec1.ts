import { execFile } from 'node:child_process';

/** The program that judges signatures is not on this machine. */
export class Xmlsec1Missing extends Error {
  override name = 'Xmlsec1Missing';
  constructor() {
    super(
      'xmlsec1 is not installed, and signatures are judged by nothing else here. It is in the Debian package xmlsec1: apt-get install xmlsec1',
    );
  }
}

export interface Xmlsec1Answer {
  ok: boolean;
  output: string;
  complaints: string;
}

/** Runs the program. @throws Xmlsec1Missing */
export function xmlsec1(args: readonly string[]): Promise<Xmlsec1Answer> {
  return new Promise((resolve, reject) => {
    execFile(
      'xmlsec1',
      args,
      { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024, timeout: 60_000 },
      (error, stdout, stderr) => {
        if ((error as NodeJS.ErrnoException | null)?.code === 'ENOENT') {
          reject(new Xmlsec1Missing());
          return;
        }
        resolve({ ok: error === null, output: stdout, complaints: stderr });
      },
    );
  });
}

/** Says early that it is missing. @throws Xmlsec1Missing */
export async function needXmlsec1(): Promise<void> {
  await xmlsec1(['--version']);
}
