/**
 * A Traditional district of 100,000 students against the same district as OneRoster: both are checked as an installed package
 * checks them, in turns, each run in a process of its own; and a workbook of 100,000 rows, for its memory. The OneRoster
 * district holds guardians and birth dates too, which Traditional files cannot; `traditionalToSameRecords` is against the
 * district without them, record for record what the Traditional files make.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Bundle from '../src/core/bundle.ts';
import type * as Check from '../src/core/check.ts';
import { textsOf } from '../src/core/row-texts.ts';
import { writeZip } from '../src/package/write-zip.ts';
import { generate } from '../src/sample/generate.ts';
import { writeSample } from '../src/sample/write.ts';
import type * as Open from '../src/sync/open.ts';
import { build, built, childOf } from './built.ts';
import type { Run } from './children/formats.ts';

const students = Number(process.env.BENCH_STUDENTS ?? 100_000);
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);

export default async function bench(): Promise<Record<string, number>> {
  build();
  const oneRoster = await district();
  const traditional = await asTraditional(oneRoster);
  const sheet = await workbook();
  const same = await withoutTheRest();
  const runs = { oneRoster: [] as Run[], traditional: [] as Run[], same: [] as Run[] };
  for (let round = 0; round < rounds; round++) {
    runs.oneRoster.push(child(oneRoster, 'oneroster-csv'));
    runs.traditional.push(child(traditional, 'traditional-literacy'));
    runs.same.push(child(same, 'oneroster-csv'));
    console.log(
      `round ${round + 1}: OneRoster ${runs.oneRoster.at(-1)?.ms.toFixed(0)} ms, Traditional ${runs.traditional.at(-1)?.ms.toFixed(0)} ms, the same records as OneRoster ${runs.same.at(-1)?.ms.toFixed(0)} ms`,
    );
  }
  const [first] = runs.traditional;
  if (!first || first.errors > 0) throw new Error(`The Traditional district has ${first?.errors} errors.`);
  const xlsx = child(sheet, 'traditional-literacy');
  const ms = {
    oneRoster: median(runs.oneRoster.map((run) => run.ms)),
    traditional: median(runs.traditional.map((run) => run.ms)),
    same: median(runs.same.map((run) => run.ms)),
  };
  return {
    traditionalToOneroster: Math.round((100 * ms.traditional) / ms.oneRoster) / 100,
    traditionalToSameRecords: Math.round((100 * ms.traditional) / ms.same) / 100,
    xlsxPeakMiB: Math.round(xlsx.peakMiB),
    xlsxRows: xlsx.rows,
    traditionalMs: Math.round(ms.traditional),
    oneRosterMs: Math.round(ms.oneRoster),
    traditionalPeakMiB: Math.round(median(runs.traditional.map((run) => run.peakMiB))),
    traditionalRows: first.rows,
    oneRosterRows: runs.oneRoster[0]?.rows ?? 0,
    sameRows: runs.same[0]?.rows ?? 0,
  };
}

async function district(): Promise<string> {
  const folder = join(tmpdir(), `homeroom-bench-${students}`);
  if (!existsSync(join(folder, 'enrollments.csv'))) {
    mkdirSync(folder, { recursive: true });
    await writeSample(generate({ students, seed: 1 }), folder);
  }
  return folder;
}

/** The district as OneRoster without guardians and demographics. */
async function withoutTheRest(): Promise<string> {
  const folder = join(tmpdir(), `homeroom-bench-same-${students}`);
  if (existsSync(join(folder, 'enrollments.csv'))) return folder;
  mkdirSync(folder, { recursive: true });
  const kept = ['student', 'teacher', 'administrator'];
  const sample = generate({ students, seed: 1 }, function* (kind, columns, rows) {
    for (const row of rows) {
      if (kind === 'demographics') continue;
      if (kind === 'users') {
        if (!kept.includes(row[columns.indexOf('role')] ?? '')) continue;
        row[columns.indexOf('agentSourcedIds')] = '';
      }
      yield row;
    }
  });
  await writeSample(sample, folder);
  return folder;
}

/** The same people, classes and class lists, in the four files. */
async function asTraditional(from: string): Promise<string> {
  const folder = join(tmpdir(), `homeroom-bench-traditional-${students}`);
  if (existsSync(join(folder, 'Student.csv'))) return folder;
  mkdirSync(folder, { recursive: true });
  const { check } = await built<typeof Check>('core/check');
  const { openDelivery } = await built<typeof Open>('sync/open');
  const { usualLimits } = await built<typeof Bundle>('core/bundle');
  const records: Record<string, Record<string, string>[]> = { orgs: [], classes: [], users: [] };
  const lists = new Map<string, string[]>();
  await check(await openDelivery(from, usualLimits), {
    profile: 'default',
    sink: {
      table() {},
      row(row) {
        const texts = textsOf(row);
        if (row.kind in records) records[row.kind]?.push(texts);
        else if (row.kind === 'enrollments') {
          const own = lists.get(texts.userSourcedId ?? '') ?? [];
          own.push(texts.classSourcedId ?? '');
          lists.set(texts.userSourcedId ?? '', own);
        }
      },
      leftOut() {},
      drain() {},
      tableDone() {},
    },
  });
  const write = (name: string, header: string, lines: string[]) => {
    const file = openSync(join(folder, name), 'w');
    writeSync(file, `${header},<DeleteUnlistedRecords>\n${lines.join(',\n')},\n`);
    closeSync(file);
  };
  const text = (value = '') => (/[",]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const line = (...cells: (string | undefined)[]) => cells.map(text).join(',');
  const of = (kind: string) => records[kind] ?? [];
  const orgs = of('orgs').filter(({ type }) => type === 'school' || type === 'district');
  write(
    'Organization.csv',
    'OrganizationNumber,OrganizationName,OrganizationType,ParentOrganizationNumber',
    orgs.map((org) =>
      line(
        org.sourcedId,
        org.name,
        org.type,
        orgs.some(({ sourcedId }) => sourcedId === org.parentSourcedId) ? org.parentSourcedId : '',
      ),
    ),
  );
  write(
    'Class.csv',
    'ClassNumber,ClassName,OrganizationNumber',
    of('classes').map((one) => line(one.sourcedId, one.title, one.schoolSourcedId)),
  );
  const listOf = (id = '') => (lists.get(id) ?? []).join(';');
  const orgsOf = (ids = '') =>
    ids
      .split(',')
      .filter((id) => orgs.some(({ sourcedId }) => sourcedId === id))
      .join(';');
  const roles: Record<string, string> = { teacher: 'Teacher', administrator: 'School Administrator' };
  const staff = of('users').filter(({ role = '' }) => role in roles);
  write(
    'User.csv',
    'UserNumber,FirstName,LastName,Username,Role,OrganizationNumber,ClassNumber',
    staff.map((one) =>
      line(
        one.sourcedId,
        one.givenName,
        one.familyName,
        one.email ?? one.username,
        roles[one.role ?? ''],
        orgsOf(one.orgSourcedIds),
        one.role === 'teacher' ? listOf(one.sourcedId) : '',
      ),
    ),
  );
  const kids = of('users').filter(({ role }) => role === 'student');
  write(
    'Student.csv',
    'StudentNumber,FirstName,LastName,Username,GradeLevel,OrganizationNumber,ClassNumber,FirstLanguage',
    kids.map((one) =>
      line(
        one.sourcedId,
        one.givenName,
        one.familyName,
        one.username,
        (one.grades ?? '03').split(',')[0],
        orgsOf(one.orgSourcedIds),
        listOf(one.sourcedId),
        'English',
      ),
    ),
  );
  return folder;
}

/** 100,000 students in a workbook with shared texts, as Excel writes them. */
async function workbook(): Promise<string> {
  const path = join(tmpdir(), 'homeroom-bench-Student.xlsx');
  if (existsSync(path)) return path;
  const names = [
    'StudentNumber',
    'FirstName',
    'LastName',
    'Username',
    'GradeLevel',
    'OrganizationNumber',
    'AlternateStudentNumber',
    'MiddleName',
    'SSOID',
    'FirstLanguage',
  ];
  const rowTexts = (n: number) => [
    `${n}`,
    `First${n % 997}`,
    `Last${n % 4999}`,
    `user${n}`,
    '3',
    '0101',
    `ALT${n}`,
    'M',
    `sso${n}`,
    'English',
  ];
  const shared = new Map<string, number>();
  const index = (text: string) => {
    const found = shared.get(text) ?? shared.size;
    shared.set(text, found);
    return found;
  };
  const rows = [names, ...Array.from({ length: 100_000 }, (_, at) => rowTexts(at + 1))].map(
    (cells, at) =>
      `<row r="${at + 1}">${cells.map((text, column) => `<c r="${String.fromCharCode(65 + column)}${at + 1}" t="s"><v>${index(text)}</v></c>`).join('')}</row>`,
  );
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const link = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/>`;
  const parts: Record<string, string[]> = {
    '[Content_Types].xml': ['<Types/>'],
    '_rels/.rels': [`<Relationships>${link('r1', 'officeDocument', 'xl/workbook.xml')}</Relationships>`],
    'xl/workbook.xml': ['<workbook><sheets><sheet name="Students" sheetId="1" r:id="rId1"/></sheets></workbook>'],
    'xl/_rels/workbook.xml.rels': [
      `<Relationships>${link('rId1', 'worksheet', 'worksheets/sheet1.xml')}</Relationships>`,
    ],
    'xl/worksheets/sheet1.xml': ['<worksheet><sheetData>', ...rows, '</sheetData></worksheet>'],
    'xl/sharedStrings.xml': ['<sst>', ...[...shared.keys()].map((text) => `<si><t>${text}</t></si>`), '</sst>'],
  };
  const encoder = new TextEncoder();
  const files = Object.entries(parts).map(([name, pieces]) => ({
    name,
    pieces: () => pieces.map((piece) => encoder.encode(piece)),
  }));
  await writeZip(files, path);
  return path;
}

function child(path: string, format: string): Run {
  const output = execFileSync(process.execPath, [childOf('formats'), path, format], { encoding: 'utf8' });
  return JSON.parse(output.trim().split('\n').at(-1) as string) as Run;
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
