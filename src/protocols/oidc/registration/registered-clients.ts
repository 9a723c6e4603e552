import type { ClientMetadata } from 'oidc-provider';
import type { AuditLog } from '../../../audit/audit-log.js';
import {
  clientChanged,
  clientRegistered,
  clientRemoved,
} from '../../../audit/events/registration-events.js';
import type { Clock } from '../../../kernel/clock.js';
import { randomToken, type RandomSource } from '../../../kernel/random.js';
import type { Sealer } from '../../../keys/sealer.js';
import { sealingContext } from '../../../keys/sealing-context.js';
import {
  managedParty,
  type ManagedParty,
} from '../../../relying-parties/registered/managed-party.js';
import {
  addRegisteredParty,
  changeRegisteredParty,
  registeredPartiesTopic,
  removeRegisteredParty,
} from '../../../relying-parties/registered/registered-parties.js';
import { announce } from '../../../storage/sql/change-feed.js';
import type { SqlDatabase } from '../../../storage/sql/sql-database.js';
import { clientMetadata } from '../client-metadata.js';
import { clientDocument, storedClient, type ClientDocument } from './client-document.js';
import type { MetadataRequest } from './client-metadata-request.js';
import type { InitialTokens } from './initial-tokens.js';
import { RegistrationRefused } from './registration-refused.js';
import { sameSecret } from './same-secret.js';
import { hashOfToken } from './token-hash.js';

export interface RegisteredClientsDeps {
  database: SqlDatabase;
  audit: AuditLog;
  clock: Clock;
  random: RandomSource;
  sealer: Sealer;
  tokens: InitialTokens;
  privateHosts: readonly string[];
  /** @throws RegistrationRefused for what the library would not take */
  refuseUnusable: (metadata: ClientMetadata) => void;
  /** Puts in force here what is registered now; other processes hear of it by the change feed. */
  refreshRegistered: () => Promise<void>;
}

/** A client with what only its manager is told. */
export interface ManagedClient {
  client: ClientDocument;
  createdAt: number;
  managementToken: string;
}

/** Clients that register and manage themselves (RFC 7591, RFC 7592): relying parties without a file. */
export class RegisteredClients {
  readonly #deps: RegisteredClientsDeps;

  constructor(deps: RegisteredClientsDeps) {
    this.#deps = deps;
  }

  /** @throws RegistrationRefused; the use of the token is then not taken */
  async register(
    initialToken: string,
    request: MetadataRequest,
    clientAddress: string,
  ): Promise<ManagedClient> {
    const { database, audit, clock, random, tokens } = this.#deps;
    const id = `reg-${random.bytes(16).toString('hex')}`;
    const managementToken = randomToken(random);
    const client = await this.#document(request, id, null);
    const createdAt = clock.now();
    await database.transaction(async (tx) => {
      const grantedBy = await tokens.use(tx, initialToken);
      if (grantedBy === null) throw noUseLeft();
      const added = await addRegisteredParty(
        tx,
        {
          id,
          protocol: 'oidc',
          document: client.document,
          origin: 'registration',
          secretSealed: this.#sealed(id, client),
          managementHash: hashOfToken(managementToken),
        },
        clock,
      );
      if (!added) throw new Error('a random id was taken');
      await announce(tx, registeredPartiesTopic, clock);
      const about = { relyingParty: id, clientAddress };
      await audit.recordIn(tx, clientRegistered(about, { ...factsOf(client), grantedBy }));
    });
    await this.#deps.refreshRegistered();
    return { client, createdAt, managementToken };
  }

  /** @throws RegistrationRefused `invalid_token`, also when there is no such client */
  async read(id: string, managementToken: string): Promise<ManagedClient> {
    const party = await this.#managed(id, managementToken);
    const client = storedClient(party.document, this.#secretOf(party));
    return { client, createdAt: party.createdAt, managementToken };
  }

  /** Replaces everything it says of itself; its id, its secret and its management token stay. */
  async replace(
    id: string,
    managementToken: string,
    request: MetadataRequest,
    clientAddress: string,
  ): Promise<ManagedClient> {
    const { database, audit, clock } = this.#deps;
    const party = await this.#managed(id, managementToken);
    const secret = this.#secretOf(party);
    refuseWhatIsOurs(request, id, secret);
    const client = await this.#document(request, id, secret);
    await database.transaction(async (tx) => {
      const change = { document: client.document, secretSealed: this.#sealed(id, client) };
      if (!(await changeRegisteredParty(tx, id, change, clock))) throw noSuchClient();
      await announce(tx, registeredPartiesTopic, clock);
      await audit.recordIn(tx, clientChanged({ relyingParty: id, clientAddress }, factsOf(client)));
    });
    await this.#deps.refreshRegistered();
    return { client, createdAt: party.createdAt, managementToken };
  }

  /** Its grants end with it, and with them every token. */
  async remove(id: string, managementToken: string, clientAddress: string): Promise<void> {
    const { database, audit, clock } = this.#deps;
    const party = await this.#managed(id, managementToken);
    await database.transaction(async (tx) => {
      if (!(await removeRegisteredParty(tx, id))) throw noSuchClient();
      const ended = await tx
        .updateTable('oidc_grants')
        .set({ revoked_at: clock.now() })
        .where('client_id', '=', id)
        .where('revoked_at', 'is', null)
        .returning('id')
        .execute();
      await announce(tx, registeredPartiesTopic, clock);
      const facts = { name: String(party.document['name']), grants: ended.length };
      await audit.recordIn(tx, clientRemoved({ relyingParty: id, clientAddress }, facts));
    });
    await this.#deps.refreshRegistered();
  }

  async #managed(id: string, managementToken: string): Promise<ManagedParty> {
    const { db } = this.#deps.database;
    const party = await managedParty(db, id, hashOfToken(managementToken));
    if (party === null) throw noSuchClient();
    return party;
  }

  async #document(
    request: MetadataRequest,
    id: string,
    secret: string | null,
  ): Promise<ClientDocument> {
    const { random, privateHosts } = this.#deps;
    const secretOf = () => secret ?? randomToken(random);
    const client = await clientDocument(request, { id, secretOf }, privateHosts);
    this.#deps.refuseUnusable(clientMetadata({ id, name: client.name, settings: client.settings }));
    return client;
  }

  #sealed(id: string, { settings }: ClientDocument): string | null {
    const { client_secret } = settings;
    if (client_secret === undefined) return null;
    const text = JSON.stringify({ client_secret });
    return this.#deps.sealer.seal(Buffer.from(text), sealingContext.relyingParty(id));
  }

  #secretOf({ id, secretSealed }: ManagedParty): string | null {
    if (secretSealed === null) return null;
    const opened = this.#deps.sealer.open(secretSealed, sealingContext.relyingParty(id));
    const { client_secret } = JSON.parse(opened.toString()) as { client_secret?: string };
    return client_secret ?? null;
  }
}

const factsOf = ({ name, settings }: ClientDocument) => ({
  name,
  redirectUris: settings.redirect_uris,
});

/** RFC 7592, 2.2: the client repeats its id, may repeat its secret, and cannot choose the rest. */
function refuseWhatIsOurs(request: MetadataRequest, id: string, secret: string | null): void {
  if (request.get('client_id') !== id) {
    throw new RegistrationRefused('invalid_request', 'client_id must be that of the client');
  }
  for (const name of ownMembers) {
    if (request.has(name))
      throw new RegistrationRefused('invalid_request', `${name} cannot be set`);
  }
  if (request.has('client_secret') && !sameSecret(request.get('client_secret'), secret)) {
    throw new RegistrationRefused('invalid_request', 'client_secret is not that of the client');
  }
}

const ownMembers = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
];

const noUseLeft = () =>
  new RegistrationRefused('invalid_token', 'the token is unknown, has expired or is used up');
const noSuchClient = () =>
  new RegistrationRefused('invalid_token', 'the token is not that of the client');
