/** Topic of the change feed: a process that can send no signals (the command line) changed devices. */
export const devicesChanged = 'devices';
