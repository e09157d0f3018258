/** What the people of a district did, and what others did to it. */

import { AuditList } from '../parts/audit-list.tsx';
import { useDistrict } from '../parts/district-frame.tsx';
import { Part } from '../parts/page.tsx';
import { paths } from '../paths.ts';
import { zone } from '../words.ts';

export function DistrictLog() {
  const { district, person } = useDistrict();
  return (
    <Part title="Audit log" aside={`Newest first, times in ${zone}`}>
      <p className="soft">
        {person.district
          ? 'What the people of your district did here. Nobody can change or remove a line.'
          : 'What the people of the district did, and what others did to it. Nobody can change or remove a line.'}
      </p>
      <AuditList of={{ district: district.id }} to={(query) => paths.districtLog(district.id, query)} />
    </Part>
  );
}
