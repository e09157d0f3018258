/** Two small schools as OneRoster CSV, written by hand: for tests that say of each row what becomes of it. */

export type Pupil = { id: number; name?: string; school?: string; enrolledAs?: string };
const sheet = (header: string, rows: string[]) => `${[header, ...rows].join('\n')}\n`;
const kinds = ['orgs', 'academicSessions', 'courses', 'classes', 'users', 'enrollments'];
const absent = ['categories', 'classResources', 'courseResources', 'demographics', 'lineItems', 'resources', 'results'];

/** Two schools with a class each, and pupils in them. */
export function schools(pupils: Pupil[], mode: 'bulk' | 'delta' = 'bulk', sent = kinds): Record<string, string> {
  const rows = (kind: string) => (mode === 'delta' && kind !== 'users' ? [] : all[kind]) as string[];
  const at = ({ school = 'S1' }: Pupil) => school;
  const stamp = mode === 'delta' ? 'active,2026-01-05T00:00:00.000Z' : ',';
  const all: Record<string, string[]> = {
    orgs: ['D1,,,Lakeview,district,,', 'S1,,,Hill,school,,D1', 'S2,,,Lake,school,,D1'],
    academicSessions: ['Y1,,,2026,schoolYear,2025-08-01,2026-06-30,,2026'],
    courses: ['C1,,,Y1,Reading,,,D1,,'],
    classes: ['S1', 'S2'].map((school) => `K${school},,,Room ${school},,C1,,homeroom,,${school},Y1,,,`),
    users: [
      ...(mode === 'bulk' ? ['T1,,,true,"S1,S2",teacher,t1,,Ana,Ruiz,,,,,,,,'] : []),
      ...pupils.map(
        (p) =>
          `P${p.id},${stamp},true,${at(p)},student,p${p.id},,${p.name ?? `Kim${p.id}`},Stone,,,,,,,03,secret${p.id}`,
      ),
    ],
    enrollments: [
      ...['S1', 'S2'].map((school) => `ET${school},,,K${school},${school},T1,teacher,true,,`),
      ...pupils.map((p) => `E${p.id},,,K${at(p)},${at(p)},P${p.id},${p.enrolledAs ?? 'student'},,,`),
    ],
  };
  const headers: Record<string, string> = {
    orgs: 'name,type,identifier,parentSourcedId',
    academicSessions: 'title,type,startDate,endDate,parentSourcedId,schoolYear',
    courses: 'schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes',
    classes:
      'title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods',
    users:
      'enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password',
    enrollments: 'classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate',
  };
  const manifest = [
    'manifest.version,1.0',
    'oneroster.version,1.1',
    ...[...kinds, ...absent].map((kind) => `file.${kind},${sent.includes(kind) ? mode : 'absent'}`),
  ];
  const made = sent.map((kind) => [
    `${kind}.csv`,
    sheet(`sourcedId,status,dateLastModified,${headers[kind]}`, rows(kind)),
  ]);
  return Object.fromEntries([['manifest.csv', sheet('propertyName,value', manifest)], ...made]);
}
