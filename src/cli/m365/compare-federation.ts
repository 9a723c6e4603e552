import type { AadstsCode } from '../../entra-twin/aadsts-code.js';
import { describeCertificate, readCertificate, type CertificateFacts } from './certificate.js';
import { federationBody } from './federation-body.js';
import type { TenantSettings } from './federation-settings.js';
import type { OurFederation } from './our-federation.js';

type BodyKey = keyof ReturnType<typeof federationBody>;

/** Something in a tenant that is not as we would have it. */
export interface Difference {
  setting: BodyKey;
  theirs: string;
  ours: string;
  /** `broken`: people cannot sign in. `advice`: they can. */
  weight: 'broken' | 'advice';
  code: AadstsCode | null;
  why: string;
}

/** Every setting that the script would change (`federationBody`), what breaks sign-ins first. */
export function compareFederation(
  theirs: TenantSettings,
  ours: OurFederation,
  now: number,
): Difference[] {
  const differences = [
    ...addresses(theirs, ours),
    ...certificates(theirs, ours, now),
    ...behaviour(theirs, ours),
  ];
  return [
    ...differences.filter(({ weight }) => weight === 'broken'),
    ...differences.filter(({ weight }) => weight === 'advice'),
  ];
}

function addresses(theirs: TenantSettings, ours: OurFederation): Difference[] {
  const body = federationBody(ours);
  const wanted = [
    {
      setting: 'displayName',
      weight: 'advice',
      code: null,
      why: 'The name of this provider in the tenant; no sign-in depends on it.',
    },
    {
      setting: 'issuerUri',
      weight: 'broken',
      code: 'AADSTS50107',
      why: 'Entra finds the domain by the issuer of our answers, byte for byte.',
    },
    {
      setting: 'preferredAuthenticationProtocol',
      weight: 'broken',
      code: 'AADSTS50008',
      why: 'The address below is for this protocol; by the other one Entra sends what it does not expect.',
    },
    {
      setting: 'passiveSignInUri',
      weight: 'broken',
      code: null,
      why: 'People are sent there to sign in, and do not get here.',
    },
    {
      setting: 'signOutUri',
      weight: 'advice',
      code: null,
      why: 'Signing out of Microsoft 365 leaves people signed in here.',
    },
    {
      setting: 'metadataExchangeUri',
      weight: 'advice',
      code: null,
      why: 'Entra looks there for the next certificate, by WS-Federation every day when one is about to end.',
    },
    {
      setting: 'activeSignInUri',
      weight: 'advice',
      code: null,
      why: 'Old programs that send passwords get a clean refusal there.',
    },
  ] as const;
  return wanted.flatMap((one) => {
    const [was, becomes] = [theirs[one.setting], body[one.setting]];
    if (was === becomes) return [];
    const common = one.setting === 'passiveSignInUri' || one.setting === 'signOutUri';
    const works = common && was !== null && was === ours.forEveryDomain[one.setting];
    return [
      {
        ...{ ...one, theirs: was ?? 'not set', ours: becomes },
        ...(works
          ? {
              ...{ weight: 'advice' as const, code: null },
              why: 'It works as it is: that address is good for every domain. The script sets the one of this domain alone.',
            }
          : {}),
      },
    ];
  });
}

function certificates(theirs: TenantSettings, ours: OurFederation, now: number): Difference[] {
  const signing = readCertificate(ours.issuer.signing);
  const next = readCertificate(ours.issuer.next?.certificate ?? null);
  const first = readCertificate(theirs.signingCertificate);
  const second = readCertificate(theirs.nextSigningCertificate);
  const words = (facts: CertificateFacts | null) =>
    facts === null ? 'not set' : describeCertificate(facts, now);
  const known = [first, second].some((one) => one !== null && one.base64 === signing?.base64);
  const differences: Difference[] = [];
  if (!known) {
    differences.push({
      setting: 'signingCertificate',
      theirs: words(first),
      ours: words(signing),
      weight: 'broken',
      code: 'AADSTS5000811',
      why: 'What we sign with is neither signingCertificate nor nextSigningCertificate of the tenant.',
    });
  } else if (first?.base64 !== signing?.base64) {
    differences.push({
      setting: 'signingCertificate',
      theirs: words(first),
      ours: words(signing),
      weight: 'advice',
      code: null,
      why: 'We sign with what the tenant has as the next one. Make it the first, so that there is room for another.',
    });
  }
  if (next !== null && first?.base64 === next.base64 && second?.base64 !== next.base64) {
    differences.push({
      setting: 'nextSigningCertificate',
      theirs: words(second),
      ours: words(next),
      weight: 'advice',
      code: null,
      why: 'The tenant knows it already, as the first one; the script sets it as the next.',
    });
  } else if (next !== null && second?.base64 !== next.base64) {
    const from = new Date(ours.issuer.next?.signsFrom ?? now).toISOString().slice(0, 16);
    differences.push({
      setting: 'nextSigningCertificate',
      theirs: words(second),
      ours: words(next),
      weight: 'advice',
      code: 'AADSTS5000811',
      why: `We sign with it from ${from} UTC. If the tenant does not know it by then, nobody can sign in.`,
    });
  }
  return differences;
}

function behaviour(theirs: TenantSettings, ours: OurFederation): Difference[] {
  const differences: Difference[] = [];
  if (theirs.federatedIdpMfaBehavior !== ours.federatedIdpMfaBehavior) {
    differences.push({
      setting: 'federatedIdpMfaBehavior',
      theirs: theirs.federatedIdpMfaBehavior ?? 'not set (Entra takes ours if there is any)',
      ours: ours.federatedIdpMfaBehavior,
      weight: 'advice',
      code: null,
      why:
        theirs.federatedIdpMfaBehavior === 'rejectMfaByFederatedIdp'
          ? 'Entra asks everybody for its own second factor after ours.'
          : 'It decides who asks for a second factor, and so whether people are asked twice.',
    });
  }
  if (theirs.promptLoginBehavior !== ours.promptLoginBehavior) {
    differences.push({
      setting: 'promptLoginBehavior',
      theirs: theirs.promptLoginBehavior ?? 'not set (translateToFreshPasswordAuthentication)',
      ours: ours.promptLoginBehavior,
      weight: 'advice',
      code: null,
      why: 'As it is, a new sign-in is asked for as “password only”, and Entra asks for a second factor again.',
    });
  }
  const signed = theirs.isSignedAuthenticationRequestRequired === true;
  if (signed !== ours.isSignedAuthenticationRequestRequired) {
    differences.push({
      setting: 'isSignedAuthenticationRequestRequired',
      theirs: String(signed),
      ours: String(!signed),
      weight: signed ? 'advice' : 'broken',
      code: null,
      why: whyUnsigned(signed, ours),
    });
  }
  return differences;
}

function whyUnsigned(signed: boolean, ours: OurFederation): string {
  if (!signed) {
    return 'Entra does not sign its requests, and require_signed_requests refuses them here (DB-404).';
  }
  return ours.preferredAuthenticationProtocol === 'wsFed'
    ? 'By WS-Federation nothing is signed on the way here; the setting does nothing.'
    : 'Entra signs its requests, which works; here it is not required (require_signed_requests).';
}
