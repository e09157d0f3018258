/** What a district has handed over about its API: address, key and secret. */

import { PasswordInput, TextInput } from '@mantine/core';
import '@mantine/core/styles/PasswordInput.layer.css';
import type { ApiAsked } from '../set-up-api.ts';

type Props = {
  value: ApiAsked;
  onChange: (given: Partial<ApiAsked>) => void;
  /** A secret is kept already, and need not be typed again. */
  isKept?: boolean;
};

export function ApiFields({ value, onChange, isKept = false }: Props) {
  return (
    <>
      <TextInput
        label="Address of the API"
        description="As the district has it; parts of it may be missing or too much."
        placeholder="https://sis.example.org/ims/oneroster/v1p1"
        maxLength={2000}
        value={value.address}
        onChange={(event) => onChange({ address: event.currentTarget.value })}
      />
      <TextInput
        label="Token address"
        description="If the system shows one; exactly as it stands there. Otherwise it is looked for."
        maxLength={2000}
        value={value.tokenUrl}
        onChange={(event) => onChange({ tokenUrl: event.currentTarget.value })}
      />
      <TextInput
        label="Key"
        description="Also called client id or consumer key. Leave it out when all you have is a token."
        maxLength={500}
        autoComplete="off"
        value={value.clientId}
        onChange={(event) => onChange({ clientId: event.currentTarget.value })}
      />
      <PasswordInput
        label="Secret"
        description={
          isKept ? 'One is kept. Type it again only to change it.' : 'It is encrypted, and never shown again.'
        }
        maxLength={4000}
        autoComplete="new-password"
        value={value.secret}
        onChange={(event) => onChange({ secret: event.currentTarget.value })}
      />
    </>
  );
}
