import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { keyCommands } from '../../../../src/cli/key-commands.js';
import { m365Commands } from '../../../../src/cli/m365/m365-commands.js';
import { personCommands } from '../../../../src/cli/person-commands.js';
import { runCommand } from '../../../../src/cli/run-command.js';

export interface Called {
  code: number;
  out: string;
  err: string;
}

/** A folder with a configuration that federates example.com, and the commands run in it. */
export interface TestInstallation {
  folder: string;
  write(name: string, content: string): string;
  call(args: readonly string[], stdin?: string): Promise<Called>;
  remove(): void;
}

export function testInstallation(publicUrl = 'https://login.example.com'): TestInstallation {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-m365-'));
  const write = (name: string, content: string) => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return name;
  };
  write(
    'drawbridge.yaml',
    [
      `public_url: ${publicUrl}`,
      'organisation: { name: Contoso }',
      'database: { file: test.sqlite }',
      `encryption_key: ${Buffer.alloc(32, 3).toString('base64')}`,
      'relying_parties: parties.yaml',
    ].join('\n'),
  );
  write(
    'parties.yaml',
    [
      'id: microsoft-365',
      'name: Microsoft 365',
      'profile: microsoft-365',
      'domains: [example.com, example.org]',
      '---',
      'id: contoso-mfa',
      "name: Contoso's second factor",
      'protocol: external-mfa',
      'external_mfa:',
      '  client_id: contoso-client',
      '  app_id: 600b719b-3766-4dc5-95a6-3c4a8dc31885',
      '  tenants: [14c2f153-90a7-4689-9db7-9543bf084dad]',
    ].join('\n'),
  );
  return {
    folder,
    write,
    call: async (args, stdin = '') => {
      const [stdout, stderr] = [0, 1].map(() => new PassThrough({ encoding: 'utf8' })) as [
        PassThrough,
        PassThrough,
      ];
      const input = new PassThrough();
      input.end(stdin);
      const commands = [...m365Commands, ...keyCommands, ...personCommands];
      const code = await runCommand(commands, args, {
        ...{ stdin: input, stdout, stderr, cwd: folder },
        env: { DRAWBRIDGE_CONFIG: 'drawbridge.yaml' },
      });
      const text = (stream: PassThrough) => (stream.read() as string | null) ?? '';
      return { code, out: text(stdout), err: text(stderr) };
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
