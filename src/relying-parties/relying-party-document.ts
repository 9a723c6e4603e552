import { z } from 'zod';
import type { ConfigurationProblem } from '../config/configuration-problem.js';
import { success, type Result } from '../kernel/result.js';
import { duration, choice, text, textList, yesNo } from '../config/fields.js';
import type { RelyingParty } from './relying-party.js';

/** A protocol's part of a relying party's document, supplied by the protocol. */
export interface ProtocolSection {
  /** As written after `protocol:`. */
  protocol: string;
  /** The key its settings are under. */
  key: string;
  /** People are asked before their data goes to a third party. Absent: nobody is, and no service may be called one. */
  asksConsent?: true;
  /** Reads the settings. Its messages must not repeat secrets. */
  schema: z.ZodType;
  /** Keys of the section whose value no two relying parties of the protocol may share; default `client_id`. */
  uniqueKeys?: readonly string[];
  /** Names that complete settings hold beside those, by the key that could say them; shared by no two either. */
  uniqueNames?: (completed: unknown) => Readonly<Record<string, string>>;
  /** Absolute paths of further files that the settings refer to: a change of theirs is one of the relying party. */
  files?: (settings: unknown, namedIn: string) => readonly string[];
  /** Completes settings with what they refer to (a metadata file). Reports every problem, so that all come at once. */
  complete?: (
    settings: unknown,
    at: DocumentPlace,
  ) => Promise<Result<unknown, ConfigurationProblem[]>>;
}

/** Where a document was found, for messages. */
export interface DocumentPlace {
  /** `null` when it is in the database and in no file. */
  file: string | null;
  place: string;
}

/** What holds where a document says nothing. */
export interface PolicyDefaults {
  factors: 1 | 2;
  maxAge: number | null;
}

const policyKeys = z.object({
  factors: choice({
    description:
      'How many factors of different kinds a sign-in needs. Default: that of drawbridge.yaml.',
    options: [1, 2],
  }).optional(),
  max_age: duration({
    description: 'How old the sign-in may be. Default: that of drawbridge.yaml.',
    max: '90d',
    example: '8h',
  }).optional(),
  allowed_factors: textList({
    description: 'Only these second factors count, of `push`, `otp` and `recovery-code`.',
    example: '[password, otp]',
  }).optional(),
  groups: textList({
    description: 'Only people in one of these groups are let in.',
    example: '[finance]',
  }).optional(),
});

export const commonKeys = {
  id: text(
    {
      description: 'A short name that never changes: it is in audit rows and consents.',
      format: 'lower-case letters, digits and -',
      example: 'payroll',
    },
    (id) =>
      /^[a-z0-9-]{1,64}$/.test(id) ? null : 'must be 1 to 64 lower-case letters, digits or -',
  ),
  name: text({ description: 'Shown to people.', example: 'Payroll' }),
  protocol: text({ description: 'How it speaks with Drawbridge.', example: 'oidc' }),
  home_url: text(
    {
      description: 'Where "my services" sends people. Left out: it is not listed there.',
      format: 'http or https URL',
      example: 'https://payroll.example.org/',
    },
    (url) => (isWebUrl(url) ? null : 'must be an http or https URL'),
  ).optional(),
  enabled: yesNo({ description: 'Whether people can sign in to it.' }).prefault(true),
  third_party: yesNo({
    description:
      'It belongs to somebody else: people are asked before their data goes there. Only with OpenID Connect.',
  }).prefault(false),
  policy: policyKeys.prefault({}).meta({ description: 'What it demands of a sign-in.' }),
};

/** Where nobody is asked: `true` would promise what is not kept. */
export const neverThirdParty = commonKeys.third_party.refine((yes) => !yes, {
  error: 'promises that people are asked, which they are by OpenID Connect alone',
  params: {
    remedy:
      'Remove it. What this service learns is what you release to it; whom it is for is said by policy.groups.',
  },
});

const commonDocument = z.object(commonKeys);

type WrittenDocument = z.output<typeof commonDocument>;

/** The whole document of a protocol; without a section, whatever else is written is let be. */
export function documentSchema(section: ProtocolSection | null): z.ZodType<WrittenDocument> {
  if (section === null) return commonDocument.loose();
  const thirdParty = section.asksConsent ? commonKeys.third_party : neverThirdParty;
  return z.object({ ...commonKeys, third_party: thirdParty, [section.key]: section.schema });
}

export function readDocument(
  written: WrittenDocument,
  section: ProtocolSection,
  defaults: PolicyDefaults,
): RelyingParty {
  const { policy } = written;
  return {
    id: written.id,
    name: written.name,
    protocol: written.protocol,
    homeUrl: written.home_url ?? null,
    enabled: written.enabled,
    thirdParty: written.third_party,
    policy: {
      factors: policy.factors ?? defaults.factors,
      maxAge: policy.max_age ?? defaults.maxAge,
      allowedFactors: policy.allowed_factors ?? null,
      groups: policy.groups ?? null,
    },
    settings: (written as Record<string, unknown>)[section.key],
  };
}

/** With what the protocol adds to the settings, where it adds anything. */
export async function completeParty(
  party: RelyingParty,
  section: ProtocolSection,
  at: DocumentPlace,
): Promise<Result<RelyingParty, ConfigurationProblem[]>> {
  if (section.complete === undefined) return success(party);
  const completed = await section.complete(party.settings, at);
  return completed.ok ? success({ ...party, settings: completed.value }) : completed;
}

function isWebUrl(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}
