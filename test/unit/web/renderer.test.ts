import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  failureReasons,
  shownReason,
  type FailureReason,
} from '../../../src/audit/failure-reasons.js';
import { createRenderer } from '../../../src/web/create-renderer.js';
import { failureView } from '../../../src/web/failure-view.js';
import { locales } from '../../../src/web/renderer.js';
import { account } from '../../support/gallery-account.js';
import { gallery } from '../../support/gallery.js';
import { hostile } from '../../support/gallery-values.js';
import { galleryContext } from '../../support/gallery-context.js';
import { viewsFolder } from '../../support/gallery-server.js';

const renderer = createRenderer({ viewsFolder, cache: true });
const assetUrl = (name: string) => `/assets/0/${name}`;
const page = (locale: (typeof locales)[number]) => galleryContext(locale, { assetUrl });

/** What a page shows when a value is printed that is no text, or was left out. */
const noText = /\bnull\b|\bundefined\b|\bNaN\b|\[object|\{\w+\}/;
const textOf = (html: string) => html.replace(/<[^>]*>/g, ' ');

describe('the renderer', () => {
  test.each(gallery.map((entry) => [entry.id, entry] as const))('%s', (_id, entry) => {
    for (const locale of locales) {
      const html = renderer.render<string>(entry.template, { ...entry.model }, page(locale));
      expect(html).toContain(`<html lang="${locale}">`);
      expect(html).not.toContain(hostile);
      expect(html).not.toMatch(/undefined|\[object|\{[a-z]+\}|\son\w+=|style=/);
      for (const form of html.matchAll(/<form[^>]*>/g)) expect(form[0]).toContain('method="post"');
      expect(textOf(html)).not.toMatch(noText);
    }
  });

  test('every ending says where it leads back to, and prints no value as it is', () => {
    const reasons = new Set((Object.keys(failureReasons) as FailureReason[]).map(shownReason));
    const origins = [
      { service: 'Payroll', serviceUrl: '/back' },
      { service: null, serviceUrl: '/account' },
      { service: null, serviceUrl: null },
    ];
    for (const [reason, origin, locale] of [...reasons].flatMap((one) =>
      origins.flatMap((two) => locales.map((three) => [one, two, three] as const)),
    )) {
      const failure = failureView(reason, '7KQ2M-9XW3D', { until: 60_000, now: 0 });
      const model = { failure, retryUrl: null, ...origin };
      const text = textOf(renderer.render('errors/error', model, page(locale)));
      expect(text).not.toMatch(noText);
      expect(/(Back|Tillbaka) /.test(text)).toBe(origin.serviceUrl !== null);
    }
  });

  test('whoever has a phone is not told that nothing is set up', () => {
    const home = (change: Partial<typeof account>) =>
      textOf(renderer.render('account/home', { ...account, ...change }, page('en')));
    expect(home({ factors: [] })).not.toContain('Nothing is set up');
    expect(home({ factors: [], phones: [] })).toContain('Nothing is set up');
  });

  test.each(
    gallery
      .filter(({ template }) => template === 'factors/push')
      .map((one) => [one.id, one] as const),
  )('%s asks for a script only while it waits, as its policy permits', (_id, entry) => {
    const html = renderer.render(entry.template, entry.model, page('en'));
    expect(html.includes('<script')).toBe(html.includes('data-changes='));
    expect(html.includes('http-equiv="refresh"')).toBe(html.includes('data-changes='));
  });

  test('every form of ours carries the token and the step', () => {
    const theirs = /^<form method="post" action="https:/;
    for (const entry of gallery.filter((one) => one.template !== 'login/auto-post')) {
      const html = renderer.render<string>(entry.template, { ...entry.model }, page('en'));
      const forms = html.match(/<form[\s\S]*?<\/form>/g) ?? [];
      for (const form of forms.filter((one) => !theirs.test(one))) {
        expect(form).toMatch(/type="hidden" name="csrf"/);
        expect(form).toMatch(/type="hidden" name="step"/);
      }
    }
  });

  test('templates print unescaped only what is included or laid out', () => {
    for (const name of readdirSync(viewsFolder, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.eta')) continue;
      const source = readFileSync(join(viewsFolder, name), 'utf8');
      for (const [, code] of source.matchAll(/<%[-_]?\s*~\s*([^%]*)/g)) {
        expect(code).toMatch(/^(include\('partials\/|it\.body )/);
      }
    }
  });

  test('renders a template from outside, in our layout, with our texts', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'views-')), 'toy.eta');
    writeFileSync(
      path,
      `<% layout('layouts/page', { title: 'Toy' }) %><h1><%= it.toy %></h1><%= t('login.submit') %>`,
    );
    const html = renderer.render(path, { toy: hostile }, page('sv'));
    expect(html).toContain('<h1>&quot;&gt;&lt;script&gt;');
    expect(html).toContain('Logga in');
    expect(html).toContain('</footer>');
  });

  test('does not leave the views folder by a relative name', () => {
    expect(() => renderer.render<string>('../package', {}, page('en'))).toThrow(/outside/);
  });

  test('links to the same page in the other language, once', () => {
    const context = { ...page('en'), path: '/sign-in/x?lang=en&a=%22b' };
    const html = renderer.render('password/forgot-sent', { backUrl: null }, context);
    expect(html).toContain('href="/sign-in/x?lang=sv&amp;a=%22b"');
  });
});
