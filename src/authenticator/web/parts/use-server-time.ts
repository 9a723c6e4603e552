import { useEffect, useState } from 'preact/hooks';
import { deviceNow } from '../app/device-clock.js';

/** The server's time, renewed often enough for seconds to be counted down. */
export function useServerTime(offset: number): number {
  const [now, setNow] = useState(deviceNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(deviceNow()), 250);
    return () => clearInterval(timer);
  }, []);
  return now + offset;
}

/** `1:05` */
export function minutes(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
