import { chooseReader } from './choose-reader.js';

/** As often as somebody can hold a code still, and no oftener: the camera is hot enough. */
const lookEveryMs = 150;

/**
 * Shows the camera in `video` and tells each text that is read anew, until `stop`.
 * @throws DOMException `NotAllowedError` when the person or the browser refuses, others when there is no camera
 */
export async function scanFrom(
  video: HTMLVideoElement,
  onText: (text: string) => void,
  stop: AbortSignal,
): Promise<void> {
  if (navigator.mediaDevices === undefined) throw new DOMException('no camera', 'NotFoundError');
  const camera = { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } };
  const [stream, read] = await Promise.all([
    navigator.mediaDevices.getUserMedia({ video: camera }),
    chooseReader(),
  ]);
  try {
    stop.throwIfAborted();
    video.srcObject = stream;
    await video.play();
    let last: string | null = null;
    while (!stop.aborted) {
      const text = await read(video);
      if (text !== null && text !== last && !stop.aborted) onText(text);
      last = text ?? last;
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}
