// Loads a waiting page again when there is something new: told by a stream, or found by looking. Without script the
// page refreshes itself.
const waiting = document.querySelector('[data-changes], [data-state]');
const reload = () => location.replace(location.href);

if (waiting instanceof HTMLElement && waiting.dataset.changes) {
  const stream = new EventSource(waiting.dataset.changes);
  stream.addEventListener('changed', reload);
  // Nudges may get lost.
  setInterval(() => {
    // Somebody who reads what they have opened is not interrupted.
    if (document.querySelector('details[open]') === null) reload();
  }, 30_000);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') reload();
  });
}

if (waiting instanceof HTMLElement && waiting.dataset.state) {
  const { state } = waiting.dataset;
  setInterval(async () => {
    const response = await fetch(location.href, { redirect: 'manual' }).catch(() => null);
    if (response === null) return;
    const page = response.ok ? await response.text() : '';
    if (!page.includes(`data-state="${state}"`)) reload();
  }, 2_000);
}

const left = document.querySelector('[data-countdown]');
if (waiting instanceof HTMLElement && left instanceof HTMLElement && waiting.dataset.ends) {
  const end = performance.now() + Number(waiting.dataset.ends);
  const show = () => {
    const seconds = Math.max(0, Math.ceil((end - performance.now()) / 1_000));
    left.textContent = (left.dataset.countdown ?? '').replace('#', String(seconds));
  };
  show();
  setInterval(show, 1_000);
}
