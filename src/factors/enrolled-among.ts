import { sql } from 'kysely';
import type { Person } from '../directory/person.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';
import type { Factor } from './factor.js';

/** Those of the factors that a person has enrolled, in the order given. */
export type EnrolledAmong = (
  factors: readonly Factor[],
  person: Person,
) => Promise<readonly Factor[]>;

/** All that keep their enrolments in the database are looked up in one round trip. */
export function createEnrolledAmong({ db }: Pick<SqlDatabase, 'db'>): EnrolledAmong {
  const inOneStatement = async (
    conditions: readonly ReturnType<NonNullable<Factor['hasEnrolment']>>[],
  ): Promise<readonly boolean[]> => {
    if (conditions.length === 0) return [];
    const cases = conditions.map((condition) => sql`case when ${condition} then '1' else '0' end`);
    const { rows } = await sql<{ found: string }>`
      select ${sql.join(cases, sql` || `)} as found`.execute(db);
    return [...(rows[0]?.found ?? '')].map((found) => found === '1');
  };

  return async (factors, person) => {
    const asked = factors.flatMap((factor) =>
      factor.hasEnrolment === undefined ? [] : { factor, condition: factor.hasEnrolment(person) },
    );
    const others = factors.filter((factor) => factor.hasEnrolment === undefined);
    const [answers, counts] = await Promise.all([
      inOneStatement(asked.map(({ condition }) => condition)),
      Promise.all(others.map(async (factor) => (await factor.enrolments(person)).length)),
    ]);
    const found = new Set([
      ...asked.filter((_, index) => answers[index] === true).map(({ factor }) => factor),
      ...others.filter((_, index) => counts[index] !== 0),
    ]);
    return factors.filter((factor) => found.has(factor));
  };
}
