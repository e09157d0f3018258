/** Colour for terminals alone; NO_COLOR and pipes get plain text. */
import { styleText } from 'node:util';
import type { Paint } from '../core/report.ts';

const styles = { fatal: 'red', error: 'red', warning: 'yellow', info: 'cyan', strong: 'bold', quiet: 'dim' } as const;

export function painter(stream: NodeJS.WriteStream): Paint {
  return (style, text) => styleText(styles[style], text, { stream });
}
