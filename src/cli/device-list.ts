import { printLine, type Command } from './command.js';
import type { WithPeople } from './configured-people.js';
import { printable, printableTime } from './printable.js';
import { withNamedPerson } from './with-named-person.js';

export const deviceList = (withPeople: WithPeople): Command => ({
  name: 'device list',
  summary: "List a person's phones, with their last use",
  usage: `device list USERNAME

USERNAME may also be the mail address or UPN. The id in front of each phone is what device revoke takes.`,
  run: (args, io) =>
    withNamedPerson(withPeople, args, io, async ({ phones }, person) => {
      const devices = await phones.devices.devicesOf(person.id);
      const profiles = devices.flatMap((device) => device.profiles);
      if (profiles.length === 0) printLine(io.stdout, `${person.username} has no phone.`);
      for (const {
        id,
        name,
        activatedAt,
        createdAt,
        lastUsedAt,
        lastSeenAt,
        lockedAt,
      } of profiles) {
        const times = [
          `since ${printableTime(activatedAt ?? createdAt)}`,
          lastUsedAt === null ? 'never used' : `last used ${printableTime(lastUsedAt)}`,
          ...(lastSeenAt === null ? [] : [`last contact ${printableTime(lastSeenAt)}`]),
          ...(lockedAt === null ? [] : ['LOCKED until activated anew']),
        ];
        printLine(io.stdout, printable(`${id}  ${name}, ${times.join(', ')}`));
      }
      return 0;
    }),
});
