/** A QR code as a picture: dark on light in every colour scheme, since cameras ask for it. */

import { qrCode } from '../../src/core/qr.ts';

const quiet = 4;

export function QrPicture({ text, name }: { text: string; name: string }) {
  const code = qrCode(text);
  const size = code.length + 2 * quiet;
  const dark = code.flatMap((row, y) => row.flatMap((is, x) => (is ? [`M${x + quiet} ${y + quiet}h1v1h-1z`] : [])));
  return (
    <svg
      role="img"
      aria-label={name}
      width="220"
      height="220"
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={dark.join('')} fill="#000" />
    </svg>
  );
}
