import { z } from 'zod';
import { duration, text, wholeNumber } from '../fields.js';

export const passwordsSection = z.object({
  min_length: wholeNumber({
    description: 'The fewest characters a new password may have.',
    min: 8,
    max: 64,
  }).prefault(8),
  blocklist_file: text({
    description: 'More passwords to refuse, one a line. The common ones are refused anyway.',
    format: 'path',
    example: 'blocklist.txt',
  }).optional(),
  memory_kib: wholeNumber({
    description: 'Memory of one argon2id hash, in KiB.',
    min: 8_192,
    max: 1_048_576,
  }).prefault(19_456),
  iterations: wholeNumber({
    description: 'Passes of one argon2id hash.',
    min: 1,
    max: 20,
  }).prefault(2),
  parallelism: wholeNumber({ description: 'Lanes of one argon2id hash.', min: 1, max: 8 }).prefault(
    1,
  ),
  queue_length: wholeNumber({
    description:
      'How many hashes may wait for a free core; further sign-ins are told to come back.',
    min: 1,
    max: 10_000,
  }).prefault(256),
});

export const lockoutSection = z.object({
  attempts: wholeNumber({
    description: 'Wrong attempts within the window after which a person is locked.',
    min: 3,
    max: 100,
  }).prefault(10),
  window: duration({
    description: 'How long a wrong attempt counts.',
    min: '1m',
    max: '15m',
  }).prefault('15m'),
  duration: duration({
    description: 'How long a lock lasts.',
    min: '10s',
    max: '15m',
  }).prefault('15m'),
});
