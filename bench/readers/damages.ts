/** Copies of a small orgs.csv with one damage each, as exports have them, and the rows in them that have no fault. */

export type Damage = {
  name: string;
  text: Buffer;
  /** The rows that a reader must hand on as they are, the header not among them. */
  whole: string[][];
};

const header = 'sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId';
const row = (id: number): string => `org-${id},,,School ${id},school,,`;
const rows = (...ids: number[]): string[] => ids.map(row);

const file = (lines: string[], lineEnd = '\r\n'): Buffer =>
  Buffer.from([header, ...lines].map((line) => `${line}${lineEnd}`).join(''));
const cells = (lines: string[]): string[][] => lines.map((line) => line.split(','));

/** The damaged line stands third of six. */
const third = (name: string, damaged: string): Damage => ({
  name,
  text: file([...rows(1, 2), damaged, ...rows(4, 5, 6)]),
  whole: cells(rows(1, 2, 4, 5, 6)),
});

export const damages: readonly Damage[] = [
  third('a quote is opened and never closed', 'org-3,,,"School 3,school,,'),
  third('a quote stands in a value', 'org-3,,,12" School,school,,'),
  third('text follows a closing quote', 'org-3,,,"School" 3,school,,'),
  third('a comma without quotes', 'org-3,,,School, third,school,,'),
  third('a cell is missing', 'org-3,,,School 3,school,'),
  third('a line break in quotes', 'org-3,,,"School\r\n3",school,,'),
  third('an empty line', ''),
  {
    name: 'a letter that is not UTF-8',
    text: Buffer.concat([
      file(rows(1, 2)),
      Buffer.from('org-3,,,\u00c9cole 3,school,,\r\n', 'latin1'),
      Buffer.from(rows(4, 5, 6).join('\r\n')),
    ]),
    whole: cells(rows(1, 2, 4, 5, 6)),
  },
  {
    name: 'semicolons between the cells',
    text: Buffer.from(
      file(rows(1, 2, 3))
        .toString()
        .replaceAll(',', ';'),
    ),
    whole: [],
  },
  { name: 'lines that end with CR alone', text: file(rows(1, 2, 3), '\r'), whole: [] },
  { name: 'UTF-16', text: Buffer.from(`\ufeff${file(rows(1, 2, 3))}`, 'utf16le'), whole: [] },
  {
    name: 'the last row is cut off',
    text: Buffer.from(`${file(rows(1, 2, 3))}org-4,,,Scho`),
    whole: cells(rows(1, 2, 3)),
  },
];
