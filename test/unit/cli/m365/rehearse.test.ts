import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { testInstallation, type TestInstallation } from './installation.js';

/** Nobody listens there. */
const reach = ['--reach', 'http://127.0.0.1:9'];
const federated = 'id: m365\nname: Microsoft 365\nprofile: microsoft-365\ndomains: [example.com]\n';
const externalMfa = `id: contoso-mfa
name: Contoso's second factor
protocol: external-mfa
external_mfa:
  client_id: contoso-client
  app_id: 600b719b-3766-4dc5-95a6-3c4a8dc31885
  tenants: [14c2f153-90a7-4689-9db7-9543bf084dad]
`;
const other = `id: payroll
name: Payroll
protocol: oidc
oidc:
  client_id: payroll
  client_secret: secret-of-payroll-0123456789
  redirect_uris: [http://127.0.0.1:7100/callback]
`;

let installation: TestInstallation;
beforeEach(() => {
  installation = testInstallation();
});
afterEach(() => installation.remove());
const m365 = async (parties: string, command: string, ...args: string[]) => {
  installation.write('parties.yaml', parties);
  return installation.call(['m365', command, ...args]);
};

test('External MFA is rehearsed where no domain is federated', async () => {
  const { code, out, err } = await m365(externalMfa, 'rehearse', '--external-mfa', ...reach);
  expect(out).toMatch(/^\(contoso-mfa\) +External MFA +FAILED/m);
  expect(err).toBe('');
  expect(code).toBe(1);
});

test('External MFA that is not there is no success', async () => {
  const { code, err } = await m365(federated, 'rehearse', '--external-mfa', ...reach);
  expect(err).toBe('There is no relying party with protocol: external-mfa to rehearse.\n');
  expect(code).toBe(1);
});

test.each([
  ['rehearse', reach],
  ['rehearse', ['--domain', 'example.com', ...reach]],
  ['plan', []],
  ['script', ['federate']],
])('where no domain is federated, %s %j says that', async (command, args) => {
  const { code, err } = await m365(other, command, ...args);
  expect(err).toBe(
    'No issuer here speaks for a domain. List the domains in the relying party with profile: microsoft-365.\n',
  );
  expect(code).toBe(1);
});
