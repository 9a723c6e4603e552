/**
 * The public door for programs that embed Drawbridge: compose one, mount its `app` in an Express or Node server of
 * your own (under the path of `public_url`), close it when done.
 */
export { loadConfiguration } from './config/load-configuration.js';
export type { Configuration } from './config/configuration.js';
export { createDrawbridge, type Drawbridge, type DrawbridgeChoices } from './server/drawbridge.js';
export { relyingPartiesFromFiles } from './server/relying-party-source.js';
export { createReplaceableRegistry } from './relying-parties/replaceable-registry.js';
export type { RelyingParty, RelyingPartyRegistry } from './relying-parties/relying-party.js';
export type { Factor } from './factors/factor.js';
export type { SignInRequest } from './login/sign-in-request.js';
export type { SignInResult } from './login/sign-in-result.js';
