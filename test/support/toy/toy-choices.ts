import type { Clock } from '../../../src/kernel/clock.js';
import type { DrawbridgeChoices } from '../../../src/server/drawbridge.js';
import { createToyFactor } from './toy-factor.js';
import { toyProtocol } from './toy-protocol.js';

/** The parts from outside, by the names of those who own the toy factor, which any process can be told. */
export function toyChoices(
  clock: Clock,
  owners: readonly string[],
): Pick<DrawbridgeChoices, 'factors' | 'protocols'> {
  return { factors: [createToyFactor(clock, new Set(owners))], protocols: [toyProtocol] };
}
