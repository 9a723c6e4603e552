import type { PrefixedId } from '../kernel/prefixed-id.js';

export type DeviceId = PrefixedId<'dev'>;
export type ProfileId = PrefixedId<'prf'>;
export type ActivationId = PrefixedId<'act'>;
