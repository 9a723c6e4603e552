import { z } from 'zod';
import { choice, text } from '../fields.js';

export const organisationSection = z.object({
  name: text({ description: 'The name shown on every page and in mails.' }).prefault('Drawbridge'),
  support_contact: text({
    description: 'Shown where a person needs help: a mail address, a phone number or a URL.',
    example: 'help@example.org',
  }).optional(),
});

export const languagesSection = z.object({
  default: choice({
    description: 'The language of people whose browser asks for none of ours.',
    options: ['en', 'sv'],
  }).prefault('en'),
});
