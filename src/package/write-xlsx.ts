/** Writes a table as a workbook whose columns are text, so that a spreadsheet keeps leading zeros. */

import ExcelJS from 'exceljs';

export type Table = { title: string; columns: readonly string[]; rows: readonly string[][] };

/** Rows beyond those that are there for which cells are text already. */
const TEXT_ROWS = 2000;

export async function writeXlsx({ title, columns, rows }: Table): Promise<Uint8Array> {
  const book = new ExcelJS.Workbook();
  // Equal tables give equal workbooks.
  book.created = new Date(Date.UTC(2020, 0, 1));
  book.modified = book.created;
  const sheet = book.addWorksheet(title.slice(0, 31).replace(/[\\/?*[\]:]/g, ' '), {
    views: [{ state: 'frozen', ySplit: 1 }],
  });
  sheet.columns = columns.map((name) => ({
    header: name,
    width: Math.max(12, name.length + 4),
    style: { numFmt: '@' },
  }));
  sheet.getRow(1).font = { bold: true };
  for (const row of rows) sheet.addRow([...row]);
  for (let line = rows.length + 2; line <= TEXT_ROWS; line++)
    for (let column = 1; column <= columns.length; column++) sheet.getCell(line, column).numFmt = '@';
  return new Uint8Array(await book.xlsx.writeBuffer());
}
