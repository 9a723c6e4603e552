import { decodeJwt, decodeProtectedHeader } from 'jose';
import { cloudNames, microsoftClouds } from '../../protocols/external-mfa/microsoft-clouds.js';
import { summariseToken } from './answer-summary.js';

/** A relying party of External MFA, as far as a hint has to fit it. */
export interface HintedParty {
  id: string;
  appId: string;
  tenants: readonly string[];
}

/** The cloud that a token is from, when it is Microsoft's own; `null` for every other one. */
export function cloudOfToken(token: string): string | null {
  try {
    decodeProtectedHeader(token);
    const { iss } = decodeJwt(token);
    const tenant = iss?.split('/')[3] ?? '';
    return cloudNames.find((name) => microsoftClouds[name].issuerOf(tenant) === iss) ?? null;
  } catch {
    return null;
  }
}

/**
 * What Microsoft says of somebody when it asks for their second factor, and whether a relying party here is meant. The
 * signature is not judged: the keys are Microsoft's. `ok`: it fits one.
 */
export function explainHint(
  token: string,
  cloud: string,
  parties: readonly HintedParty[],
): { lines: string[]; ok: boolean } {
  const claims = decodeJwt<{ tid?: unknown; upn?: unknown; preferred_username?: unknown }>(token);
  const { iss, aud, tid, exp = 0, iat = 0 } = claims;
  const meant = parties.filter(({ appId }) => appId === aud);
  const party = meant.find(({ tenants }) => tenants.includes(String(tid))) ?? meant[0];
  const faults = [
    ...(typeof tid === 'string' && iss?.split('/')[3] === tid
      ? []
      : ['tid is not the tenant that iss names, so it is refused here.']),
    ...(party === undefined
      ? [`aud is no app_id of a relying party here${known(parties)}, so it is refused here.`]
      : party.tenants.includes(String(tid))
        ? []
        : [`tid is not among the tenants of ${party.id}, so it is refused here.`]),
  ];
  return {
    ok: faults.length === 0,
    lines: [
      `This is Microsoft's hint (id_token_hint, cloud ${cloud}), not our answer: what Entra sends here to say whose second factor it wants.`,
      ...summariseToken(token),
      '',
      'What it says:',
      row('iss, tid', 'the tenant that asks'),
      row(
        'aud',
        `app_id of the app registration${party === undefined ? '' : `: that of ${party.id}`}`,
      ),
      row('oid', 'the account, for good: by tid and oid it is linked to a person here'),
      row(
        'upn, preferred_username',
        'how the account is called today; it may be another one tomorrow',
      ),
      row('sub', 'what sub of our id_token has to be'),
      row('iat', 'when it was made: here it is taken for eight minutes from then at most'),
      row(
        'exp',
        exp <= iat
          ? 'it is expired when it is issued, which is usual and not a fault'
          : 'not looked at here; iat counts',
      ),
      '',
      ...(faults.length === 0
        ? [
            'It is meant for this installation. Its signature was not looked at: the keys are those Microsoft publishes.',
          ]
        : faults),
      '',
      'To have our answer explained paste the id_token of the form that goes back to Microsoft.',
    ],
  };
}

const known = (parties: readonly HintedParty[]): string =>
  parties.length === 0 ? '' : ` (${parties.map(({ appId }) => appId).join(', ')})`;

const row = (name: string, value: string) => `  ${name.padEnd(26)} ${value}`;
