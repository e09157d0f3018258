/** Lines of a small delivery as they are wrong and as they are right; a word tells it beside sign and colour. */

import css from './difference.module.css';

export function Difference({ lines }: { lines: string[] }) {
  return (
    <section className={css.lines} aria-label="Lines of the example">
      <p className="small soft">
        Lines with <code>-</code> have the fault, lines with <code>+</code> put it right.
      </p>
      <pre>
        {lines.map((line, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines never change places
          <span key={at} className={css.line} data-sign={line[0]}>
            {line.startsWith('-') && <span className="unseen">Wrong: </span>}
            {line.startsWith('+') && <span className="unseen">Right: </span>}
            {line}
            {'\n'}
          </span>
        ))}
      </pre>
    </section>
  );
}
