import { buildIfStale } from './build.js';
import { stopWithNpm } from './stop-with-npm.js';

stopWithNpm();
// The server runs in this very process: one process less to hold memory and to pass signals on.
await buildIfStale();
await import('../dist/main.js');
