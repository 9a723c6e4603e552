import { Router } from 'express';
import type { Configuration } from '../config/configuration.js';
import type { RelyingPartyRegistry } from '../relying-parties/relying-party.js';
import type { HomePage } from '../web/page-models.js';
import type { Edge } from './edge.js';
import type { Foundations } from './foundations.js';
import type { SignInParts } from './sign-in.js';

export type DemoHome = HomePage['demo'];

/** People's own pages: home, account, passwords. */
export function createSelfService(
  configuration: Configuration,
  base: Foundations,
  edge: Edge,
  registry: RelyingPartyRegistry,
  demo: (() => DemoHome) | undefined,
): { registry: RelyingPartyRegistry; router: (parts: SignInParts) => Router } {
  void [configuration, base, edge, demo];
  return { registry, router: () => Router() };
}
