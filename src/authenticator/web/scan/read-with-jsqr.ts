import jsqr from 'jsqr';

const canvas = document.createElement('canvas');
const context = canvas.getContext('2d', { willReadFrequently: true });

/** Enough for a code that fills a third of the picture; larger takes too long on a slow phone. */
const width = 640;

export async function readWithJsqr(video: HTMLVideoElement): Promise<string | null> {
  if (context === null || video.videoWidth === 0) return null;
  canvas.width = width;
  canvas.height = Math.round((video.videoHeight / video.videoWidth) * width);
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return jsqr(data, canvas.width, canvas.height)?.data ?? null;
}
