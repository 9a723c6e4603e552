/** How often the parent is looked for, in milliseconds. */
const interval = 500;

/**
 * Stops the program as SIGTERM does when what `npm start` put between npm and this process is gone. npm passes signals to
 * a shell, and some shells (dash) end by them without passing them on. Started in any other way the program outlives
 * its parent, as a service must.
 */
export function stopWithNpm() {
  if (process.env.npm_lifecycle_event !== 'start') return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent && isAlive(parent)) return;
    clearInterval(timer);
    // Not `kill`: on Windows that would end the process before it has closed anything.
    if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(0);
  }, interval);
  timer.unref();
}

/** Windows keeps the number of a parent that has ended. */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
