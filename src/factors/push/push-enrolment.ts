import type { ActivationDesk, WatchedActivation } from '../../devices/activations.js';
import { addingView } from '../../devices/adding-view.js';
import { holdAsRead } from '../../directory/hold-person.js';
import type { Person } from '../../directory/person.js';
import type { Clock } from '../../kernel/clock.js';
import { readPrefixedId } from '../../kernel/prefixed-id.js';
import type { Signals } from '../../storage/ephemeral/signals.js';
import type { SqlDatabase } from '../../storage/sql/sql-database.js';
import type {
  FactorContext,
  FactorEnrolment,
  FactorPrompt,
  FactorState,
  FactorVerdict,
} from '../factor.js';
import { hasCodes } from '../has-codes.js';
import { phoneStanding } from './phone-standing.js';
import { pushFactorName } from './push-factor-name.js';
import { signalTopics } from './signal-topics.js';

export interface PushEnrolmentDeps {
  activationDesk: ActivationDesk;
  /** Where phones open the app. */
  appUrl: string;
  clock: Clock;
  database: SqlDatabase;
  signals: Pick<Signals, 'listen'>;
}

/**
 * A phone added in the middle of a sign-in. The page shows a code, waits while the phone makes its keys and proves both
 * of them, then shows the digits to compare: saying that they are the same makes the phone active and counts as a use of it.
 */
export function createPushEnrolment(deps: PushEnrolmentDeps): FactorEnrolment {
  const { activationDesk, clock, database, signals } = deps;

  const watched = async (person: Person, state: FactorState): Promise<WatchedActivation | null> => {
    const id = idOf(state);
    return id === null ? null : activationDesk.watch(id, person.id);
  };

  const isDone = async (person: Person, state: FactorState): Promise<boolean> => {
    const seen = await watched(person, state);
    return seen !== null && seen.activation.confirmedAt !== null;
  };

  return {
    async begin(person, _issuerName, { clientAddress }) {
      const issued = await database.transaction((tx) =>
        activationDesk.issue(tx, person, { origin: 'self', clientAddress }),
      );
      const { id, code } = issued;
      const begun = { person: person.id, activation: id, code };
      const seen = await activationDesk.watch(id, person.id);
      return promptOf(deps, begun, seen);
    },

    async complete(person, state, input, context) {
      const id = idOf(state);
      if (id === null || state['person'] !== person.id) return refused('enrolment_expired');
      if (input['fingerprint'] === 'other') {
        await database.transaction((tx) => activationDesk.refuse(tx, id, person.id));
        return refused('phone_refused');
      }
      if (input['fingerprint'] !== 'same') return refused('step_out_of_order');
      const verdict = await database.transaction((tx) => confirm(deps, tx, person, id, context));
      // Of two clicks on the same button the first one moves the sign-in on; the second must not end it.
      const again = verdict.kind === 'refused' && (await isDone(person, state));
      return again ? refused('step_out_of_order') : verdict;
    },

    elsewhere: {
      async look(person, prompt) {
        const { person: owner, activation = null, code = '' } = prompt.state;
        const seen = owner === person.id ? await watched(person, prompt.state) : null;
        const now = promptOf(deps, { person: person.id, activation, code }, seen);
        return now.state['kind'] === prompt.state['kind'] ? prompt : now;
      },

      async watch(state, listener) {
        const id = idOf(state);
        if (id === null) return { stop: () => {} };
        const watching = await signals.listen(signalTopics.activation(id), listener);
        const person = state['person'] as Person['id'];
        const seen = await activationDesk.watch(id, person);
        const { appUrl } = deps;
        const kind = seen && addingView(seen, '', appUrl, clock.now()).kind;
        if (kind !== state['kind']) listener();
        return watching;
      },

      async leave(person, state) {
        const id = idOf(state);
        if (id !== null) {
          await database.transaction((tx) => activationDesk.refuse(tx, id, person.id));
        }
      },

      isDone,
    },
  };
}

const idOf = (state: FactorState) => readPrefixedId('act', state['activation']);

const refused = (reason: Extract<FactorVerdict, { kind: 'refused' }>['reason']): FactorVerdict => ({
  kind: 'refused',
  reason,
});

/** The code is kept as long as it is shown. */
function promptOf(
  { appUrl, clock }: PushEnrolmentDeps,
  begun: { person: string; activation: FactorState[string]; code: FactorState[string] },
  seen: WatchedActivation | null,
): FactorPrompt {
  const state =
    seen === null
      ? ({ kind: 'expired' } as const)
      : addingView(seen, String(begun.code), appUrl, clock.now());
  const { code, ...kept } = begun;
  return {
    state: { ...kept, ...(state.kind === 'issued' ? { code } : {}), kind: state.kind },
    view: { template: 'factors/push-enrol', model: { state } },
  };
}

async function confirm(
  { activationDesk, clock }: PushEnrolmentDeps,
  tx: Parameters<ActivationDesk['confirm']>[0],
  person: Person,
  id: Parameters<ActivationDesk['confirm']>[1],
  { firstOnly }: FactorContext,
): Promise<FactorVerdict> {
  if (!(await holdAsRead(tx, person))) return refused('session_ended');
  if (firstOnly === true) {
    const isFirst = (await phoneStanding(tx, person)) === 'never' && !(await hasCodes(tx, person));
    if (!isFirst) return refused('enrolment_expired');
  }
  const profile = await activationDesk.confirm(tx, id, person.id);
  if (profile === null) return refused('step_out_of_order');
  return {
    kind: 'accepted',
    event: {
      factor: pushFactorName,
      category: 'possession',
      amr: 'swk',
      at: clock.now(),
      credential: profile.id,
    },
  };
}
