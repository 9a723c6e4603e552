/** Reads a QR code off what the camera shows; `null` when there is none. */
export type QrReader = (video: HTMLVideoElement) => Promise<string | null>;

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
interface DetectorClass {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

/** The browser's own reader; where there is none, one of ours, which is loaded only now. */
export async function chooseReader(): Promise<QrReader> {
  const Built = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  const formats: string[] = (await Built?.getSupportedFormats().catch(() => [])) ?? [];
  if (Built !== undefined && formats.includes('qr_code')) {
    const detector = new Built({ formats: ['qr_code'] });
    return async (video) => {
      if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null;
      const [code] = await detector.detect(video).catch(() => []);
      return code?.rawValue ?? null;
    };
  }
  const { readWithJsqr } = await import('./read-with-jsqr.js');
  return readWithJsqr;
}
