/** What the app has to know of the device it is on, to give the right advice. */
export interface Platform {
  kind: 'ios' | 'android' | 'other';
  /** Opened from the home screen, not in a browser's tab. */
  installed: boolean;
  suggestedName: string;
}

export function readPlatform(): Platform {
  const { userAgent, maxTouchPoints } = navigator;
  // An iPad says that it is a Macintosh, but no Macintosh is touched.
  const isIos =
    /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
  const isAndroid = /Android/.test(userAgent);
  const installed =
    matchMedia('(display-mode: standalone)').matches ||
    (navigator as { standalone?: boolean }).standalone === true;
  const kind = isIos ? 'ios' : isAndroid ? 'android' : 'other';
  return { kind, installed, suggestedName: suggestedName(userAgent, isIos) };
}

function suggestedName(userAgent: string, isIos: boolean): string {
  if (isIos) return /iPhone/.test(userAgent) ? 'iPhone' : 'iPad';
  const [, model] = /Android [\d.]+; ([^;)]+)/.exec(userAgent) ?? [];
  // "K" is what Chromium says instead of the model.
  if (model !== undefined) return model === 'K' ? 'Android' : model.trim().slice(0, 64);
  if (/Windows/.test(userAgent)) return 'Windows';
  if (/Macintosh/.test(userAgent)) return 'Mac';
  return /CrOS/.test(userAgent) ? 'Chromebook' : 'Linux';
}
