import type { DemoService } from '../demo-service.js';
import { markup, type Markup } from './markup.js';
import { strengthInWords, timeInWords, waysInWords } from './proof-words.js';
import type { SignedIn } from './oidc-visit.js';

export function startPage(service: DemoService): Markup {
  return markup`<section class="hero">
    <h1>${service.name}</h1>
    <p class="lead">${leads[service.id] ?? service.about}</p>
    <p><a class="button" href="/${service.id}/sign-in">Sign in</a></p>
    <p class="small">
      You will be sent to Drawbridge, and come back here with an answer. This service never sees
      your password.
    </p>
  </section>`;
}

export function signedInPage(service: DemoService, person: SignedIn): Markup {
  const { claims } = person;
  const name = text(claims['name']) ?? text(claims['preferred_username']) ?? 'you';
  const groups = list(claims['groups']);
  return markup`<h1>Welcome, ${name}</h1>
    ${person.renewed ? renewed : null}
    <section aria-labelledby="told">
      <h2 id="told">What Drawbridge told ${service.name}</h2>
      <dl>
        ${row('Name', name)} ${row('Mail address', text(claims['email']) ?? 'Not told')}
        ${groups.length === 0 ? null : row('Groups', groups.join(', '))}
        ${row('How sure it is', strengthInWords(text(claims['acr'])), 'acr')}
        ${row('Proved with', waysInWords(list(claims['amr'])), 'amr')}
        ${row('Signed in at', timeInWords(number(claims['auth_time'])), 'auth_time')}
      </dl>
    </section>
    <section class="actions" aria-label="What you can do">
      <form method="post" action="/${service.id}/sign-out"><button>Sign out</button></form>
      ${person.refreshToken === null ? null : renewForm(service)}
      <a class="button quiet" href="/${service.id}/sign-in?again=1">Sign in again from scratch</a>
    </section>`;
}

export function signedOutPage(service: DemoService): Markup {
  return markup`<section class="hero">
    <h1>You are signed out</h1>
    <p class="lead">
      Of ${service.name}, and of Drawbridge too: the next sign-in asks for your password and a code.
    </p>
    <p><a class="button" href="/${service.id}/sign-in">Sign in</a></p>
  </section>`;
}

export function trouble(service: DemoService, title: string, explanation: string): Markup {
  return markup`<section class="hero">
    <h1>${title}</h1>
    <p class="lead">${explanation}</p>
    <p>
      <a class="button" href="/${service.id}/sign-in">Try again</a>
      <a class="button quiet" href="/${service.id}/">Back to the start</a>
    </p>
  </section>`;
}

/** @param claim its name in the ID token, for those who want to know */
export function row(term: string, value: string | Markup, claim: string | null = null): Markup {
  return markup`<div>
    <dt>${term}</dt>
    <dd>${value}${claim === null ? null : markup` <code>${claim}</code>`}</dd>
  </div>`;
}

const renewed = markup`<p class="notice" role="status">
  Renewed: Drawbridge has just vouched for you again, without showing you a page.
</p>`;

const renewForm = (service: DemoService) => markup`<form
  method="post"
  action="/${service.id}/renew"
>
  <button class="quiet">Renew quietly</button>
</form>`;

const leads: Readonly<Record<string, string>> = {
  'harbour-notes': 'Notes for everybody who works here.',
  'tidewater-planner': 'Plans meetings with people from many organisations.',
  'lighthouse-library': 'Books and charts, and who has borrowed them.',
};

const text = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;
const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const list = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
