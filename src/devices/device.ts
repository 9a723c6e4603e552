import type { PersonId } from '../directory/person.js';
import type { DeviceId } from './ids.js';

/** An installation of the app, as one person uses it. Two people on one phone have a row each and see nothing of each other. */
export interface Device {
  id: DeviceId;
  person: PersonId;
  name: string;
  createdAt: number;
  lastSeenAt: number | null;
  revokedAt: number | null;
}
