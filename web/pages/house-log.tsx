/** The audit log of everybody. */

import { AuditList } from '../parts/audit-list.tsx';
import { Part } from '../parts/page.tsx';
import { paths } from '../paths.ts';
import { zone } from '../words.ts';

export function HouseLog() {
  return (
    <Part title="Audit log" aside={`Newest first, times in ${zone}`}>
      <p className="soft">What everybody did, and what was denied. Nobody can change or remove a line.</p>
      <AuditList of={{}} to={paths.log} />
    </Part>
  );
}
