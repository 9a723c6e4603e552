import type { DemoService } from '../demo-services.js';
import { html, type Markup } from './markup.js';
import { strengthInWords, timeInWords, waysInWords } from './proof-words.js';
import type { SignedIn } from './visits.js';

export function startPage(service: DemoService): Markup {
  return html`<section class="hero">
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
  return html`<h1>Welcome, ${name}</h1>
    ${person.renewed ? html`<p class="notice" role="status">Renewed: Drawbridge has just vouched for you again, without a page.</p>` : null}
    <section aria-labelledby="told">
      <h2 id="told">What Drawbridge told ${service.name}</h2>
      <dl>
        <div>
          <dt>Name</dt>
          <dd>${name}</dd>
        </div>
        <div>
          <dt>Mail address</dt>
          <dd>${text(claims['email']) ?? 'Not told'}</dd>
        </div>
        ${
          groups.length === 0
            ? null
            : html`<div>
                <dt>Groups</dt>
                <dd>${groups.join(', ')}</dd>
              </div>`
        }
        <div>
          <dt>How sure it is</dt>
          <dd>${strengthInWords(text(claims['acr']))} <code>acr</code></dd>
        </div>
        <div>
          <dt>Proved with</dt>
          <dd>${waysInWords(list(claims['amr']))} <code>amr</code></dd>
        </div>
        <div>
          <dt>Signed in at</dt>
          <dd>${timeInWords(number(claims['auth_time']))} <code>auth_time</code></dd>
        </div>
      </dl>
    </section>
    <section class="actions" aria-label="What you can do">
      <form method="post" action="/${service.id}/sign-out"><button>Sign out</button></form>
      ${person.refreshToken === null ? null : html`<form method="post" action="/${service.id}/renew"><button class="quiet">Renew quietly</button></form>`}
      <a class="button quiet" href="/${service.id}/sign-in?again=1"
        >Sign in again, asking for everything</a
      >
    </section>`;
}

export function signedOutPage(service: DemoService): Markup {
  return html`<section class="hero">
    <h1>You are signed out</h1>
    <p class="lead">
      Of ${service.name}, and of Drawbridge too: the next sign-in asks for your password and a code.
    </p>
    <p><a class="button" href="/${service.id}/sign-in">Sign in</a></p>
  </section>`;
}

export function trouble(service: DemoService, title: string, explanation: string): Markup {
  return html`<section class="hero">
    <h1>${title}</h1>
    <p class="lead">${explanation}</p>
    <p>
      <a class="button" href="/${service.id}/sign-in">Try again</a>
      <a class="button quiet" href="/${service.id}/">Back to the start</a>
    </p>
  </section>`;
}

const leads: Readonly<Record<string, string>> = {
  'harbour-notes': 'Notes for everybody who works here.',
  'tidewater-planner': 'Plans meetings with people from many organisations.',
};

const text = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;
const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const list = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
