import type { Budgets } from './budgets.js';
import type { EndpointDeps } from './endpoint.js';
import type { Caller } from './caller.js';

/** From so many revocations of one program on a day (UTC), operators are told by mail; then each time it has doubled. */
export const manyRevocations = 10;

/** Makes it loud when a program takes many phones, in a list or one by one. */
export interface RevocationWatch {
  /**
   * To be told after each phone, or each person whose phones it were.
   * @throws DependencyUnavailable
   */
  revoked(caller: Pick<Caller, 'clientId'>): Promise<void>;
}

export function createRevocationWatch({
  budgets,
  tellOperators,
}: {
  budgets: Pick<Budgets, 'countRevoked'>;
  tellOperators: EndpointDeps['tellOperators'];
}): RevocationWatch {
  return {
    async revoked({ clientId }) {
      const count = await budgets.countRevoked(clientId);
      if (!isLoud(count)) return;
      const what = `client ${clientId} has revoked the phones of ${count} people since midnight UTC`;
      tellOperators('help_desk_many_revocations', what);
    },
  };
}

/** Each count comes up once, whichever process has it, so nobody needs to remember what was told. */
export function isLoud(count: number): boolean {
  const times = count / manyRevocations;
  return times >= 1 && Number.isInteger(Math.log2(times));
}
