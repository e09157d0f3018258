/** A field for a new password, with its rules under it as somebody types. */

import { PasswordInput } from '@mantine/core';
import { PasswordRules } from './password-rules.tsx';

type Props = {
  label: string;
  email: string;
  value: string;
  onChange: (value: string) => void;
  error?: string | undefined;
};

export function NewPassword({ label, email, value, onChange, error }: Props) {
  return (
    <>
      <PasswordInput
        label={label}
        name="new-password"
        autoComplete="new-password"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={error}
        aria-describedby="password-rules"
        visibilityToggleButtonProps={{ 'aria-label': 'Show the password', 'aria-hidden': false, tabIndex: 0 }}
      />
      <PasswordRules id="password-rules" password={value} email={email} />
    </>
  );
}
