/** A cell's value in quotes, with the names of the characters that the eye cannot see. */

import { pieces } from '../words.ts';
import css from './quoted.module.css';

export function Quoted({ value }: { value: string }) {
  return (
    <code className={css.quoted}>
      "
      {pieces(value).map((piece, index) =>
        'text' in piece ? (
          piece.text
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a value never change places
          <em key={index} className={css.mark}>
            {piece.mark}
          </em>
        ),
      )}
      "
    </code>
  );
}
