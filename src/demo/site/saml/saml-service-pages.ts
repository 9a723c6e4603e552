import type { DemoService } from '../../demo-service.js';
import { markup, type Markup } from '../markup.js';
import { strengthInWords, timeInWords } from '../proof-words.js';
import { row } from '../service-pages.js';
import type { SamlPerson } from './saml-person.js';

export function samlSignedInPage(service: DemoService, person: SamlPerson): Markup {
  const { attributes, authnInstant } = person;
  const said = (name: string) => (attributes[name] ?? []).join(', ');
  const name = said('displayName') || 'you';
  return markup`<h1>Welcome, ${name}</h1>
    <section aria-labelledby="told">
      <h2 id="told">What Drawbridge told ${service.name}</h2>
      <dl>
        ${row('Name', name, 'displayName')}
        ${row('Mail address', said('mail') || 'Not told', 'mail')}
        ${said('groups') === '' ? null : row('Groups', said('groups'), 'groups')}
        ${row('Known here as', markup`<span class="id">${person.nameId}</span>`, 'NameID')}
        ${row('How sure it is', strengthInWords(person.contextClass), 'AuthnContext')}
        ${row('Signed in at', timeInWords(authnInstant === null ? null : authnInstant / 1000), 'AuthnInstant')}
      </dl>
    </section>
    <section class="actions" aria-label="What you can do">
      <form method="post" action="/${service.id}/sign-out"><button>Sign out</button></form>
      <a class="button quiet" href="/${service.id}/sign-in?again=1">Sign in again from scratch</a>
      <a class="button quiet" href="/${service.id}/metadata">Metadata</a>
    </section>`;
}
