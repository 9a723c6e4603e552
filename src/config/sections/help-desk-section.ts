import { z } from 'zod';
import { textList } from '../fields.js';

export const helpDeskSection = z.object({
  protected_groups: textList({
    description:
      'Groups whose people the API of the help desk can read about and change nothing of: administrators, for instance. The command line reaches them.',
    format: 'list of groups',
    example: '[administrators]',
  }).prefault([]),
});
