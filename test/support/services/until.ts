/** Waits for something another process does in its own time. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 2_000; tries += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('waited in vain');
}

/** Waits until every process has heard of a change: their requests are answered in turn, so each meets one of these. */
export async function untilEverywhere(condition: () => Promise<boolean>): Promise<void> {
  await until(async () =>
    (await Promise.all([condition(), condition(), condition(), condition()])).every(Boolean),
  );
}
