import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { importPeople, type ImportOutcome } from '../directory/import/import-people.js';
import { readPeopleFile } from '../directory/import/read-people-file.js';
import { printLine, UsageError, type Command, type CommandIo } from './command.js';
import { byCommand, type WithPeople } from './configured-people.js';

/** Problems that are shown; a wrong column would otherwise print one for every person. */
const mostShown = 100;

export const personImport = (withPeople: WithPeople): Command => ({
  name: 'person import',
  summary: 'Add or update people from a YAML or CSV file',
  usage: `person import FILE [--dry-run] [--print-links]

FILE           *.yaml, *.yml or *.csv: username, name, mail, upn, locale, groups, attributes, and optionally
               password_hash (PHC string of argon2id, bcrypt or PBKDF2), totp_secret (base32), hotp_secret (base32) with
               hotp_counter, and otp_uri (otpauth://...). CSV separates groups by semicolons and has attributes in
               columns attribute.NAME.
--dry-run      says what would happen and changes nothing
--print-links  prints all links for first passwords instead of mailing them

Known user names are updated in the fields that the file gives. All people are taken over, or none when anything
is wrong. People without password_hash get a link for their first password, by mail where mail is set up.`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      options: { 'dry-run': { type: 'boolean' }, 'print-links': { type: 'boolean' } },
      allowPositionals: true,
    });
    const [name] = positionals;
    if (name === undefined || positionals.length > 1) throw new UsageError('Name one file.');
    const dryRun = values['dry-run'] === true;
    const file = await readPeopleFile(resolve(io.cwd, name));
    if (file.kind === 'unreadable') {
      printLine(io.stderr, `${name} ${file.message}.`);
      return 1;
    }
    if (file.readableByOthers) {
      printLine(io.stderr, `Warning: ${name} can be read by others on this machine (chmod 600).`);
    }
    return withPeople(io, async ({ importing, invitations, sendsMail }) => {
      const invite = invitations(sendsMail && values['print-links'] !== true);
      const { records, problems: found } = file;
      const options = { dryRun, by: byCommand, found };
      const outcome = await importPeople({ ...importing, invite }, records, options);
      return report(io, name, outcome, dryRun);
    });
  },
});

function report(io: CommandIo, file: string, outcome: ImportOutcome, dryRun: boolean): number {
  if (!outcome.ok) {
    const { problems } = outcome;
    for (const { line, message } of problems.slice(0, mostShown)) {
      printLine(io.stderr, `${file}:${line}: ${message}`);
    }
    if (problems.length > mostShown)
      printLine(io.stderr, `… and ${problems.length - mostShown} more`);
    printLine(io.stderr, 'Nothing was imported.');
    return 1;
  }
  const { added, updated, unchanged, otpSecrets, invitations } = outcome;
  const printed = invitations.filter(({ mailed }) => !mailed);
  const what = dryRun ? 'Would be' : 'Imported:';
  printLine(
    io.stdout,
    `${what} ${added} added, ${updated} updated, ${unchanged} unchanged; ` +
      `${otpSecrets} one-time code secrets; ${invitations.length} links for first passwords ` +
      `(${invitations.length - printed.length} by mail).`,
  );
  if (dryRun) {
    printLine(io.stdout, 'Nothing was changed (--dry-run).');
    return 0;
  }
  for (const { username, link } of printed) printLine(io.stdout, `${username}  ${link}`);
  printLine(io.stdout, `Delete ${file} now; it holds personal data and may hold secrets.`);
  return 0;
}
