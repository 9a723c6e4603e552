declare const verified: unique symbol;
declare const unsigned: unique symbol;

/** Values read from the canonical bytes under a signature that was verified with a stored key. */
export type Verified<Value> = Value & { readonly [verified]: true };

/** Values of a message that its partner may send unsigned; it passed the guard and proves nothing about its sender. */
export type Unsigned<Value> = Value & { readonly [unsigned]: true };
