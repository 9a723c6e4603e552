import type { ConfigurationProblem } from './configuration-problem.js';

/** Said when a production server has no configuration: exactly what to write. */
export function missingConfiguration(): ConfigurationProblem {
  return {
    file: null,
    path: 'DRAWBRIDGE_CONFIG',
    problem: 'is not set, and with NODE_ENV=production Drawbridge does not start as a demo',
    remedy: `Write /etc/drawbridge/drawbridge.yaml:

public_url: https://login.example.org
listen: { host: 0.0.0.0, port: 3000 }
encryption_key: \${DRAWBRIDGE_ENCRYPTION_KEY}
relying_parties: relying-parties/*.yaml

and start with DRAWBRIDGE_CONFIG=/etc/drawbridge/drawbridge.yaml and
DRAWBRIDGE_ENCRYPTION_KEY set to the output of: openssl rand -base64 32
The file config/drawbridge.yaml shows everything else that can be set.`,
  };
}
