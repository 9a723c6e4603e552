import { closeSync, openSync, writeSync } from 'node:fs';
import { create } from 'qrcode';

const [width, height] = [640, 480];

/** A film of a QR code held still, for Chromium's fake camera (YUV4MPEG2). */
export function writeQrVideo(path: string, text: string): void {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const scale = Math.floor(400 / (modules.size + 8));
  const left = Math.floor((width - modules.size * scale) / 2);
  const top = Math.floor((height - modules.size * scale) / 2);
  const luma = Buffer.alloc(width * height, 235);
  for (let row = 0; row < modules.size * scale; row += 1) {
    for (let column = 0; column < modules.size * scale; column += 1) {
      const isDark = modules.get(Math.floor(row / scale), Math.floor(column / scale)) !== 0;
      if (isDark) luma[(top + row) * width + left + column] = 16;
    }
  }
  const colours = Buffer.alloc((width * height) / 2, 128);
  const file = openSync(path, 'w');
  writeSync(file, `YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`);
  for (let frame = 0; frame < 10; frame += 1) {
    writeSync(file, 'FRAME\n');
    writeSync(file, luma);
    writeSync(file, colours);
  }
  closeSync(file);
}

/** Switches for a browser whose camera shows that film and may be used. */
export const fakeCamera = (path: string): string[] => [
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  `--use-file-for-fake-video-capture=${path}`,
];
