import { stretchPin } from './crypto/stretch-pin.js';

/** Computes one stretching and is ended; the PIN goes with it. */
addEventListener('message', (event: MessageEvent<{ pin: string; salt: Uint8Array }>) => {
  const answer = async () => {
    const stretched = await stretchPin(event.data.pin, event.data.salt);
    postMessage(stretched);
  };
  void answer();
});
