/** Adding a district: its name, its site code and its time zone. */

import { Select, TextInput } from '@mantine/core';
import '@mantine/core/styles/Combobox.layer.css';
import '@mantine/core/styles/Popover.layer.css';
import '@mantine/core/styles/ScrollArea.layer.css';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { queries } from '../api.ts';
import { paths } from '../paths.ts';
import { setUpApi } from '../set-up-api.ts';
import { zone } from '../words.ts';
import { ActForm } from './act-form.tsx';
import { Dialog } from './dialog.tsx';

export function AddDistrictDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [siteCode, setSiteCode] = useState('');
  const [timeZone, setTimeZone] = useState(zone);
  const [asked, setAsked] = useState(false);
  const navigate = useNavigate();
  const add = useMutation({
    mutationFn: () => setUpApi.addDistrict({ name: name.trim(), siteCode: siteCode.trim(), timeZone }),
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: ['districts'] });
      navigate(paths.district(id));
    },
  });
  return (
    <Dialog title="Add a district" onClose={onClose}>
      <ActForm
        error={add.error}
        submit="Add the district"
        isBusy={add.isPending}
        isWide
        onCancel={onClose}
        onSubmit={() => {
          setAsked(true);
          if (name.trim() && siteCode.trim()) add.mutate();
        }}
      >
        <TextInput
          data-autofocus
          label="Name"
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={asked && !name.trim() ? 'Enter the name of the district.' : undefined}
        />
        <TextInput
          label="Site code"
          description="By which you know the district: letters, digits, dots, underscores and hyphens. It stands in upload paths."
          maxLength={64}
          value={siteCode}
          onChange={(event) => setSiteCode(event.currentTarget.value)}
          error={asked && !siteCode.trim() ? 'Enter its site code.' : undefined}
        />
        <Select
          label="Time zone"
          description="Due times and calendars are meant in it."
          searchable
          allowDeselect={false}
          data={Intl.supportedValuesOf('timeZone')}
          value={timeZone}
          onChange={(value) => setTimeZone(value ?? zone)}
        />
      </ActForm>
    </Dialog>
  );
}
