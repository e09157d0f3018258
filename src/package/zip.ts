/** Reads a zip without trusting it: sizes, ratios and checksums are held while its entries unpack, one by one. */

import yauzl from 'yauzl';
import { EntryFault, type Limits } from '../core/bundle.ts';
import { finding } from '../core/finding.ts';
import { sortFiles } from '../core/package-names.ts';
import type { Bundle, Entry, Finding } from '../core/record.ts';
import { show } from '../core/show.ts';
import { counted, thousands } from '../core/words.ts';
import { archiveKind } from './magic.ts';

/** What a zip is read from: a file on disk, or one that a person chose in their browser. */
export type ZipSource = {
  sizeBytes: number;
  /** Bytes from a place in the file; fewer than asked for only at its end. */
  read(at: number, length: number): Promise<Uint8Array>;
  /** Unpacks Deflate; what follows after its end is not looked at. */
  inflate(raw: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** The CRC-32 of all bytes so far: those before, and these. */
  crc32(bytes: Uint8Array, before: number): number;
  /** Whether `inflate` threw this because of the data, and not for reasons of ours. */
  isBroken(error: unknown): boolean;
};

/** What a source does with bytes, wherever they come from. */
export type Unpack = Pick<ZipSource, 'inflate' | 'crc32' | 'isBroken'>;

/** Entries are handed out in pieces of about this size. */
export const chunkBytes = 256 * 1024;

/** An entry smaller than this is no bomb, whatever its ratio. */
const ratioFreeBytes = 256 * 1024;

/** @throws what `read` threw; never for what is in the file. */
export const openZip = (source: ZipSource, name: string, limits: Limits): Promise<Bundle> =>
  openSorted(source, name, limits, sortFiles);

/** All files of a zip by their paths: the parts of an Office document. */
export const openParts = (source: ZipSource, name: string, limits: Limits): Promise<Bundle> =>
  openSorted(source, name, limits, (files) => ({ files: [...files], findings: [] }));

type Sort = <F extends { name: string }>(files: readonly F[]) => { files: F[]; findings: Finding[] };

async function openSorted(source: ZipSource, name: string, limits: Limits, sort: Sort): Promise<Bundle> {
  const reader = new SourceReader(source);
  const { entries, findings } = await directory(reader, source.sizeBytes, name, limits, sort);
  if (reader.fault) throw reader.fault;
  return { name, entries: entries.map((item) => entryOf(item, source, limits)), findings };
}

/** What the zip's directory says of an entry. */
type Item = { name: string; at: number; packedBytes: number; sizeBytes: number; crc: number; stored: boolean };

/** Random access that turns every impossible position of a damaged directory into an error of the zip. */
class SourceReader extends yauzl.RandomAccessReader {
  readonly #source: ZipSource;
  /** Why the file could not be read, where that is not the zip's fault. */
  fault: Error | undefined;

  constructor(source: ZipSource) {
    super();
    this.#source = source;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    if (!(position >= 0 && position + length <= this.#source.sizeBytes)) {
      setImmediate(callback, new Error('a position beyond the end of the file'));
      return;
    }
    this.#source.read(position, length).then(
      (bytes) => {
        buffer.set(bytes, offset);
        callback(null, bytes.length);
      },
      (error: Error) => {
        this.fault = error;
        callback(error);
      },
    );
  }
}

type Directory = { entries: Item[]; findings: Finding[] };

async function directory(
  reader: SourceReader,
  sizeBytes: number,
  name: string,
  limits: Limits,
  sort: Sort,
): Promise<Directory> {
  const listed: yauzl.Entry[] = [];
  let zip: yauzl.ZipFile | undefined;
  try {
    zip = await yauzl.fromRandomAccessReaderPromise(reader, sizeBytes, {
      autoClose: false,
      lazyEntries: true,
      decodeStrings: false,
      validateEntrySizes: false,
    });
    if (zip.entryCount > limits.zipEntriesLimit) return nothing(tooMany(name, zip.entryCount, limits));
    for await (const entry of zip.eachEntry()) listed.push(entry);
    const items = await located(zip, listed);
    return judged(items, listed, sizeBytes, name, limits, sort);
  } catch (error) {
    if (reader.fault) return nothing();
    return nothing(await unopened(reader, sizeBytes, name, error as Error));
  }
}

const nothing = (...findings: Finding[]): Directory => ({ entries: [], findings });

class Misplaced extends Error {}

/** Where the bytes of each entry lie; the directory's word on that is checked against the entry's own header. */
async function located(zip: yauzl.ZipFile, listed: yauzl.Entry[]): Promise<Item[]> {
  const items: Item[] = [];
  for (const entry of listed) {
    const raw = entry.fileName as unknown as Buffer;
    const path = yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, raw, entry.extraFields, true);
    const header = await zip.readLocalFileHeaderPromise(entry, { minimal: true }).catch((error) => {
      throw new Misplaced(`${show(path)} is not where the list of its files says`, { cause: error });
    });
    items.push({
      name: path,
      at: header.fileDataStart,
      packedBytes: entry.compressedSize,
      sizeBytes: entry.uncompressedSize,
      crc: entry.crc32,
      stored: entry.compressionMethod === 0,
    });
  }
  return items;
}

/** Judges the names, then what can be judged of the contents before they are unpacked. */
function judged(
  items: Item[],
  listed: yauzl.Entry[],
  sizeBytes: number,
  name: string,
  limits: Limits,
  sort: Sort,
): Directory {
  const { files, findings } = sort(items.map((item, at) => ({ ...item, listed: listed[at] as yauzl.Entry })));
  const bomb = overLimit(files, sizeBytes, limits);
  if (bomb)
    return { entries: [], findings: [...findings, finding('zip-size-limit', { file: show(name), message: bomb })] };
  const locked = files.filter((file) => file.listed.isEncrypted() || methodOf(file.listed) === aes);
  const odd = files.filter((file) => !locked.includes(file) && !readable.includes(methodOf(file.listed)));
  if (locked.length > 0)
    findings.push(finding('zip-encrypted', { file: show(name), message: `${which(locked)} protected by a password` }));
  if (odd.length > 0) {
    const methods = [
      ...new Set(odd.map((file) => methodNames[methodOf(file.listed)] ?? `method ${methodOf(file.listed)}`)),
    ];
    const message = `${which(odd)} compressed by ${methods.join(' and ')}, which is not read`;
    findings.push(finding('zip-compression-unsupported', { file: show(name), message }));
  }
  return { entries: files.filter((file) => !locked.includes(file) && !odd.includes(file)), findings };
}

const methodOf = (entry: yauzl.Entry): number => entry.compressionMethod;
const aes = 99;
const readable = [0, 8];
const methodNames: Record<number, string> = {
  1: 'Shrink',
  6: 'Implode',
  9: 'Deflate64',
  12: 'BZIP2',
  14: 'LZMA',
  20: 'Zstandard',
  93: 'Zstandard',
  94: 'MP3',
  95: 'XZ',
  98: 'PPMd',
};

const which = (files: Item[]): string => {
  const first = show(files[0]?.name ?? '');
  return files.length === 1 ? `${first} is` : `${counted(files.length, 'file')}, among them ${first}, are`;
};

function overLimit(
  files: Item[],
  sizeBytes: number,
  { unpackedLimitBytes, zipRatioLimit }: Limits,
): string | undefined {
  const total = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const limit = `the limit is ${thousands(unpackedLimitBytes)}`;
  if (total > unpackedLimitBytes) return `The files would unpack to ${thousands(total)} bytes; ${limit}`;
  const packed = (bytes: number, from: number) => bytes > ratioFreeBytes && bytes > from * zipRatioLimit;
  const bomb = files.find((file) => packed(file.sizeBytes, file.packedBytes));
  if (bomb) return ratioSentence(bomb.name, bomb.sizeBytes, bomb.packedBytes, zipRatioLimit);
  return packed(total, sizeBytes) ? ratioSentence('The zip', total, sizeBytes, zipRatioLimit) : undefined;
}

const ratioSentence = (what: string, bytes: number, from: number, limit: number): string =>
  `${show(what)} would unpack from ${thousands(from)} to ${thousands(bytes)} bytes, more than ${thousands(limit)} times its size`;

const tooMany = (name: string, count: number, { zipEntriesLimit }: Limits): Finding =>
  finding('zip-size-limit', {
    file: show(name),
    message: `${show(name)} holds ${counted(count, 'file')}; the limit is ${thousands(zipEntriesLimit)}`,
  });

/** Why the directory could not be read, told from what the file looks like. */
async function unopened(reader: SourceReader, sizeBytes: number, name: string, error: Error): Promise<Finding> {
  const head = Buffer.alloc(Math.min(4, sizeBytes));
  await new Promise<void>((done) => reader.read(head, 0, head.length, 0, () => done()));
  const file = show(name);
  if (/strong encryption/.test(error.message))
    return finding('zip-encrypted', { file, message: `${file} is protected by a password` });
  if (/multi-disk/.test(error.message)) {
    return finding('zip-unreadable', {
      file,
      message: `${file} is one part of an archive that was split; all of it must be in one file`,
    });
  }
  if (!/signature not found/.test(error.message))
    return finding('zip-unreadable', { file, message: `${file} is damaged: ${damage(error)}` });
  if (archiveKind(head) !== 'zip') return finding('zip-unreadable', { file, message: `${file} is not a zip archive` });
  const message = `${file} ends after ${counted(sizeBytes, 'byte')}, before the list of its files, which stands at the end of a zip`;
  return finding('zip-upload-incomplete', { file, message });
}

function damage(error: Error): string {
  if (error instanceof Misplaced) return error.message;
  if (/comment length/.test(error.message)) return 'bytes follow after its end, or its end is broken';
  return 'the list of its files cannot be read';
}

const entryOf = (item: Item, source: ZipSource, limits: Limits): Entry => ({
  name: item.name,
  sizeBytes: item.sizeBytes,
  bytes: () => unpacked(item, source, limits),
});

/**
 * The bytes of an entry, never more of them than its directory entry announces, with their checksum compared at the end.
 * @throws EntryFault
 */
async function* unpacked(item: Item, source: ZipSource, limits: Limits): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0;
  let crc = 0;
  try {
    for await (const piece of rawOrInflated(item, source)) {
      if (sizeBytes === 0 && archiveKind(piece) !== undefined && !/\.xls[xm]?$/i.test(item.name))
        throw new EntryFault(inner(item, piece));
      sizeBytes += piece.length;
      if (sizeBytes <= item.sizeBytes) {
        crc = source.crc32(piece, crc);
        yield piece;
      } else if (sizeBytes > mostOf(item, limits)) {
        // The directory lied. The rest is only counted, up to the limits, to tell a bomb from a slip.
        throw new EntryFault(beyond(item, mostOf(item, limits)));
      }
    }
  } catch (error) {
    if (error instanceof EntryFault || !source.isBroken(error)) throw error;
    throw damaged(item, 'its compressed data are broken or end early');
  }
  if (sizeBytes !== item.sizeBytes)
    throw damaged(item, `it has ${counted(sizeBytes, 'byte')}, where the zip announces ${thousands(item.sizeBytes)}`);
  if (crc !== item.crc) throw damaged(item, 'its checksum is wrong');
}

/** So many bytes an entry may unpack to, whatever was announced. */
const mostOf = ({ packedBytes }: Item, { unpackedLimitBytes, zipRatioLimit }: Limits): number =>
  Math.min(unpackedLimitBytes, Math.max(ratioFreeBytes, packedBytes * zipRatioLimit));

function beyond(item: Item, bytes: number): Finding {
  const message = `${item.name} unpacks to more than ${thousands(bytes)} bytes, though the zip announces ${thousands(item.sizeBytes)}`;
  return finding('zip-size-limit', { file: item.name, message });
}

const damaged = (item: Item, how: string): EntryFault =>
  new EntryFault(finding('zip-unreadable', { file: item.name, message: `${item.name} in the zip is damaged: ${how}` }));

function inner(item: Item, piece: Uint8Array): Finding {
  const kind = archiveKind(piece) ?? '';
  const message = `${item.name} is in truth ${kind === 'zip' ? 'a zip archive or an Excel workbook' : kind}, not a CSV file`;
  return finding('zip-nested-zip', { file: item.name, message });
}

async function* rawOrInflated(item: Item, source: ZipSource): AsyncGenerator<Uint8Array> {
  if (item.packedBytes === 0) return;
  const raw = range(item, source);
  yield* item.stored ? raw : source.inflate(raw);
}

async function* range({ at, packedBytes }: Item, source: ZipSource): AsyncGenerator<Uint8Array> {
  const end = at + packedBytes;
  for (let position = at; position < end; ) {
    const bytes = await source.read(position, Math.min(chunkBytes, end - position));
    if (bytes.length === 0) return;
    position += bytes.length;
    yield bytes;
  }
}
