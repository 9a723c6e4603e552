import { z } from 'zod';
import type { PolicyConfiguration, PolicyRule } from '../configuration.js';
import { choice, duration, networks, text, textList, yesNo } from '../fields.js';

export const factorsField = choice({
  description: 'How many factors of different kinds a sign-in needs.',
  options: [1, 2],
});

export const maxAgeField = duration({
  description: 'How old a sign-in may be before the person is asked again.',
  max: '90d',
  example: '8h',
});

const conditions = z.object({
  relying_parties: textList({ description: 'Ids of relying parties.' }).optional(),
  groups: textList({ description: 'The person is in one of these groups.' }).optional(),
  networks: networks({ description: 'The client address is in one of these networks.' }).optional(),
  outside_networks: networks({
    description: 'The client address is in none of these networks.',
  }).optional(),
});

const outcome = z
  .object({
    deny: yesNo({ description: 'Refuse the sign-in.' }).optional(),
    factors: factorsField.optional(),
    max_age: maxAgeField.optional(),
  })
  .superRefine((then, context) => {
    if ((then.deny === true) !== (then.factors === undefined)) {
      context.addIssue({
        code: 'custom',
        message: 'must say either deny: true or how many factors',
        params: { remedy: 'Write { deny: true } or { factors: 2 }.' },
      });
    }
  });

const rule = z.object({
  name: text({ description: 'Shown in the audit log and by policy explain.' }),
  when: conditions.prefault({}).meta({ description: 'All conditions must hold; none: always.' }),
  then: outcome.meta({ description: 'What holds then.', example: '{ factors: 2, max_age: 8h }' }),
});

export const policySection = z
  .object({
    factors: factorsField.prefault(2),
    max_age: maxAgeField.optional(),
    enrolment: choice({
      description: 'Whether a person without a second factor may set one up while signing in.',
      options: ['at-sign-in', 'by-administrator'],
    }).prefault('at-sign-in'),
    rules: z
      .array(rule)
      .prefault([])
      .meta({ description: 'Rules for everybody; the first that matches decides.' }),
  })
  .superRefine((policy, context) => {
    for (const [index, { name }] of policy.rules.entries()) {
      if (policy.rules.findIndex((other) => other.name === name) === index) continue;
      context.addIssue({
        code: 'custom',
        path: ['rules', index, 'name'],
        message: 'is the name of an earlier rule too',
        params: { remedy: 'Give every rule a name of its own.' },
      });
    }
  });

export function readPolicy(policy: z.output<typeof policySection>): PolicyConfiguration {
  return {
    factors: policy.factors,
    maxAge: policy.max_age ?? null,
    enrolment: policy.enrolment,
    rules: policy.rules.map(readRule),
  };
}

function readRule({ name, when, then }: z.output<typeof rule>): PolicyRule {
  return {
    name,
    when: {
      relyingParties: when.relying_parties ?? null,
      groups: when.groups ?? null,
      networks: when.networks ?? null,
      outsideNetworks: when.outside_networks ?? null,
    },
    then:
      then.factors === undefined
        ? { deny: true }
        : { factors: then.factors, maxAge: then.max_age ?? null },
  };
}
