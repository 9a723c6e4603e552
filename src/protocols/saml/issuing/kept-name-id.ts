import type { ReturningChange } from '../../../audit/audit-log.js';
import type { Clock } from '../../../kernel/clock.js';
import type { RandomSource } from '../../../kernel/random.js';

/**
 * The identifier a service knows a person by and nobody else does (SAML 2.0 core, 8.3.7): random, made at the first
 * visit, the same ever after. One statement, so that of parallel callers all get the one that was first.
 */
export function keptNameId(
  of: { person: string; relyingParty: string },
  deps: { random: RandomSource; clock: Clock },
): ReturningChange<{ value: string }> {
  // Hexadecimal, because there are services that do not tell upper from lower case.
  const value = deps.random.bytes(20).toString('hex');
  return (db) =>
    db
      .insertInto('saml_name_ids')
      .values({
        person_id: of.person,
        relying_party: of.relyingParty,
        value,
        created_at: deps.clock.now(),
      })
      .onConflict((conflict) =>
        // Changes nothing: without an update there would be no row to return.
        conflict
          .columns(['person_id', 'relying_party'])
          .doUpdateSet((eb) => ({ value: eb.ref('saml_name_ids.value') })),
      )
      .returning('value');
}
