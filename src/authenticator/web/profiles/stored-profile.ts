import type { DeviceKey } from '../crypto/device-keys.js';

/**
 * A profile as this device keeps it (`docs/authenticator-protocol.md`, section 2). The PIN and everything made from it are missing on
 * purpose: whoever copies the storage could try PINs with it.
 */
export interface StoredProfile {
  id: string;
  /** `pin`: begun, without keys at the server; `waiting`: to be confirmed on the web page. */
  stage: 'pin' | 'waiting' | 'active';
  salt: Uint8Array;
  /** HMAC-SHA-256 and P-256; the browser gives neither out. */
  secret: DeviceKey;
  signing: DeviceKey;
  publicKey: Uint8Array;
  seq: number;
  lastIat: number;
  /** Server's time minus this device's clock, in milliseconds. */
  offset: number;
  person: { name: string; username: string };
  organisation: string;
  /** What the server calls it; empty until it has said. */
  name: string;
  codes: 'enabled' | 'disabled' | 'locked';
  /** Server's time; `null`: for good. Left out by versions of the app that did not ask. */
  codesLockedUntil?: number | null;
  locked: boolean;
  /** The server's key for push, and whether the person wants to be notified. */
  pushKey: string | null;
  notify: boolean;
  /** Until confirmed. */
  draft: { activation: string; codesAllowed: boolean; expiresAt: number } | null;
  createdAt: number;
}
