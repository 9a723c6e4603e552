import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { xmlsec1 } from './xmlsec1.js';

/** Where a signature stands in a document that was read before. */
export interface SignedDocument {
  xml: string;
  /** XPath of the one signature that is to be judged. */
  signature: string;
  /** base64 of the DER of the certificate whose key has to have made it. */
  certificate: string;
}

export interface SignatureJudge {
  /** Whether that key made that signature over the document. @throws Xmlsec1Missing */
  verifies(document: SignedDocument): Promise<boolean>;
}

interface Waiting extends SignedDocument {
  resolve(verifies: boolean): void;
  reject(error: unknown): void;
}

const mostAtOnce = 64;

const idAttributes = [
  ...['--id-attr:ID', 'urn:oasis:names:tc:SAML:2.0:assertion:Assertion'],
  ...['--id-attr:ID', 'urn:oasis:names:tc:SAML:2.0:protocol:Response'],
  ...['--id-attr:AssertionID', 'urn:oasis:names:tc:SAML:1.0:assertion:Assertion'],
];

/**
 * xmlsec1 judges. A process costs several times what a signature does, so those that arrive together, or while one runs,
 * share the next; one that fails in company is judged again alone.
 * @param gatherMs how long to wait for company
 */
export function createSignatureJudge(gatherMs = 0): SignatureJudge {
  let waiting: Waiting[] = [];
  let running = false;

  async function run(): Promise<void> {
    running = true;
    while (waiting.length > 0) {
      if (waiting.length < mostAtOnce) await delay(gatherMs);
      const [first] = waiting as [Waiting, ...Waiting[]];
      const company = waiting.filter((one) => isSameKind(one, first)).slice(0, mostAtOnce);
      waiting = waiting.filter((one) => !company.includes(one));
      try {
        const together = await judge(company);
        for (const one of company)
          one.resolve(together || (company.length > 1 && (await judge([one]))));
      } catch (error) {
        for (const one of company) one.reject(error);
      }
    }
    running = false;
  }

  return {
    verifies: (document) =>
      new Promise((resolve, reject) => {
        waiting.push({ ...document, resolve, reject });
        if (!running) void run();
      }),
  };
}

const isSameKind = (one: SignedDocument, other: SignedDocument): boolean =>
  one.certificate === other.certificate && one.signature === other.signature;

/** Whether every one of them verifies. */
async function judge(documents: readonly SignedDocument[]): Promise<boolean> {
  const [first] = documents;
  if (first === undefined) return true;
  const folder = await mkdtemp(join(tmpdir(), 'entra-twin-'));
  try {
    const certificate = join(folder, 'certificate.pem');
    const files = documents.map((_, index) => join(folder, `${index}.xml`));
    await Promise.all([
      writeFile(certificate, pemOf(first.certificate)),
      ...documents.map(({ xml }, index) => writeFile(files[index] ?? '', xml)),
    ]);
    const { ok } = await xmlsec1([
      ...['--verify', '--trusted-pem', certificate, '--pubkey-cert-pem', certificate],
      ...idAttributes,
      // The key is the one named here, whatever the document says of keys.
      ...['--enabled-key-data', 'key-name,rsa,ec'],
      ...['--node-xpath', first.signature, ...files],
    ]);
    return ok;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const pemOf = (certificate: string): string =>
  `-----BEGIN CERTIFICATE-----\n${certificate.replaceAll(/(.{64})/g, '$1\n').trimEnd()}\n-----END CERTIFICATE-----\n`;
