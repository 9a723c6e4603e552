/** A message from outside that does not prove what it says. */
export class NotBelieved extends Error {
  constructor(cause: unknown) {
    super('a message was not believed', { cause });
    this.name = 'NotBelieved';
  }
}
