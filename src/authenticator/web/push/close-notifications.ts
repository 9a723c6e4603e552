/** Takes notifications of requests that were seen to off the screen: each stays there until it is pressed otherwise. */
export async function closeNotifications(challenges: readonly string[]): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const registration = await navigator.serviceWorker.getRegistration();
  for (const notification of (await registration?.getNotifications()) ?? []) {
    if (challenges.includes(notification.tag)) notification.close();
  }
}
