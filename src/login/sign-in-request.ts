import type { PersonId } from '../directory/person.js';
import type { FactorEvent } from '../sessions/factor-event.js';

/** What a protocol asks of the engine, free of that protocol's words. JSON, since it lives in the record. */
export interface SignInRequest {
  /** Id of the relying party; its policy is looked up again whenever it is needed. */
  relyingParty: string;
  /** For audit rows: `oidc`, `saml`, … */
  protocol: string;
  /** The door the request came through, for audit rows: `oidc.authorize`, `saml.idp-initiated`, … */
  entry: string;
  /** What the request itself demands; policy can only add to it. */
  asked: {
    factors: 1 | 2;
    /** Milliseconds; `null`: no demand. */
    maxAge: number | null;
    /** Context class references in order of preference, for the result's acr. */
    acrs: readonly string[];
  };
  /** Ask again whatever the session holds. */
  force: boolean;
  loginHint: string | null;
  /** When set, only this person may complete the sign-in. */
  subject: PersonId | null;
  /**
   * Proofs that another party vouches for (an upstream provider, Entra), of `subject`: with both, that person is known
   * from the start and asked only for what is missing. Whoever sets them answers for the link between the two accounts.
   */
  priorEvidence: readonly FactorEvent[];
  /** Second factors that count; `null`: all. */
  allowedFactors: readonly string[] | null;
  /** `isolated`: neither uses nor creates a sign-on session. */
  session: 'join' | 'isolated';
  /** Milliseconds since the epoch after which the other side no longer waits; `null`: our own limit. */
  deadline: number | null;
  /**
   * The other side is told of every failure at once, also that time is over, because it has a page of its own for it and
   * waits. Absent: a page of ours tells the person, with a way back.
   */
  failures?: 'handed-back';
  /** Nobody sets up a first second factor in this sign-in, whatever the organisation allows. */
  enrolment?: 'refused';
  interaction: 'browser' | 'none';
  /** Language tags the other side would like, by preference (OIDC `ui_locales`); `null`: no wish. */
  uiLocales: string | null;
  /** Path of ours to which the browser returns when the sign-in has ended, well or badly. */
  continueAt: string;
  /** The protocol's own notes; nobody else reads them. */
  protocolState: JsonObject;
}

export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue };
export type JsonObject = { readonly [name: string]: JsonValue };
