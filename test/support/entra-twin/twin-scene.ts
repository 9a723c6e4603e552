import { randomBytes } from 'node:crypto';
import {
  rehearseExternalMfa,
  rehearseDiscovery,
  type ExternalMfaDeps,
} from '../../../src/entra-twin/rehearse-external-mfa.js';
import {
  rehearseFederation,
  type FederationAttempt,
} from '../../../src/entra-twin/rehearse-federation.js';
import { createSignatureJudge } from '../../../src/entra-twin/signature-judge.js';
import {
  createTenantUsers,
  type ExternalMfaMethod,
  type FederatedDomain,
  type TenantUser,
} from '../../../src/entra-twin/tenant.js';
import type { Credentials } from '../../../src/entra-twin/sign-in-by-person.js';
import type { Verdict } from '../../../src/entra-twin/verdict.js';
import { createWire } from '../../../src/entra-twin/web-browser.js';
import type { MicrosoftFace, TwinKey } from '../../../src/entra-twin/microsoft-face.js';
import { startModelIssuer, type ModelSettings } from './model-issuer.js';
import { bare, makeKey, type MadeKey } from './test-key.js';
import { startFaultyWire, type FaultyWire } from './wire-fault.js';

/** A provider under test, with a wire in front of it that can be made faulty. */
export interface TwinScene {
  wire: FaultyWire;
  /** Of the provider: what it signs with. */
  federationKey: MadeKey;
  providerKey: MadeKey & { kid: string };
  /** Of the provider; only the model can be set otherwise. */
  settings: ModelSettings | null;
  person: ScenePerson;
  otherPerson: ScenePerson;
  method: ExternalMfaMethod;
  federate(attempt: FederationAttempt): Promise<Verdict[]>;
  secondFactor(options?: Pick<ExternalMfaDeps, 'amr' | 'walk'>): Promise<Verdict[]>;
  discover(): Promise<Verdict[]>;
  close(): Promise<void>;
}

export interface ScenePerson extends TenantUser {
  immutableId: string;
  credentials: Credentials;
}

export interface SceneParts {
  target: string;
  /** Where browsers think they are; the target when left out. */
  origin?: string;
  issuer: string;
  paths: { saml: string; wsFed: string; discovery: string };
  federationKey: MadeKey;
  providerKey: MadeKey & { kid: string };
  twinKey: TwinKey;
  face: Pick<MicrosoftFace, 'authority' | 'hintKid'>;
  people: readonly [ScenePerson, ScenePerson];
  tenantId: string;
  clientId: string;
  appId: string;
  now: () => number;
  settings?: ModelSettings;
  close(): Promise<void>;
}

export async function createScene(parts: SceneParts): Promise<TwinScene> {
  const faulty = await startFaultyWire(parts.target);
  const origin = parts.origin ?? parts.target;
  const wire = createWire(new Map([[origin, faulty.url]]));
  const surroundings = { now: parts.now, bytes: (length: number) => randomBytes(length) };
  const [person, otherPerson] = parts.people;
  const domainOf = (protocol: FederatedDomain['protocol']): FederatedDomain => ({
    name: 'example.com',
    issuerUri: parts.issuer,
    passiveSignInUri: origin + (protocol === 'saml' ? parts.paths.saml : parts.paths.wsFed),
    protocol,
    signingCertificates: [bare(parts.federationKey.certificate)],
  });
  const method: ExternalMfaMethod = {
    tenantId: parts.tenantId,
    clientId: parts.clientId,
    appId: parts.appId,
    discoveryUrl: origin + parts.paths.discovery,
    replyUrls: null,
    consented: null,
  };
  return {
    wire: faulty,
    federationKey: parts.federationKey,
    providerKey: parts.providerKey,
    settings: parts.settings ?? null,
    person,
    otherPerson,
    method,
    federate: (attempt) => {
      const domain = domainOf(attempt.protocol);
      return rehearseFederation(
        { domain, user: person, credentials: person.credentials },
        attempt,
        {
          wire,
          origin,
          surroundings,
          signatures: createSignatureJudge(),
          domains: [domain],
          users: createTenantUsers(parts.people),
          key: parts.twinKey,
        },
      );
    },
    secondFactor: async (options = {}) => {
      const { provider } = await rehearseDiscovery(method, wire);
      if (provider === null) throw new Error('the provider publishes nothing');
      const user = { objectId: '951ddb04-b16d-45f3-bbf7-b0fa18fa7aee', upn: person.upn, name: 'A' };
      return rehearseExternalMfa({ user, credentials: person.credentials }, method, provider, {
        wire,
        surroundings,
        key: parts.twinKey,
        face: parts.face,
        ...options,
      });
    },
    discover: async () => (await rehearseDiscovery(method, wire)).verdicts,
    close: async () => {
      wire.close();
      await faulty.close();
      await parts.close();
    },
  };
}

const secret = 'JBSWY3DPEHPK3PXP';

/** The twin and the small strict provider of the tests. */
export async function modelScene(): Promise<TwinScene> {
  const [federationKey, twinKey] = [makeKey('model issuer'), makeKey('entra twin')];
  const people = [
    { upn: 'ada@example.com', immutableId: 'Qj6Qa1mXoUuVxI1tqUZ1Yg==' },
    { upn: 'bob@example.com', immutableId: '8uT7Hk2zTEaQyYwS0Jv1aA==' },
  ].map((user) => ({
    ...user,
    credentials: { username: user.upn, password: 'secret', totpSecret: secret },
  }));
  const settings: ModelSettings = {
    issuer: 'https://idp.example.com/example.com',
    key: federationKey,
    asksForCode: true,
    assertsTwoFactors: 'when shown',
    clock: () => Date.now(),
    immutableIds: Object.fromEntries(people.map(({ upn, immutableId }) => [upn, immutableId])),
    upns: {},
    providerKeyWithCertificate: true,
    acr: 'possessionorinherence',
    amr: ['otp'],
  };
  const model = await startModelIssuer(settings);
  return createScene({
    target: model.url,
    issuer: settings.issuer,
    paths: {
      saml: '/saml/sso',
      wsFed: '/wsfed',
      discovery: '/external-mfa/model/.well-known/openid-configuration',
    },
    federationKey,
    providerKey: { ...federationKey, kid: 'model' },
    twinKey,
    face: { authority: 'https://login.microsoftonline.com', hintKid: 'twin' },
    people: people as unknown as readonly [ScenePerson, ScenePerson],
    tenantId: '14c2f153-90a7-4689-9db7-9543bf084dad',
    clientId: 'model-client',
    appId: '600b719b-3766-4dc5-95a6-3c4a8dc31885',
    now: () => Date.now(),
    settings,
    close: model.close,
  });
}
