#!/usr/bin/env node
import { buildIfStale } from '../scripts/build.js';

await buildIfStale();
await import('../dist/cli.js');
