import { DrawbridgeError } from '../kernel/errors.js';
import type { FieldProblem } from './person-fields.js';

/** A user name, mail address or UPN already leads to somebody else. */
export class AliasTaken extends DrawbridgeError {
  readonly aliases: readonly string[];

  constructor(aliases: readonly string[]) {
    super('alias_taken', 'a user name, mail address or UPN belongs to another person', {
      status: 409,
    });
    this.aliases = aliases;
  }
}

export class InvalidPerson extends DrawbridgeError {
  readonly problems: readonly FieldProblem[];

  constructor(problems: readonly FieldProblem[]) {
    const text = problems.map(({ field, message }) => `${field} ${message}`).join('; ');
    super('invalid_person', text, { status: 422 });
    this.problems = problems;
  }
}

export class NoSuchPerson extends DrawbridgeError {
  constructor() {
    super('no_such_person', 'there is no such person', { status: 404 });
  }
}
