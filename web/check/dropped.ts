/** What a person dropped or chose, as the files of one delivery and its name. */

export type Chosen = { files: File[]; name: string };

/** The name of a set whose folder is not known. */
const loose = 'files';

/** Files of an input, or of a folder that was chosen by one; of a folder, only what lies at its top. */
export function chosenFiles(list: FileList): Chosen {
  const files = [...list];
  const folder = files[0]?.webkitRelativePath.split('/')[0];
  if (!folder) return named(files);
  return { files: sorted(files.filter((file) => file.webkitRelativePath.split('/').length === 2)), name: folder };
}

/** Must be called while the drop is told, for the browser forgets what was dropped right after. */
export function droppedFiles(data: DataTransfer): Promise<Chosen> {
  const entries = [...data.items].flatMap((item) => (item.kind === 'file' ? [item.webkitGetAsEntry()] : []));
  const files = [...data.files];
  const [folder] = entries;
  if (entries.length === 1 && folder?.isDirectory) return filesOf(folder as FileSystemDirectoryEntry);
  // A folder among files appears as a file that cannot be read.
  return Promise.resolve(named(files.filter((_, at) => !entries[at]?.isDirectory)));
}

const named = (files: File[]): Chosen => ({ files, name: files.length === 1 ? (files[0] as File).name : loose });
/** The order in which the command line takes the files of a folder. */
const sorted = (files: File[]): File[] => files.sort((a, b) => (a.name < b.name ? -1 : 1));

async function filesOf(folder: FileSystemDirectoryEntry): Promise<Chosen> {
  const reader = folder.createReader();
  const files: File[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return { files: sorted(files), name: folder.name };
    for (const entry of some)
      if (entry.isFile)
        files.push(await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)));
  }
}

/** Why these files cannot be one delivery, if they cannot. */
export function whyNot({ files }: Chosen): string | undefined {
  if (files.length === 0) return 'There is no file in it. Choose a zip, the CSV files of one set, or their folder.';
  if (files.length > 1 && files.every(({ name }) => /\.zip$/i.test(name)))
    return 'Choose one zip at a time: a delivery is one zip, or the CSV files of one set.';
  return undefined;
}
