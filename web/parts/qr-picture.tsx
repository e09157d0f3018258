/** A QR code as a picture: dark on light in every colour scheme, since cameras ask for it. */

import { encode } from 'uqr';

const quiet = 4;

export function QrPicture({ text, name }: { text: string; name: string }) {
  const { data, size: side } = encode(text, { border: 0 });
  const size = side + 2 * quiet;
  const dark = data.flatMap((row, y) => row.flatMap((is, x) => (is ? [`M${x + quiet} ${y + quiet}h1v1h-1z`] : [])));
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
