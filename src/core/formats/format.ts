/** What a format of deliveries is: it recognises a bundle, says which tables are in it, and reads their records as rows. */

import type { Ahead, AheadTable } from '../ahead/block.ts';
import type { IdPlaces } from '../id-set.ts';
import type { Bundle, Finding, Mode, Row } from '../record.ts';
import type { Kind, Version } from '../tables.ts';
import type { Tally } from '../tally.ts';
import type { Declaration } from './declared/declaration.ts';
import type { RosterWriter, WriteOptions } from './write-oneroster-csv.ts';

export type Known = Pick<AheadTable, 'seed' | 'ids' | 'references' | 'hashes' | 'texts'>;

export type RowVisitor = {
  /** Before the first row: which fields the file has a column for, by field index. */
  columns(present: boolean[]): void;
  row(row: Row): void;
  /** A record that cannot be read as a row; its sourcedId stands in buffer[start .. end) if it could be read. */
  broken(buffer: Uint8Array, start: number, end: number, line: number): void;
  /** About how many rows will come, and how many bytes of ids. */
  expect?(rows: number, idBytes: number): void;
  /** What another thread may be told, to look things up ahead. */
  known?(): Known;
  /** Where the ids are, to which those of rows that come have been added ahead. */
  adopt?(ids: IdPlaces): void;
  /** Hashes of the ids of rows that come next. */
  upcoming?(hashes: Int32Array, count: number): void;
  /** It passes over rows that `mayRepeat`, so that nobody has to keep their ids for that. */
  passesRepeats?: boolean;
  /** Between pieces: lets the receiver catch up. */
  drain(): void | Promise<void>;
};

export type TableSource = {
  kind: Kind;
  file: string;
  mode: Mode;
  /** A file that it is made of cannot be read, so that nothing follows from what is not in it. */
  isUnreadable?: boolean;
  read(visitor: RowVisitor): Promise<void>;
  /** Reads the rows without a word about what is wrong with them. False when they could not all be read. */
  peek(visitor: Pick<RowVisitor, 'row' | 'drain'>): Promise<boolean>;
};

export type Opened = {
  version: Version | '1.0' | undefined;
  /** In the order of loading. Kinds that are not sent are absent from the list or stand in it as `absent`. */
  tables: TableSource[];
  /** Says a finding in the words of the files that were sent; undefined where it is no concern of theirs. */
  translate?: (finding: Finding) => Finding | undefined;
  /** Rules of which nothing is said, whatever is found. */
  notAsked?: ReadonlySet<string>;
};

export type OpenContext = {
  /** The delivery is all there is: its files are read as complete, whatever they say. */
  isAll?: boolean;
  /** The present, for formats that do not say which school year it is. */
  now?: Date;
  /** Ids of the live records of a kind that this source manages, for formats that remove what a part of a delivery lacks. */
  live?: (kind: Kind) => Iterable<string> | AsyncIterable<string> | undefined;
};

export type Format = {
  id: string;
  title: string;
  /** Why the bundle is of this format, as a sentence; undefined when it is not. */
  detect(bundle: Bundle): string | undefined;
  /** The same by a look into its files: how much it looks like one, to be compared with other formats. */
  recognise?(bundle: Bundle): Promise<{ score: number; files: number; reason: string } | undefined>;
  /** How many files of a bundle it takes for its own, though it may be unable to read them. */
  claims?(bundle: Bundle): Promise<number>;
  /** `ahead` is a second thread that may be used for reading. */
  open(bundle: Bundle, tally: Tally, ahead?: Ahead, context?: OpenContext): Promise<Opened>;
  /** Its files and columns, where the format is declared. */
  declaration?: Declaration;
  /** Writes rosters in this format, where that is possible. */
  write?(options: WriteOptions): RosterWriter;
};
