import type { Agent } from 'node:https';
import type { Request } from 'express';
import type { Configuration } from '../config/configuration.js';
import { createDemandedChange } from '../directory/local/demanded-change.js';
import { createLocalDirectory } from '../directory/local/local-directory.js';
import { createPasswordChanges } from '../directory/local/password-changes.js';
import { createPeople } from '../directory/local/people.js';
import { OneTimeLinks } from '../directory/links/one-time-links.js';
import { createPasswordLinks } from '../directory/links/password-links.js';
import { createResetRequestJob, createResetRequests } from '../directory/links/reset-requests.js';
import { loadBlocklist } from '../directory/passwords/blocklist.js';
import { createHashQueue, defaultHashQueueLimits } from '../directory/passwords/hash-queue.js';
import { createPasswordHashing } from '../directory/passwords/password-hashing.js';
import { createPasswordPolicy } from '../directory/passwords/password-policy.js';
import { createSlowHash } from '../directory/passwords/slow-hash.js';
import { createEnrolledAmong } from '../factors/enrolled-among.js';
import { createOtpFactor } from '../factors/otp/create-otp-factor.js';
import { createRecoveryCodeFactor } from '../factors/recovery-codes/create-recovery-code-factor.js';
import type { Factor } from '../factors/factor.js';
import { createCircumstances } from '../login/circumstances.js';
import { createCurrentSession } from '../login/current-session.js';
import { SignInEngine } from '../login/engine.js';
import { createPolicyEvaluation, createStandingPermission } from '../login/evaluate-policy.js';
import { SignIns } from '../login/sign-ins.js';
import { SignInStore } from '../login/sign-in-store.js';
import type { RelyingPartyRegistry } from '../relying-parties/relying-party.js';
import { tellOfVoid } from '../sessions/end-void-sessions.js';
import { SessionStore } from '../sessions/session-store.js';
import { addressIn, createClientAddress } from '../web/client-address.js';
import type { Edge } from './edge.js';
import type { Foundations } from './foundations.js';
import { createLogoutParts } from './logout.js';
import { createPhoneParts } from './phones.js';

/** People, factors, sessions and the engine, wired. */
export type SignInParts = Awaited<ReturnType<typeof createSignInParts>>;

export async function createSignInParts(
  configuration: Configuration,
  base: Foundations,
  edge: Edge,
  registry: RelyingPartyRegistry,
  /** Factors besides the product's own, for those who embed it. */
  extraFactors: readonly Factor[] = [],
  pushAgent?: Agent,
) {
  const { audit, clock, database, outbox, random, sealer, store } = base;
  const { passwords: chosen, lockout: limits } = configuration;
  const defaultLocale = configuration.languages.default;
  const queue = createHashQueue({ ...defaultHashQueueLimits(), length: chosen.queueLength });
  const hashing = createPasswordHashing({
    memoryKiB: chosen.memoryKiB,
    passes: chosen.iterations,
    lanes: chosen.parallelism,
  });
  const directory = createLocalDirectory({
    database,
    clock,
    audit,
    hashing,
    queue,
    lockout: {
      attempts: limits.attempts,
      windowMs: limits.window,
      durationMs: limits.duration,
      attemptsInAll: 100,
    },
  });
  const policy = createPasswordPolicy({
    minimumLength: chosen.minLength,
    blocklist: await loadBlocklist(chosen.blocklistFile),
    contextWords: [configuration.organisation.name],
  });
  const afterVoid = tellOfVoid({ outbox, clock });
  const passwords = createPasswordChanges({
    database,
    directory,
    policy,
    hashing,
    queue,
    audit,
    outbox,
    clock,
    afterVoid,
    defaultLocale,
  });
  const changeAsDemanded = createDemandedChange({ database, hashing, queue, passwords });
  const people = createPeople({ database, audit, clock, random, afterVoid });
  const links = new OneTimeLinks({ database, clock, random });
  const passwordLinks = createPasswordLinks({ database, links, passwords });
  const resetRequests = createResetRequests({ database, outbox });
  const resetJob = createResetRequestJob({
    database,
    directory,
    links,
    audit,
    outbox,
    publicUrl: configuration.publicUrl,
    clock,
    defaultLocale,
  });
  base.metrics.onCollect((gauges) => {
    gauges.hashQueueLength.set({}, queue.size());
  });

  const lockout = { attempts: limits.attempts, durationMs: limits.duration };
  const otp = createOtpFactor({ database, audit, outbox, sealer, clock, random, lockout });
  const recoveryCodes = createRecoveryCodeFactor({
    database,
    audit,
    outbox,
    hasher: createSlowHash(hashing, queue),
    clock,
    random,
    lockout,
  });

  const phones = await createPhoneParts(configuration, base, directory, pushAgent);

  const sessions = new SessionStore({
    store,
    sealer,
    clock,
    random,
    lifetimes: configuration.session,
  });
  const { rules } = configuration.policy;
  const evaluatePolicy = createPolicyEvaluation({ rules, addressIn });
  const standingPermission = createStandingPermission({ rules });
  const engine = new SignInEngine({
    directory,
    relyingParties: registry,
    enrolledAmong: createEnrolledAmong(database),
    factors: [phones.push, otp, ...extraFactors, recoveryCodes],
    evaluatePolicy,
    audit,
    countAttempt: (factor, result) => {
      base.metrics.factorAttempts.add({ factor, result });
    },
    clock,
    enrolmentAtSignIn: configuration.policy.enrolment === 'at-sign-in',
    organisation: configuration.organisation.name,
    changePassword: async (person, newPassword, { clientAddress }) => {
      const by = { clientAddress, data: { how: 'demanded' } };
      const changed = await changeAsDemanded(person, newPassword, by);
      return changed.ok
        ? { ok: true, person: changed.value }
        : { ok: false, reason: changed.failure };
    },
  });
  const signInStore = new SignInStore({ store, sealer, clock });
  const signIns = new SignIns({ store: signInStore, engine, clock, random });
  const clientAddress = createClientAddress(configuration.trustedProxies);
  const endings = { clientAddress, registry, sessions };
  const logout = createLogoutParts(configuration, base, edge, endings);
  const circumstances = createCircumstances({ clientAddress, cookies: edge.cookies, sealer });
  const currentSession: (request: Request) => ReturnType<ReturnType<typeof createCurrentSession>> =
    createCurrentSession({ sessions, cookies: edge.cookies });
  return {
    ...logout,
    circumstances,
    clientAddress,
    currentSession,
    directory,
    engine,
    evaluatePolicy,
    links,
    otp,
    passwordLinks,
    passwords,
    people,
    phones,
    recoveryCodes,
    resetJob,
    resetRequests,
    sessions,
    standingPermission,
    signInStore,
    signIns,
  };
}
