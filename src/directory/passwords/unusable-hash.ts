/** A password hash that cannot or must not be used. The message ends the sentence "The hash …". */
export class UnusableHash extends Error {
  override readonly name = 'UnusableHash';
}
