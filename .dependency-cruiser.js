/**
 * The import rule of src/, type imports included. A folder may import what is in a lower layer, never a neighbour in
 * its own. The top layer holds whatever starts a process.
 */
const layers = [
  ['kernel'],
  ['config', 'storage'],
  ['saml-core', 'keys', 'jobs', 'audit'],
  ['web', 'mail'],
  ['directory', 'relying-parties', 'sessions', 'issuers'],
  ['devices'],
  ['factors', 'upstream', 'logout'],
  ['login'],
  ['protocols', 'account', 'admin', 'authenticator', 'help-desk'],
  ['server'],
];
const processes = ['cli', 'demo', 'entra-twin', 'main\\.ts', 'index\\.ts'];

/** Neighbours that share the name of a thing (a person's id) and nothing that runs. */
const typeNeighbours = [{ from: 'sessions', to: 'directory' }];

const oneOf = (names) => `^src/(${names.join('|')})(/|$)`;

const directionRules = layers.map((layer, height) => ({
  name: `${layer.join('-')}-imports-downwards`,
  comment: `Only what is below may be imported: ${layers.slice(0, height).flat().join(', ') || 'nothing'}.`,
  severity: 'error',
  from: { path: oneOf(layer) },
  to: { path: oneOf([...layers.slice(height + 1).flat(), ...processes]) },
}));

const neighbourRules = layers.flatMap((layer) =>
  layer.flatMap((folder) => {
    const named = typeNeighbours.filter(({ from }) => from === folder).map(({ to }) => to);
    const others = layer.filter((other) => other !== folder);
    if (others.length === 0) return [];
    const strangers = others.filter((other) => !named.includes(other));
    return [
      {
        name: `${folder}-knows-no-neighbour`,
        severity: 'error',
        from: { path: `^src/${folder}/` },
        to: { path: oneOf(strangers) },
      },
      ...named.map((neighbour) => ({
        name: `${folder}-takes-only-types-from-${neighbour}`,
        severity: 'error',
        from: { path: `^src/${folder}/` },
        to: { path: `^src/${neighbour}/`, dependencyTypesNot: ['type-only'] },
      })),
    ];
  }),
);

/** Each library that shapes what touches it has one door. */
const doors = [
  { library: 'ioredis', allowed: '^src/storage/|-redis\\.ts$' },
  { library: '(pg|libsql)', allowed: '^src/storage/sql/' },
  {
    library: 'express',
    allowed:
      '^src/(server|web|logout|login|account|admin|protocols|authenticator|help-desk|demo)/|^src/index\\.ts$',
  },
  { library: 'otpauth', allowed: '^src/factors/otp/' },
  { library: 'oidc-provider', allowed: '^src/protocols/oidc/' },
  { library: '(samlify|libxml2-wasm)', allowed: '^src/saml-core/' },
  { library: 'web-push', allowed: '^src/factors/push/' },
  {
    library: '@noble/(curves|hashes)',
    allowed: '^src/devices/(crypto|wire)/|^src/authenticator/web/',
  },
  { library: '(preact|hash-wasm|jsqr)', allowed: '^src/authenticator/web/' },
  { library: 'openid-client', allowed: '^src/demo/' },
  { library: '@node-saml/node-saml', allowed: '^src/demo/' },
  { library: 'nodemailer', allowed: '^src/mail/' },
  { library: 'eta', allowed: '^src/web/' },
  { library: '@node-rs/(argon2|bcrypt)', allowed: '^src/directory/passwords/' },
];

const doorRules = doors.map(({ library, allowed }) => ({
  name: `door-of-${library.replaceAll(/[^a-z0-9-]+/g, '-')}`,
  comment: `Only ${allowed} may import ${library}.`,
  severity: 'error',
  from: { path: '^src/', pathNot: allowed },
  to: { path: `(^|node_modules/)(@types/)?${library}(/|$)` },
}));

export default {
  forbidden: [
    ...directionRules,
    ...neighbourRules,
    ...doorRules,
    {
      name: 'protocols-know-no-protocol',
      severity: 'error',
      from: { path: '^src/protocols/([^/]+)/' },
      to: { path: '^src/protocols/', pathNot: '^src/protocols/$1/' },
    },
    {
      name: 'phone-app-takes-the-wire-only',
      comment: 'It runs on phones: of the server it gets what both ends compute alike, and types.',
      severity: 'error',
      from: { path: '^src/authenticator/web/' },
      to: {
        path: '^src/',
        pathNot: '^src/(authenticator/web/|authenticator/wire\\.ts$|devices/wire/)',
      },
    },
    {
      name: 'wire-runs-anywhere',
      severity: 'error',
      from: { path: '^src/(devices/wire/|authenticator/wire\\.ts$|authenticator/web/)' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'entra-twin-stands-alone',
      comment: 'It plays another company: shared code would hide a shared mistake.',
      severity: 'error',
      from: { path: '^src/entra-twin/' },
      to: { path: '^src/', pathNot: '^src/entra-twin/' },
    },
    {
      name: 'src-knows-no-test',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts)/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'every-import-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-drawer-for-everything',
      comment: 'A folder is named after what it is about.',
      severity: 'error',
      from: {},
      to: { path: '^src/.*(utils?|helpers?|common|misc)/' },
    },
    {
      name: 'only-declared-dependencies',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: '/@types/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.json'],
    },
  },
};
