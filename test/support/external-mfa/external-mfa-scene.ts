import { randomUUID } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify, type JWTPayload } from 'jose';
import { externalMfaSettings } from '../../../src/protocols/external-mfa/external-mfa-settings.js';
import type { RelyingParty } from '../../../src/relying-parties/relying-party.js';
import { ManualClock } from '../manual-clock.js';
import { formOf, TestBrowser, type Visit } from '../browser.js';
import { addPerson } from '../people.js';
import { startTestServer, type TestServer, type TestServerOptions } from '../start-server.js';
import {
  APP_ID,
  CLAIMS,
  REDIRECT,
  startEntraCloud,
  TENANT,
  type EntraCloud,
} from './entra-cloud.js';

/** A tenant's registration as it would come out of a file. */
export function externalMfaParty(
  id: string,
  settings: Record<string, unknown> = {},
  more: Partial<RelyingParty> = {},
): RelyingParty {
  return {
    id,
    name: 'Contoso',
    protocol: 'external-mfa',
    homeUrl: null,
    enabled: true,
    thirdParty: false,
    policy: { factors: 2, maxAge: null, allowedFactors: null, groups: null },
    settings: externalMfaSettings.parse({
      client_id: `${id}-client`,
      app_id: APP_ID,
      tenants: [TENANT],
      ...settings,
    }),
    ...more,
  };
}

export interface EntraUser {
  id: string;
  username: string;
  upn: string;
  objectId: string;
  code: () => string;
}

export interface ExternalMfaScene {
  server: TestServer;
  cloud: EntraCloud;
  clock: ManualClock;
  /** Each signs in once: a code is good for half a minute. */
  somebody(options?: {
    otp?: boolean;
    linked?: boolean;
    attributes?: Record<string, string[]>;
  }): Promise<EntraUser>;
  /** The fields that Entra's form posts. */
  request(
    who: { upn: string; objectId: string },
    changes?: {
      fields?: Record<string, string | undefined>;
      claims?: Record<string, unknown>;
      hint?: string;
    },
  ): Promise<Record<string, string>>;
  /** Posts it as a browser does that comes from another site: without cookies, then goes on with them. */
  send(browser: TestBrowser, fields: Record<string, string>, party?: string): Promise<Visit>;
  /** The posted form as Entra reads it. */
  answerOf(page: Visit): Record<string, string>;
  /** Verified with the published keys and issuer. */
  verified(
    token: string,
    party?: string,
  ): Promise<{ header: { kid?: string }; claims: JWTPayload }>;
  /** The row that a posted error leads to. */
  rowOf(
    answer: Record<string, string>,
  ): Promise<{ kind: string; reason: string | null; data: Record<string, unknown> }>;
  close(): Promise<void>;
}

export async function setExternalMfaScene(
  relyingParties: RelyingParty[] = [externalMfaParty('contoso')],
  enrolment: 'at-sign-in' | 'by-administrator' = 'at-sign-in',
  /** Of one's own, to stop and start; otherwise embedded ones. */
  stores?: TestServerOptions['stores'],
): Promise<ExternalMfaScene> {
  const clock = new ManualClock(Date.now());
  const cloud = await startEntraCloud(() => clock.now());
  const server = await startTestServer({
    clock,
    relyingParties,
    processes: 1,
    ...(stores && { stores }),
    choices: { microsoftClouds: cloud.clouds },
    configuration: {
      policy: { factors: 2, maxAge: null, rules: [], enrolment },
      oidc: {
        accessTokenLifetime: 600_000,
        refreshTokenLifetime: 600_000,
        idTokenLifetime: 600_000,
        codeLifetime: 60_000,
        privateHosts: ['127.0.0.1'],
        registration: 'off',
        resources: [],
      },
    },
  });
  const { base, parts } = server.drawbridge;
  let people = 0;
  return {
    server,
    cloud,
    clock,
    async somebody({ otp = true, linked = true, attributes } = {}) {
      people += 1;
      const username = `entra${people}`;
      const upn = `${username}@contoso.com`;
      const objectId = randomUUID();
      const { person, code } = await addPerson(server.drawbridge, username, { otp });
      await parts.people.update(person.id, { upn, ...(attributes && { attributes }) });
      if (linked) {
        await base.database.db
          .insertInto('external_accounts')
          .values({
            tenant_id: TENANT,
            object_id: objectId,
            person_id: person.id,
            linked_at: clock.now(),
          })
          .execute();
      }
      return {
        id: person.id,
        username,
        upn,
        objectId,
        code: () => {
          clock.advance(30_000);
          return code();
        },
      };
    },
    async request({ upn, objectId }, { fields = {}, claims = {}, hint } = {}) {
      const all: Record<string, string | undefined> = {
        scope: 'openid',
        response_mode: 'form_post',
        response_type: 'id_token',
        client_id: 'contoso-client',
        redirect_uri: REDIRECT,
        claims: JSON.stringify(CLAIMS),
        nonce: randomUUID(),
        state: `opaque ${randomUUID()} <&"'+`,
        id_token_hint:
          hint ?? (await cloud.hint({ oid: objectId, preferred_username: upn, ...claims })),
        'client-request-id': randomUUID(),
        ...fields,
      };
      return Object.fromEntries(
        Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
      );
    },
    async send(browser, fields, party = 'contoso') {
      const posted = await new TestBrowser().request(
        `${server.url}/external-mfa/${party}/authorize`,
        { method: 'POST', body: new URLSearchParams(fields) },
      );
      return browser.follow(posted);
    },
    answerOf(page) {
      const { action, hidden } = formOf(page);
      return { action, ...hidden };
    },
    async verified(token, party = 'contoso') {
      const issuer = `${server.url}/external-mfa/${party}`;
      const found = await fetch(`${issuer}/.well-known/openid-configuration`);
      const { jwks_uri: keys } = (await found.json()) as { jwks_uri: string };
      const { payload, protectedHeader } = await jwtVerify(
        token,
        createRemoteJWKSet(new URL(keys)),
        { issuer, algorithms: ['RS256'], currentDate: new Date(clock.now()) },
      );
      return { header: protectedHeader, claims: payload };
    },
    async rowOf({ error_description: told = '' }) {
      const row = await base.database.db
        .selectFrom('audit_events')
        .select(['kind', 'reason', 'data'])
        .where('reference', '=', told.split(' ')[1] ?? '')
        .executeTakeFirstOrThrow();
      return { ...row, data: JSON.parse(row.data) as Record<string, unknown> };
    },
    async close() {
      await server.close();
      await cloud.close();
    },
  };
}
