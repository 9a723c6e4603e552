import type { PolicyConfiguration } from '../config/configuration.js';

/** One of the demo's services, as it shows itself. */
export interface DemoService {
  /** The first segment of its addresses, and how Drawbridge calls it. */
  id: string;
  name: string;
  /** One line for the start page. */
  about: string;
}

/** What all demo services ask of a sign-in: what the configuration says of services that say nothing. */
export type DemoPolicy = Pick<PolicyConfiguration, 'factors' | 'maxAge'>;
