import { expect, test } from '@jest/globals';
import { accountParty, withAccountParty } from '../../../src/account/account-party.js';
import { createReplaceableRegistry } from '../../../src/relying-parties/replaceable-registry.js';
import { oidcParty } from '../../support/start-server.js';

test('the account pages are found by id and listed nowhere', () => {
  const payroll = oidcParty('payroll', {});
  const plain = createReplaceableRegistry([payroll], () => {});
  const registry = withAccountParty(plain);
  expect(registry.byId('account')).toBe(accountParty);
  expect(registry.byId('payroll')).toBe(payroll);
  expect(registry.all()).toEqual([payroll]);
  expect(registry.ofProtocol('account')).toEqual([]);
  let told = 0;
  const stop = registry.onChange(() => (told += 1));
  plain.replace([]);
  stop();
  plain.replace([payroll]);
  expect(told).toBe(1);
});

test('nobody can configure a weaker one in its place', () => {
  const weak = oidcParty(
    'account',
    {},
    { policy: { factors: 1, maxAge: null, allowedFactors: null, groups: null } },
  );
  const registry = withAccountParty(createReplaceableRegistry([weak], () => {}));
  expect(registry.byId('account')).toBe(accountParty);
  expect([...registry.all(), ...registry.ofProtocol('oidc')]).toEqual([]);
});
