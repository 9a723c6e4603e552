import { z } from 'zod';
import { duration } from '../fields.js';

export const sessionSection = z
  .object({
    idle: duration({
      description: 'How long a sign-on session lives without being used.',
      min: '1m',
      max: '30d',
    }).prefault('30m'),
    absolute: duration({
      description: 'How long a sign-on session lives at most.',
      min: '1m',
      max: '90d',
    }).prefault('12h'),
  })
  .superRefine((session, context) => {
    if (session.idle <= session.absolute) return;
    context.addIssue({
      code: 'custom',
      path: ['idle'],
      message: 'must not be longer than session.absolute',
      params: { remedy: 'Make session.idle shorter or session.absolute longer.' },
    });
  });
