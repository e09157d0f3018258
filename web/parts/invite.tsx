/** Inviting somebody: they get a mail with a link on which they set a password. */

import { NativeSelect, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { type Person, queries } from '../api.ts';
import { type Role, rolesFor, roleWords } from '../people-words.ts';
import { setUpApi } from '../set-up-api.ts';
import { ActForm } from './act-form.tsx';
import { Dialog } from './dialog.tsx';
import { DistrictSelect } from './district-select.tsx';

/** @param districtId undefined: whoever invites chooses. */
export function InviteDialog(props: { person: Person; districtId: string | undefined; onClose: () => void }) {
  const { person, districtId, onClose } = props;
  const mayInviteOwn = rolesFor(person, false).length > 0;
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [isOfDistrict, setOfDistrict] = useState(true);
  const [district, setDistrict] = useState<string | null>(districtId ?? null);
  const roles = rolesFor(person, isOfDistrict);
  const [role, setRole] = useState<Role>('administrator');
  const [asked, setAsked] = useState(false);
  const invite = useMutation({
    mutationFn: () =>
      setUpApi.invite({
        email: email.trim(),
        role,
        district: isOfDistrict ? district : null,
        ...(name.trim() ? { name: name.trim() } : {}),
      }),
    onSuccess: async () => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['people'] }),
        queries.invalidateQueries({ queryKey: ['onboarding'] }),
      ]);
      onClose();
    },
  });
  return (
    <Dialog title="Invite somebody" onClose={onClose}>
      <ActForm
        error={invite.error}
        submit="Send the invitation"
        isBusy={invite.isPending}
        isWide
        onCancel={onClose}
        onSubmit={() => {
          setAsked(true);
          if (email.trim() && (!isOfDistrict || district)) invite.mutate();
        }}
      >
        <TextInput
          data-autofocus
          label="Email address"
          description="With it they sign in, here and over SFTP."
          type="email"
          autoComplete="off"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={asked && !email.trim() ? 'Enter an email address.' : undefined}
        />
        <TextInput
          label="Name (optional)"
          autoComplete="off"
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {districtId === undefined && mayInviteOwn && (
          <NativeSelect
            label="Of"
            value={isOfDistrict ? 'district' : 'vendor'}
            onChange={(event) => {
              const ofDistrict = event.currentTarget.value === 'district';
              setOfDistrict(ofDistrict);
              setRole(rolesFor(person, ofDistrict)[0] ?? 'viewer');
            }}
            data={[
              { value: 'district', label: 'A district' },
              { value: 'vendor', label: 'The vendor: they see all districts' },
            ]}
          />
        )}
        {districtId === undefined && isOfDistrict && (
          <DistrictSelect
            value={district}
            onChange={setDistrict}
            error={asked && !district ? 'Choose a district.' : undefined}
          />
        )}
        <NativeSelect
          label="Role"
          description={roleWords[role].about}
          value={role}
          onChange={(event) => setRole(event.currentTarget.value as Role)}
          data={roles.map((each) => ({ value: each, label: roleWords[each].name }))}
        />
        <p className="small soft">
          They get a mail with a link, good once and for 24 hours. Before they have set a password nothing lets them in.
        </p>
      </ActForm>
    </Dialog>
  );
}
