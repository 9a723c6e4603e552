import { normaliseAlias } from '../../directory/alias.js';
import type { Person } from '../../directory/person.js';
import type { Credentials } from '../../entra-twin/sign-in-by-person.js';
import { domainOf, type FederatedDomain, type TenantUsers } from '../../entra-twin/tenant.js';
import type { OurSide } from './our-side.js';
import type { PersonToRehearse } from './rehearse-people.js';
import { sharedImmutableIds } from './shared-immutable-ids.js';
import type { RehearsedRow } from './verdict-lines.js';
import { judgeUnsigned, wouldBeSent } from './would-be-sent.js';

const pageSize = 500;

/** Who can be signed in, what would be sent for everybody else in the domain, and names that nobody has. */
export async function peopleToRehearse(
  ours: Pick<OurSide, 'parties' | 'people'>,
  facts: {
    domains: readonly FederatedDomain[];
    users: TenantUsers | null;
    credentials: readonly Credentials[];
  },
): Promise<{ toSignIn: PersonToRehearse[]; computed: RehearsedRow[]; unknown: string[] }> {
  const { domains, users } = facts;
  const field = sentAsImmutableId(ours);
  const alsoOf = await sharedImmutableIds(everybody(ours), field);
  const given = new Map(facts.credentials.map((one) => [normaliseAlias(one.username), one]));
  const found = new Set<string>();
  const toSignIn: PersonToRehearse[] = [];
  const computed: RehearsedRow[] = [];
  for await (const person of everybody(ours)) {
    const alias = aliasesOf(person).find((one) => given.has(one));
    const credentials = alias === undefined ? undefined : given.get(alias);
    if (alias !== undefined) found.add(alias);
    const sent = wouldBeSent(person, field);
    const isTheirs = sent !== null && domainOf(sent.upn) === domains[0]?.name.toLowerCase();
    // People of other domains are of no concern, unless somebody asked for them.
    if (!isTheirs && credentials === undefined) continue;
    const others = alsoOf(person);
    const verdicts = judgeUnsigned(person, field, { users, domains }, others);
    // Whoever had it first is let in here all the same, and the tenant cannot know of the other one.
    if (credentials === undefined || sent === null || others.length > 0) {
      const name = person.upn ?? person.username;
      computed.push({
        person: name,
        how: 'computed, unsigned',
        verdicts,
        ...(sent === null
          ? {}
          : {
              note: `NameID ${sent.immutableId ?? 'none'}, issuer ${domains[0]?.issuerUri ?? ''}`,
            }),
      });
    }
    if (credentials === undefined || sent === null) continue;
    const user = users?.byUpn(sent.upn) ?? sent;
    toSignIn.push({ user, credentials, domains });
  }
  const unknown = [...given].flatMap(([alias, { username }]) =>
    found.has(alias) ? [] : [username],
  );
  return { toSignIn, computed, unknown };
}

/** What to say where a report of nobody would look like a good one. */
export const nobodyThere = (domains: readonly string[]): string =>
  domains.length === 0
    ? 'No issuer here speaks for a domain, so there is nobody to look at.'
    : `Nobody here has a UPN in ${domains.join(', ')}. Import people with their upn first (npx drawbridge person import).`;

/** By user name. */
export async function* everybody({ people }: Pick<OurSide, 'people'>): AsyncGenerator<Person> {
  let after: string | undefined;
  for (;;) {
    const page = await people.list({ limit: pageSize, ...(after === undefined ? {} : { after }) });
    yield* page;
    after = page.at(-1)?.username;
    if (page.length < pageSize) return;
  }
}

const aliasesOf = ({ username, mail, upn }: Person): string[] =>
  [username, mail, upn].flatMap((one) => (one === null ? [] : [normaliseAlias(one)]));

/** The field of a person that is sent as ImmutableID, as the relying party of SAML says. */
export function sentAsImmutableId({ parties }: Pick<OurSide, 'parties'>): string {
  for (const { protocol, settings } of parties) {
    if (protocol !== 'saml' && protocol !== 'ws-federation') continue;
    const {
      profile,
      realm,
      name_id: nameId,
    } = settings as {
      profile?: unknown;
      realm?: unknown;
      name_id?: unknown;
    };
    const isEntra = profile === 'microsoft-365' || realm === 'urn:federation:MicrosoftOnline';
    if (!isEntra || typeof nameId !== 'object' || nameId === null) continue;
    const { from } = nameId as { from?: unknown };
    if (typeof from === 'string') return from;
  }
  return 'immutable-id:objectGUID';
}
