import type { Person, PersonId } from '../directory/person.js';
import type { Outbox } from '../jobs/outbox.js';
import type { Queryable, SqlDatabase } from '../storage/sql/sql-database.js';
import type { ActivationDesk, Assistant, IssuedActivation } from './activations.js';
import type { Revocation, StatedReason } from './device-store.js';
import type { Profile } from './profile.js';

/** Adding a phone for somebody else: what the command line and the help desk's API do alike. */
export interface AssistedActivation {
  /** A code, with the second secret mailed where it can be, in one transaction. */
  issue(person: Person, by: Assistant, options?: IssueOptions): Promise<AssistedOutcome>;
  /** As `issue`, and the phone is out of use, whatever it was before: both or neither. */
  reactivate(
    profile: Pick<Profile, 'id'>,
    person: Person,
    by: Assistant & { stated?: StatedReason },
    options?: IssueOptions,
  ): Promise<AssistedOutcome>;
  /**
   * Puts the phone in force that shows these six digits. When the one that waits shows others, it is refused: it may
   * be somebody else's.
   */
  confirm(person: PersonId, fingerprint: string, by: Assistant): Promise<ConfirmOutcome>;
}

export interface IssueOptions {
  /** Refuse where the second secret cannot be mailed: the caller must not get to see it. */
  byMailOnly?: boolean;
}

export type AssistedOutcome =
  | { ok: true; issued: IssuedActivation; mailedTo: string | null }
  | { ok: false; reason: 'person_disabled' | 'no_mail_address' };

export type ConfirmOutcome =
  | { state: 'active'; profile: Profile }
  /** `deviceName` as the phone calls itself. */
  | { state: 'refused'; deviceName: string }
  | { state: 'not_waiting' };

export function createAssistedActivation(deps: {
  database: SqlDatabase;
  desk: ActivationDesk;
  revocation: Pick<Revocation, 'revokeProfile'>;
  outbox: Outbox;
  /** Is there a way for mail to people? */
  sendsMail: boolean;
  lifetimeMs: number;
}): AssistedActivation {
  const { database, desk, outbox, lifetimeMs } = deps;

  const issueIn = async (
    tx: Queryable,
    person: Person,
    { actor, clientAddress }: Assistant,
    mailTo: string | null,
  ): Promise<IssuedActivation> => {
    const from = clientAddress === undefined ? {} : { clientAddress };
    const by = { origin: 'administrator', actor, ...from, lifetimeMs } as const;
    const issued = await desk.issue(tx, person, by);
    if (mailTo === null) return issued;
    const { locale, name } = person;
    const { secondSecret: secret, expiresAt } = issued;
    const payload = { template: 'phone-secret', to: mailTo, locale, name, secret, at: expiresAt };
    await outbox.enqueue(tx, { kind: 'mail', payload });
    return issued;
  };

  const issuing = async (
    person: Person,
    options: IssueOptions | undefined,
    work: (tx: Queryable, mailTo: string | null) => Promise<IssuedActivation>,
  ): Promise<AssistedOutcome> => {
    if (person.disabled) return { ok: false, reason: 'person_disabled' };
    const mailedTo = deps.sendsMail ? person.mail : null;
    if (mailedTo === null && options?.byMailOnly === true) {
      return { ok: false, reason: 'no_mail_address' };
    }
    const issued = await database.transaction((tx) => work(tx, mailedTo));
    return { ok: true, issued, mailedTo };
  };

  return {
    issue: (person, by, options) =>
      issuing(person, options, (tx, mailTo) => issueIn(tx, person, by, mailTo)),

    reactivate: ({ id }, person, { stated, ...by }, options) =>
      issuing(person, options, async (tx, mailTo) => {
        const said = stated === undefined ? {} : { stated };
        await deps.revocation.revokeProfile(tx, id, { because: 'help-desk', ...by, ...said });
        // What ends with a phone may be everything that was issued to its person before, but not this.
        const epoch = await epochOf(tx, person.id);
        return issueIn(tx, { ...person, epoch }, by, mailTo);
      }),

    async confirm(person, fingerprint, by) {
      const waiting = await desk.waiting(person);
      if (waiting === null) return { state: 'not_waiting' };
      const { id } = waiting.activation;
      if (waiting.fingerprint !== fingerprint) {
        await database.transaction((tx) => desk.refuse(tx, id, person, by));
        return { state: 'refused', deviceName: waiting.deviceName ?? '' };
      }
      const profile = await database.transaction((tx) => desk.confirm(tx, id, person, by));
      return profile === null ? { state: 'not_waiting' } : { state: 'active', profile };
    },
  };
}

async function epochOf(tx: Queryable, person: PersonId): Promise<number> {
  const row = await tx
    .selectFrom('people')
    .select('epoch')
    .where('id', '=', person)
    .executeTakeFirstOrThrow();
  return row.epoch;
}
