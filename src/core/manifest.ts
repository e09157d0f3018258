/** Reads manifest.csv: which version, which files, and whether each is whole (bulk), a change (delta) or not sent (absent). */

import { type CsvFault, CsvReader } from './csv.ts';
import { nearest } from './nearest.ts';
import { decode, type Mode } from './record.ts';
import { show } from './show.ts';
import { fileOf, type Kind, kinds, kindsOf, type Version } from './tables.ts';
import type { Tally } from './tally.ts';

export type Manifest = {
  version: Version | undefined;
  modes: Map<Kind, Mode>;
  /** Kinds whose line is there, but not understood. */
  unclear: Set<Kind>;
};

const FILE = 'manifest.csv';
const versionProperties = ['manifest.version', 'oneroster.version'];
const knownProperties = [
  ...versionProperties,
  ...kinds.map((kind) => `file.${kind}`),
  'source.systemName',
  'source.systemCode',
];

/** Reads the whole manifest text. What it does not say has no entry in `modes`. */
export function readManifest(bytes: Uint8Array, tally: Tally): Manifest {
  const { rows, headerSeen } = readRows(bytes, tally);
  const values = new Map<string, { value: string; line: number }>();
  for (const { cells, line } of rows) takeProperty(cells, line, values, tally);
  if (!headerSeen) return { version: undefined, modes: new Map(), unclear: new Set() };
  const version = readVersions(values, tally);
  return { version, ...readModes(values, version, tally) };
}

function readRows(bytes: Uint8Array, tally: Tally) {
  const rows: { cells: string[]; line: number }[] = [];
  let headerSeen = false;
  let first = true;
  const cellsOf = () =>
    Array.from({ length: reader.count }, (_, at) =>
      decode(reader.buffer, reader.start[at] as number, reader.end[at] as number),
    );
  const reader = new CsvReader({
    row() {
      const cells = cellsOf();
      if (!first) {
        if (cells.some((cell) => cell !== '')) rows.push({ cells, line: reader.line });
        return;
      }
      first = false;
      headerSeen = cells.length === 2 && cells[0] === 'propertyName' && cells[1] === 'value';
      if (!headerSeen) {
        const value = show(cells.join(','));
        tally.add('manifest-header-invalid', {
          file: FILE,
          line: reader.line,
          value,
          message: `The first line of manifest.csv is "${value}", not "propertyName,value"`,
        });
        headerSeen = cells.length === 2 && /^propertyname$/i.test(cells[0]?.trim() ?? '');
      }
    },
    fault(fault: CsvFault) {
      if (fault !== 'blank' && fault !== 'lone-cr')
        tally.add('manifest-row-malformed', { file: FILE, line: reader.line });
    },
  });
  reader.push(bytes);
  reader.finish();
  if (first) tally.add('manifest-header-invalid', { file: FILE, line: 1, message: 'manifest.csv is empty' });
  return { rows, headerSeen };
}

function takeProperty(
  cells: string[],
  line: number,
  values: Map<string, { value: string; line: number }>,
  tally: Tally,
): void {
  const [name = '', value = ''] = cells;
  if (cells.length !== 2) {
    const extraBlank = cells.length > 2 && cells.slice(2).every((cell) => cell === '');
    tally.add('manifest-row-malformed', {
      file: FILE,
      line,
      value: show(cells.join(',')),
      message: `Line ${line} of manifest.csv has ${cells.length} cells, not two`,
    });
    if (!extraBlank) return;
  }
  if (!knownProperties.includes(name)) {
    const meant = nearest(name, knownProperties);
    tally.add('manifest-property-unknown', {
      file: FILE,
      line,
      column: 'propertyName',
      value: show(name),
      message: `"${show(name)}" is not a property of the manifest${meant ? ` (did you mean ${meant}?)` : ''}`,
    });
    return;
  }
  if (values.has(name)) {
    tally.add('manifest-property-duplicate', {
      file: FILE,
      line,
      column: 'propertyName',
      value: name,
      message: `${name} is listed twice (lines ${values.get(name)?.line} and ${line})`,
    });
    return;
  }
  values.set(name, { value, line });
}

function readVersions(values: Map<string, { value: string; line: number }>, tally: Tally): Version | undefined {
  for (const name of versionProperties) {
    if (!values.has(name)) {
      const severity = name === 'oneroster.version' ? ({ severity: 'fatal' } as const) : {};
      tally.add('manifest-property-missing', {
        file: FILE,
        column: 'propertyName',
        value: name,
        message: `manifest.csv does not say ${name}`,
        ...severity,
      });
    }
  }
  const own = values.get('manifest.version');
  if (own && own.value !== '1.0') {
    tally.add('manifest-version-invalid', {
      file: FILE,
      line: own.line,
      column: 'value',
      value: show(own.value),
      message: `manifest.version is "${show(own.value)}", not "1.0"`,
    });
  }
  const said = values.get('oneroster.version');
  if (!said) return undefined;
  if (said.value === '1.1' || said.value === '1.2') return said.value;
  const place = { file: FILE, line: said.line, column: 'value', value: show(said.value) };
  const patch = /^1\.([12])([._-].*)?$/.exec(said.value.trim());
  if (patch) {
    const version = `1.${patch[1]}` as Version;
    tally.add('manifest-oneroster-version-patch', {
      ...place,
      message: `oneroster.version is "${show(said.value)}"; it is read as ${version}`,
    });
    return version;
  }
  tally.add('manifest-oneroster-version-invalid', {
    ...place,
    message: `oneroster.version is "${show(said.value)}", not "1.1" or "1.2"`,
  });
  return undefined;
}

function readModes(
  values: Map<string, { value: string; line: number }>,
  version: Version | undefined,
  tally: Tally,
): Pick<Manifest, 'modes' | 'unclear'> {
  const modes = new Map<Kind, Mode>();
  const unclear = new Set<Kind>();
  for (const kind of kindsOf(version ?? '1.1')) {
    const said = values.get(`file.${kind}`);
    if (!said) {
      tally.add('manifest-property-missing', {
        file: FILE,
        column: 'propertyName',
        value: `file.${kind}`,
        message: `manifest.csv does not say file.${kind}`,
      });
    } else if (said.value === 'bulk' || said.value === 'delta' || said.value === 'absent') {
      modes.set(kind, said.value);
    } else {
      unclear.add(kind);
      tally.add('manifest-mode-invalid', {
        file: FILE,
        line: said.line,
        column: 'value',
        value: show(said.value),
        message: `file.${kind} is "${show(said.value)}", not absent, bulk or delta`,
      });
    }
  }
  if (!values.has('source.systemName') || !values.has('source.systemCode'))
    tally.add('manifest-source-blank', { file: FILE });
  const sent = [...modes].filter(([, mode]) => mode !== 'absent');
  if (new Set(sent.map(([, mode]) => mode)).size > 1) {
    const names = (wanted: Mode) => sent.flatMap(([kind, mode]) => (mode === wanted ? [fileOf(kind)] : [])).join(', ');
    tally.add('manifest-mixed-modes', {
      file: FILE,
      message: `Some files are bulk (${names('bulk')}), others delta (${names('delta')})`,
    });
  }
  return { modes, unclear };
}
