/** Rules about manifest.csv: whether it can be read, and whether it agrees with the files beside it. */

import { added, cell, cells, clean, copy, line, rename, text, without } from './example.ts';
import type { Example, Rule } from './rule.ts';

const file = 'manifest.csv';
const nothingTaken = 'Nothing of this delivery is taken; the roster stays as it is.';

export const manifestRules: readonly Rule[] = [
  {
    id: 'manifest-missing',
    group: 'manifest',
    severity: 'fatal',
    basis: 'S',
    title: 'The delivery has no manifest.csv',
    why: `manifest.csv says which files are sent, in which version, and whether they are complete. ${nothingTaken}`,
    fix: 'Choose OneRoster 1.1 or 1.2 in the export settings of the SIS; that export writes manifest.csv. If your own script packs the files, add it, at the top of the zip.',
    bad: { [file]: null },
    good: clean(file),
  },
  {
    id: 'manifest-header-invalid',
    group: 'manifest',
    severity: 'fatal',
    basis: 'S',
    title: 'The first line of manifest.csv is not propertyName,value',
    why: `The lines below cannot be read for certain. ${nothingTaken}`,
    fix: 'Make the first line read exactly: propertyName,value. A title line above it, or another name for one of the two columns, has to go.',
    bad: rename(file, 'value', 'propertyValue'),
    good: clean(file),
  },
  {
    id: 'manifest-row-malformed',
    group: 'manifest',
    severity: 'error',
    basis: 'S',
    title: 'A line of manifest.csv has more or fewer than two cells',
    why: 'Commas at its end are overlooked; any other such line is skipped, as if it were not there. Strict receivers refuse the delivery.',
    fix: 'Write one name, one comma and one value on the line, for example file.users,bulk. Commas at the end of the line come from a spreadsheet: save from a text editor.',
    bad: line(file, 'source.systemName', (it) => `${it},`),
    good: clean(file),
  },
  {
    id: 'manifest-property-missing',
    group: 'manifest',
    severity: 'error',
    basis: 'S',
    title: 'manifest.csv lacks a line that its OneRoster version requires',
    why: 'If it is the line of a file that is sent, or of the version, nothing of the delivery is taken. Otherwise nothing is left out, but strict receivers refuse it.',
    fix: 'Add the line that is named. For a file that you do not send, its value is absent, for example file.results,absent.',
    bad: without(file, 'file.results'),
    good: clean(file),
  },
  {
    id: 'manifest-property-unknown',
    group: 'manifest',
    severity: 'warning',
    basis: 'P',
    title: 'manifest.csv has a line that OneRoster does not know',
    why: 'The line is ignored; everything else is taken. If a required line is misspelt, it is also reported as missing.',
    fix: 'Correct the name, including its capitals, or remove the line. The name of the sending system stands in source.systemName, not in file.systemName.',
    bad: line(file, 'source.systemName', () => 'file.systemName,Sample SIS'),
    good: clean(file),
  },
  {
    id: 'manifest-property-duplicate',
    group: 'manifest',
    severity: 'fatal',
    basis: 'P',
    title: 'manifest.csv names the same property twice',
    why: `It is not clear which of the two values holds. ${nothingTaken}`,
    fix: 'Keep the line that is right and remove the other one.',
    bad: copy(file, 'file.users', { value: 'delta' }),
    good: clean(file),
  },
  {
    id: 'manifest-version-invalid',
    group: 'manifest',
    severity: 'error',
    basis: 'S',
    lenient: 'warning',
    title: 'manifest.version is not 1.0',
    why: 'Nothing is left out, because there is only one version of the manifest. Strict receivers refuse the delivery.',
    fix: 'Set manifest.version to 1.0 in the export settings. If it reads 1, somebody has saved the file in a spreadsheet, which cuts the zero: use a text editor.',
    bad: cell(file, 'manifest.version', 'value', '1'),
    good: clean(file),
  },
  {
    id: 'manifest-oneroster-version-invalid',
    group: 'manifest',
    severity: 'fatal',
    basis: 'S',
    title: 'oneroster.version in manifest.csv is neither 1.1 nor 1.2',
    why: `Without the version it is not known which columns the files have. ${nothingTaken}`,
    fix: 'Set oneroster.version to the version that your SIS exports: 1.2 if the export has a roles.csv, otherwise 1.1.',
    bad: cell(file, 'oneroster.version', 'value', '2.0'),
    good: clean(file),
  },
  {
    id: 'manifest-oneroster-version-patch',
    group: 'manifest',
    severity: 'warning',
    basis: 'P',
    title: 'oneroster.version carries more than 1.1 or 1.2',
    why: 'The value is read as the 1.1 or 1.2 at its start, and nothing is left out. Strict receivers refuse the delivery.',
    fix: 'Write 1.1 or 1.2 alone, also if your SIS speaks of 1.1.1 or 1.2.1.',
    bad: cell(file, 'oneroster.version', 'value', '1.1.1'),
    good: clean(file),
  },
  {
    id: 'manifest-version-content-mismatch',
    group: 'manifest',
    severity: 'fatal',
    basis: 'P',
    title: 'The files belong to another OneRoster version than manifest.csv says',
    why: `Columns that the one version requires are unknown to the other. ${nothingTaken}`,
    fix: 'If the export has a roles.csv, and users.csv has no orgSourcedIds, set oneroster.version to 1.2; otherwise to 1.1. If both kinds of files are there, old ones are lying in the export folder: empty it and export again.',
    bad: cell(file, 'oneroster.version', 'value', '1.1', '1.2'),
    good: clean(file, '1.2'),
    exampleVersion: '1.2',
  },
  {
    id: 'manifest-mode-invalid',
    group: 'manifest',
    severity: 'fatal',
    basis: 'S',
    title: 'manifest.csv gives a file another value than absent, bulk or delta',
    why: `Whether the file is complete or holds changes only decides what leaves the roster, so it is not guessed. ${nothingTaken}`,
    fix: 'Write bulk if the file holds everything, delta if it holds changes only, absent if it is not sent; in lower case.',
    bad: cell(file, 'file.users', 'value', 'full'),
    good: clean(file),
  },
  {
    id: 'manifest-file-missing',
    group: 'manifest',
    severity: 'fatal',
    basis: 'S',
    title: 'A file that manifest.csv announces is not in the delivery',
    why: `An export that lost a file on the way cannot be told from one that is complete. ${nothingTaken}`,
    fix: 'Find out why the file is missing: an export step that failed, or a name spelt differently. If it is not meant to be sent, set its line in manifest.csv to absent.',
    bad: { 'demographics.csv': null },
    good: clean('demographics.csv'),
  },
  {
    id: 'manifest-file-unexpected',
    group: 'manifest',
    severity: 'fatal',
    basis: 'S',
    title: 'A file is in the delivery although manifest.csv says that it is absent',
    why: `It may be left over from an older export. ${nothingTaken}`,
    fix: 'If the file is current, set its line in manifest.csv to bulk (everything) or delta (changes). If it is not, empty the export folder before each export.',
    bad: cell(file, 'file.demographics', 'value', 'absent'),
    good: clean(file),
  },
  {
    id: 'manifest-only',
    group: 'manifest',
    severity: 'info',
    basis: 'S',
    title: 'The delivery holds manifest.csv and nothing else',
    why: 'It says that nothing has changed, and the roster stays as it is.',
    fix: 'Nothing has to be done. If you expected data, check that the export writes its files before the zip is packed.',
    bad: manifestOnly(),
    good: clean(file),
  },
  {
    id: 'manifest-mixed-modes',
    group: 'manifest',
    severity: 'warning',
    basis: 'P',
    title: 'Some files of the delivery are complete and others hold changes only',
    why: 'This is allowed, and each file is taken as it says. A file marked bulk by mistake removes every record that is not in it.',
    fix: 'Let one delivery be all bulk or all delta if your SIS lets you choose. If the mixture is intended, nothing has to be done.',
    bad: mixedModes(),
    good: clean(file),
  },
  {
    id: 'manifest-source-blank',
    group: 'manifest',
    severity: 'info',
    basis: 'P',
    title: 'manifest.csv does not name the sending system',
    why: 'Nothing is left out. The name helps the people who look into a problem with the export.',
    fix: 'If the SIS lets you, fill source.systemName and source.systemCode, for example with its product name and your site code.',
    bad: text(file, (all) => all.replace(/source\.\w+,.*\r\n/g, '')),
    good: clean(file),
  },
  {
    id: 'package-looks-like-1-0',
    group: 'manifest',
    severity: 'fatal',
    basis: 'S',
    title: 'The files are an export of the retired OneRoster 1.0',
    why: `1.0 has no manifest.csv and other columns, and it does not say what is complete. ${nothingTaken}`,
    fix: 'Switch the export in the SIS to OneRoster 1.1 or 1.2. If it offers only 1.0, ask its vendor for an update.',
    bad: oldRelease(),
    good: clean(file),
  },
  {
    id: 'file-not-in-roster',
    group: 'manifest',
    severity: 'info',
    basis: 'P',
    title: 'A gradebook or resource file is checked and kept, but is not part of the roster',
    why: 'The roster holds orgs, sessions, courses, classes, users, enrollments and demographics. Nothing is left out; the file stays with the delivery.',
    fix: 'Nothing has to be done. If nobody needs grades or resources here, leave the file out of the export and set its line in manifest.csv to absent.',
    bad: added({ categories: [{ sourcedId: 'cat-1', title: 'Quizzes' }] }),
    good: clean(file),
  },
];

function manifestOnly(): Example {
  const absent = text(file, (all) => all.replaceAll(',bulk', ',absent'));
  const names = ['orgs', 'academicSessions', 'courses', 'classes', 'users', 'enrollments', 'demographics'];
  return { ...Object.fromEntries(names.map((name) => [`${name}.csv`, null])), ...absent };
}

function mixedModes(): Example {
  const mode = { status: 'active', dateLastModified: '2025-09-01T06:00:00.000Z' };
  const changed = text('demographics.csv', (all) => all.replaceAll(',,,2', `,${Object.values(mode).join(',')},2`));
  return { ...changed, ...cells(file, 'file.demographics', { value: 'delta' }) };
}

function oldRelease(): Example {
  const header = (name: string, from: string, to: string) =>
    line(`${name}.csv`, 'sourcedId,status', (it) => it.replace(from, to));
  return {
    [file]: null,
    ...header('users', 'userIds', 'userId'),
    ...header('courses', 'schoolYearSourcedId', 'schoolYearId'),
    ...header('classes', 'termSourcedIds', 'termSourcedId'),
    ...header('demographics', 'birthDate', 'birthdate'),
  };
}
