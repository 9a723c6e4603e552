/** What page and service worker tell each other. */
export type ToWorker = { kind: 'take-over' };
export type ToPage = { kind: 'pushed' } | { kind: 'open'; fragment: string };
