/** The rules of a password, each as it is met while somebody types. */

import { lengthOf, passwordFault, shortestPassword } from '../../src/core/password-rules.ts';
import css from './password-rules.module.css';

export function PasswordRules({ password, email, id }: { password: string; email: string; id: string }) {
  const length = lengthOf(password);
  const fault = passwordFault(password, email);
  const isLong = length >= shortestPassword;
  const rules: [met: boolean, text: string][] = [
    [isLong, `At least ${shortestPassword} characters${length > 0 && !isLong ? ` (${length} so far)` : ''}`],
    [isLong && fault === undefined, 'Not what others would try first: common passwords, runs of keys, your address'],
  ];
  return (
    <div id={id} className={css.rules}>
      <ul>
        {rules.map(([met, text]) => (
          <li key={text.slice(0, 8)} data-met={met}>
            <span aria-hidden="true">{met ? '✓' : '○'}</span>
            <span>
              {text}
              <span className="unseen">{met ? ': yes' : ': not yet'}</span>
            </span>
          </li>
        ))}
      </ul>
      {isLong && fault && <p className={css.fault}>{fault.sentence}</p>}
    </div>
  );
}
