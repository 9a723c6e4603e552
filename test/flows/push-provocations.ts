import { TestBrowser, type Visit } from '../support/browser.js';
import { addPhone, numberOn, PIN, upToPhone } from '../support/phones.js';
import { readCodeOf } from '../support/phone-enrolment.js';
import type { ReferenceAuthenticator } from '../support/reference-authenticator/reference-authenticator.js';
import type { Scene, Somebody } from '../security/support/scene.js';

interface Waiting {
  who: Somebody;
  phone: ReferenceAuthenticator;
  browser: TestBrowser;
  page: Visit;
}

async function waiting(scene: Scene): Promise<Waiting> {
  const who = await scene.somebody({ otp: false });
  const person = await scene.server.drawbridge.parts.directory.find(who.id as never);
  const phone = await addPhone(scene.server, person!);
  const browser = new TestBrowser();
  const page = await upToPhone(browser, (await scene.payroll.request()).url, who.username);
  return { who, phone, browser, page };
}

/** The pages that an answer on the phone, or none, leads to. */
export const onThePhone = (decision: 'deny' | 'not_me') => async (scene: Scene) => {
  const { phone, browser, page } = await waiting(scene);
  const [challenge] = await phone.pending();
  await phone.deny(challenge!, decision);
  return browser.open(page.url);
};

export async function unanswered(scene: Scene): Promise<Visit> {
  const { browser, page } = await waiting(scene);
  scene.clock.advance(120_000);
  return browser.open(page.url);
}

export async function otherNumber(scene: Scene): Promise<Visit> {
  const { phone, browser, page } = await waiting(scene);
  const [challenge] = await phone.pending();
  const other = String((Number(numberOn(page)) + 1) % 100).padStart(2, '0');
  await phone.approve(challenge!, { number: other, pin: PIN });
  return browser.open(page.url);
}

export async function replaced(scene: Scene): Promise<Visit> {
  const { who, browser, page } = await waiting(scene);
  await upToPhone(new TestBrowser(), (await scene.payroll.request()).url, who.username);
  return browser.open(page.url);
}

export async function lockedMeanwhile(scene: Scene): Promise<Visit> {
  const { phone, browser, page } = await waiting(scene);
  const [challenge] = await phone.pending();
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await phone.approve(challenge!, { number: numberOn(page), pin: '700441' });
  }
  return browser.open(page.url);
}

/** The only factor is a phone that its owner has removed in the app. */
export async function goneMeanwhile(scene: Scene): Promise<Visit> {
  const { who, phone } = await waiting(scene);
  await phone.remove();
  return upToPhone(new TestBrowser(), (await scene.payroll.request()).url, who.username);
}

export async function tooManyRequests(scene: Scene): Promise<Visit> {
  const { browser, page } = await waiting(scene);
  let current = page;
  for (let more = 0; more < 3; more += 1) {
    current = await browser.submit(current, { method: 'push' });
  }
  return current;
}

export async function ownerIsAsked(scene: Scene): Promise<Visit> {
  const { who, phone, browser, page } = await waiting(scene);
  const [challenge] = await phone.pending();
  await phone.approve(challenge!, { number: numberOn(page), pin: PIN });
  await browser.open(page.url);
  // Now the browser is known, and asks again.
  const again = await scene.payroll.request({ prompt: 'login' });
  await upToPhone(browser, again.url, who.username);
  return upToPhone(new TestBrowser(), (await scene.payroll.request()).url, who.username);
}

export async function silenced(scene: Scene): Promise<Visit> {
  const { who, phone } = await waiting(scene);
  const [challenge] = await phone.pending();
  await phone.deny(challenge!, 'not_me');
  return upToPhone(new TestBrowser(), (await scene.payroll.request()).url, who.username);
}

/** A phone that has read the code of a sign-in's enrolment page, and is said to show other digits. */
export async function otherDigits(scene: Scene): Promise<Visit> {
  const who = await scene.somebody({ otp: false });
  const browser = new TestBrowser();
  const page = await upToPhone(browser, (await scene.payroll.request()).url, who.username);
  const phonePage = await browser.submit(page, { method: 'push' });
  await readCodeOf(phonePage, scene.server.url, scene.clock);
  return browser.submit(await browser.open(phonePage.url), { fingerprint: 'other' });
}
