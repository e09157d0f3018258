/** What stands in the templates of a format: the header of each file, and rows that a district need not type. */

import type { FormatPage, PageFile } from './pages.ts';

export type Known = { orgs: readonly { number: string; name: string; type: string; parent: string }[] };
/** Fields of an org by OneRoster's names. */
export type OrgFields = Readonly<Record<string, string>>;
export type TemplateTable = { name: string; title: string; columns: readonly string[]; rows: readonly string[][] };

/**
 * @param known the district's own organizations: they are filled into the file of organizations.
 * @param isComplete adds the directive that what is not listed is removed.
 */
export const templateTables = (page: FormatPage, known?: Known, isComplete = false): TemplateTable[] =>
  page.files.map((file) => {
    const columns = file.columns.filter(({ need }) => need !== 'not used').map(({ name }) => name);
    const rows = known ? rowsFor(file, columns, known) : [];
    const directive = isComplete && page.id.startsWith('traditional-') ? ['<DeleteUnlistedRecords>'] : [];
    return {
      name: file.name,
      title: file.title,
      columns: [...columns, ...directive],
      rows: rows.map((row) => [...row, ...directive.map(() => '')]),
    };
  });

/** Organizations of a roster, numbered as the district numbers them. */
export function knownOf(orgs: readonly OrgFields[]): Known {
  const numberOf = (org: OrgFields | undefined) => org?.identifier || org?.sourcedId || '';
  const byId = new Map(orgs.map((org) => [org.sourcedId, org]));
  return {
    orgs: orgs.map((org) => ({
      number: numberOf(org),
      name: org.name ?? '',
      type: org.type ?? 'school',
      parent: org.parentSourcedId ? numberOf(byId.get(org.parentSourcedId)) : '',
    })),
  };
}

/** Whether organizations of a district stand in a file. */
export const holdsOrgs = ({ title }: PageFile): boolean => /^(organizations|schools|accounts|orgs)$/i.test(title);

/** Which of our facts a column of an organization holds, by the names that formats give it. */
const facts: readonly [keyof Known['orgs'][number], RegExp][] = [
  ['parent', /^parent/i],
  ['type', /type$/i],
  ['number', /^(organizationnumber|school_id|sis id|account_id|sourcedid)$/i],
  ['name', /name$/i],
];

function rowsFor(file: PageFile, columns: readonly string[], { orgs }: Known): string[][] {
  if (!holdsOrgs(file)) return [];
  const onlySchools = /^schools$/i.test(file.title);
  return orgs
    .filter(({ type }) => !onlySchools || type === 'school')
    .map((org) =>
      columns.map((column) => {
        const fact = facts.find(([, pattern]) => pattern.test(column))?.[0];
        return fact ? org[fact] : '';
      }),
    );
}
