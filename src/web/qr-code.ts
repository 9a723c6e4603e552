import QRCode from 'qrcode';

/** A QR code as one SVG path in a square of `size` units, quiet zone of four modules included. */
export interface QrCode {
  size: number;
  path: string;
}

const quietZone = 4;

/** Data instead of markup, so that a page never has to trust HTML that was made elsewhere. */
export function qrCode(text: string): QrCode {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' });
  const parts: string[] = [];
  for (let row = 0; row < modules.size; row += 1) {
    let column = 0;
    while (column < modules.size) {
      if (!modules.get(row, column)) {
        column += 1;
        continue;
      }
      const start = column;
      while (column < modules.size && modules.get(row, column)) column += 1;
      parts.push(
        `M${start + quietZone} ${row + quietZone}h${column - start}v1h-${column - start}z`,
      );
    }
  }
  return { size: modules.size + 2 * quietZone, path: parts.join('') };
}
