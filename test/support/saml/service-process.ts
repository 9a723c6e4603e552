import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SamlConfig } from '@node-saml/node-saml';
import { bindings } from '../../../src/saml-core/namespaces.js';
import type { PartnerMetadata } from '../../../src/saml-core/metadata.js';
import type { RelyingParty } from '../../../src/relying-parties/relying-party.js';
import { testKey, type TestKey } from '../../unit/saml-core/support/key-pairs.js';
import { entityIdOf, samlParty } from './saml-party.js';

const program = fileURLToPath(new URL('./service-program.mjs', import.meta.url));

interface Report {
  /** What it was told is over. */
  ended: { nameID: string; sessionIndex: string | null }[];
  /** Logout tokens of OpenID Connect. */
  heard: string[];
  /** How many people are signed in. */
  sessions: number;
}

/** What it does with a logout request: answers it, well or not, or keeps the browser. */
export type Manner = 'success' | 'failure' | 'nothing';

/** A service in a process of its own: a service provider, and an ear for back-channel logout. */
export class ServiceProcess {
  readonly id: string;
  readonly url: string;
  readonly key: TestKey;
  readonly #child: ChildProcess;
  #acks = 0;

  private constructor(id: string, child: ChildProcess, port: number) {
    this.id = id;
    this.url = `http://127.0.0.1:${port}`;
    this.key = testKey('rsa:2048', id);
    this.#child = child;
  }

  static async start(id: string): Promise<ServiceProcess> {
    const child = fork(program, [], { execArgv: [], env: { ...process.env, NODE_OPTIONS: '' } });
    const [message] = (await once(child, 'message')) as [{ port: number }];
    return new ServiceProcess(id, child, message.port);
  }

  /** As its operator would have registered it. */
  party(
    binding: keyof typeof bindings | null = 'redirect',
    more: { settings?: Record<string, unknown>; metadata?: Partial<PartnerMetadata> } = {},
  ): RelyingParty {
    const slo =
      binding === null
        ? []
        : [{ url: `${this.url}/slo`, binding: bindings[binding], responseUrl: null }];
    const acs = { url: `${this.url}/acs`, binding: bindings.post, index: 0, isDefault: true };
    const metadata = { acs: [acs], slo, signingCertificates: [this.key.certificate] };
    return samlParty(this.id, more.settings ?? {}, { metadata: { ...metadata, ...more.metadata } });
  }

  /** Tells it about the identity provider. */
  async join(idp: string, idpCert: string, options: Partial<SamlConfig> = {}): Promise<void> {
    await this.#tell({
      kind: 'configure',
      how: { id: this.id },
      saml: {
        callbackUrl: `${this.url}/acs`,
        entryPoint: `${idp}/saml/sso`,
        logoutUrl: `${idp}/saml/slo`,
        issuer: entityIdOf(this.id),
        audience: entityIdOf(this.id),
        idpIssuer: idp,
        idpCert,
        privateKey: this.key.pem,
        signatureAlgorithm: 'sha256',
        digestAlgorithm: 'sha256',
        identifierFormat: null,
        disableRequestedAuthnContext: true,
        validateInResponseTo: 'always',
        ...options,
      },
    });
  }

  /** Nothing is asked of one that is dead. */
  async behave(answers: Manner): Promise<void> {
    if (this.#child.connected) await this.#tell({ kind: 'configure', how: { answers } });
  }

  report(): Promise<Report> {
    return this.#tell({ kind: 'report' });
  }

  /** It still takes connections, and does nothing with them. */
  hang(): void {
    this.#child.kill('SIGSTOP');
  }

  wake(): void {
    this.#child.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  async #tell(message: object): Promise<Report> {
    this.#acks += 1;
    const ack = this.#acks;
    const answer = new Promise<Report>((resolve) => {
      const listen = (heard: Report & { ack: number }) => {
        if (heard.ack !== ack) return;
        this.#child.off('message', listen);
        resolve(heard);
      };
      this.#child.on('message', listen);
    });
    this.#child.send({ ...message, ack });
    return answer;
  }
}
