import type { Agent } from 'node:https';
import type { Configuration } from '../config/configuration.js';
import { createActivationDesk } from '../devices/create-activation-desk.js';
import { createDeviceReader } from '../devices/create-device-reader.js';
import { createPhoneActivation } from '../devices/create-phone-activation.js';
import { createProfileWriter } from '../devices/create-profile-writer.js';
import { createRevocation } from '../devices/create-revocation.js';
import type { RevocationListener } from '../devices/device-store.js';
import { createForgetCodes } from '../devices/forget-codes.js';
import { createSignedRequests } from '../devices/signed-request/create-signed-requests.js';
import type { Directory } from '../directory/directory.js';
import { createCodeCredentials } from '../factors/otp/code-credentials.js';
import { createApprovalStrikes } from '../factors/push/approval-strikes.js';
import { ChallengeStore } from '../factors/push/challenge-store.js';
import { createChallengeDesk } from '../factors/push/create-challenge-desk.js';
import { createPhoneChallenges } from '../factors/push/create-phone-challenges.js';
import { createPushEnrolment } from '../factors/push/push-enrolment.js';
import { createPushFactor } from '../factors/push/create-push-factor.js';
import { Doorbell } from '../factors/push/doorbell.js';
import { signalTopics } from '../factors/push/signal-topics.js';
import { createTellOfPush } from '../factors/push/tell-of-push.js';
import { ensureVapidKeys } from '../factors/push/vapid-keys.js';
import { addressIn } from '../web/client-address.js';
import { loadMessages } from '../web/messages.js';
import { ownPagesOnPhone, pushWords } from '../web/push-words.js';
import type { Foundations } from './foundations.js';
import { createHelpDeskMail } from './help-desk-mail.js';
import { viewsFolder } from './package-folder.js';

/** The phones' parts, wired. */
export type PhoneParts = Awaited<ReturnType<typeof createPhoneParts>>;

export async function createPhoneParts(
  configuration: Configuration,
  base: Foundations,
  directory: Pick<Directory, 'find'>,
  /** How push services are reached; the system's way when left out. */
  pushAgent?: Agent,
) {
  const { database, store, signals, sealer, clock, random, audit, outbox, logger } = base;
  const { publicUrl, organisation, authenticator: chosen } = configuration;
  const settings = {
    challengeMs: chosen.requestLifetime,
    numberDigits: chosen.numberDigits,
    pushServices: chosen.pushServices,
  };
  const appUrl = publicUrl.absolute('/authenticator/');
  const codes = createCodeCredentials({ database, sealer, clock, random });
  const challenges = new ChallengeStore({ store, sealer, clock });
  const tellHelpDesk = createHelpDeskMail(configuration, base);

  const onRevoked: RevocationListener = async ({ id, person, because }) => {
    try {
      if (because === 'clone') {
        await tellHelpDesk(database.db, 'phone_copied', `profile ${id} of ${person}`);
      }
      const live = await challenges.liveOf(person);
      if (live?.challenge.profiles.includes(id)) await desk.withdraw(live.challenge.id);
    } catch (error) {
      logger.error('devices.revocation_not_told', { profile: id }, error);
    }
    await signals.send(signalTopics.inbox(id));
  };
  const devices = createDeviceReader(database);
  const profiles = createProfileWriter({ database, sealer });
  const ends = chosen.revocationEnds;
  const revocation = createRevocation({ audit, outbox, clock, codes, ends, onRevoked });
  const nudge = (topic: string) => void signals.send(topic);
  const activationDesk = createActivationDesk({
    database,
    audit,
    outbox,
    sealer,
    clock,
    random,
    codes,
    revocation,
    onActivated: ({ id }) => nudge(signalTopics.inbox(id)),
  });
  const phoneActivation = createPhoneActivation({
    database,
    store,
    sealer,
    clock,
    random,
    directory,
    codes,
    codesAllowed: chosen.offlineCodes,
    revocation,
    onCompleted: (id) => nudge(signalTopics.activation(id)),
  });
  const vapid = await ensureVapidKeys({ database, sealer, clock });
  const messages = loadMessages(viewsFolder());
  const doorbell = new Doorbell({
    profiles,
    settings,
    vapid: { ...vapid, subject: vapidSubject(configuration) },
    appUrl,
    words: (locale) => pushWords(messages, locale, configuration.languages.default),
    clock,
    logger,
    count: (result) => {
      base.metrics.pushes.add({ result });
    },
    ...(pushAgent === undefined ? {} : { agent: pushAgent }),
  });
  const placeOf = (address: string): string =>
    chosen.places.find(({ networks }) => addressIn(address, networks))?.name ?? address;
  const desk = createChallengeDesk({
    store,
    challenges,
    signals,
    clock,
    random,
    settings,
    ownPages: (locale) =>
      ownPagesOnPhone(messages, organisation.name, locale, configuration.languages.default),
    placeOf,
    ring: (challenge, rung, person) => {
      doorbell.ring(challenge, rung, person);
    },
  });
  const enrolment = createPushEnrolment({ activationDesk, appUrl, clock, database, signals });
  const tell = createTellOfPush({ database, store, audit, outbox, clock, tellHelpDesk });
  const strikes = createApprovalStrikes(database);
  return {
    activationDesk,
    appUrl,
    codes,
    desk,
    devices,
    doorbell,
    forgetCodes: createForgetCodes({ database, audit, codes, outbox, clock, ends }),
    phoneActivation,
    placeOf,
    phoneChallenges: createPhoneChallenges({
      database,
      store,
      challenges,
      strikes,
      signals,
      sealer,
      clock,
      tell,
    }),
    profiles,
    push: createPushFactor({ database, audit, desk, devices, signals, clock, enrolment }),
    pushKey: vapid.publicKey,
    requests: createSignedRequests({ database, store, sealer, clock, revocation }),
    revocation,
    tellHelpDesk,
  };
}

/** RFC 8292, 2.1. Push services refuse anything that is no https or mailto address. */
function vapidSubject({ publicUrl, adminMail, organisation }: Configuration): string {
  const contact = organisation.supportContact ?? '';
  if (adminMail !== null) return `mailto:${adminMail}`;
  if (/^[^@\s:/]+@[^@\s]+$/.test(contact)) return `mailto:${contact}`;
  return publicUrl.secure ? publicUrl.base : 'mailto:drawbridge@localhost.invalid';
}
