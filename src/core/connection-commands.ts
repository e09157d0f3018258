/** Command lines that put a file by SFTP, for the clients that districts use, with every odd character quoted. */

export type ConnectionFacts = {
  host: string;
  port: number;
  /** Email address of the account. */
  user: string;
  /** Folder of the source, no slash at the end. */
  path: string;
  /** As `ssh-keygen -l` shows it: `SHA256:…`, of the ed25519 key. */
  fingerprint: string;
  /** Of the ecdsa key, which is the first that curl asks for. */
  ecdsaFingerprint: string;
  /** The file as it is called on the sender's machine. */
  file: string;
};

export type ConnectionCommand = {
  client: 'sftp' | 'lftp' | 'curl' | 'WinSCP';
  /** For a shell of Linux or macOS; for WinSCP the lines of a script file. */
  text: string;
  /** How to run it. */
  use: string;
};

/** Each asks for the password, so that none stands in a script or a history. */
export function connectionCommands(facts: ConnectionFacts): ConnectionCommand[] {
  return [sftp(facts), lftp(facts), curl(facts), winscp(facts)];
}

function sftp({ host, port, user, path, file }: ConnectionFacts): ConnectionCommand {
  const order = `put ${inQuotes(file)} ${inQuotes(`${path}/`)}`;
  return {
    client: 'sftp',
    text: `printf '%s\\n' ${shell(order)} | sftp -P ${port} -o User=${shell(user)} ${shell(host)}`,
    use: 'In a terminal, in the folder of the file. With a registered key: add -b - -i and its file after sftp.',
  };
}

function lftp({ host, port, user, path, file }: ConnectionFacts): ConnectionCommand {
  const order = `put -O ${inQuotes(`${path}/`)} ${inQuotes(file)}; bye`;
  return {
    client: 'lftp',
    text: `lftp -u ${shell(user)} -p ${port} -e ${shell(order)} ${shell(`sftp://${host}`)}`,
    use: 'In a terminal, in the folder of the file. A connection that breaks is made again, and the upload goes on.',
  };
}

function curl({ host, port, user, path, ecdsaFingerprint, file }: ConnectionFacts): ConnectionCommand {
  const url = `sftp://${host}:${port}${path.split('/').map(encodeURIComponent).join('/')}/`;
  // A name with a comma or a bracket would be several names for curl.
  const name = /["\\,;{}[\]]/.test(file) ? `--globoff --upload-file ${shell(file)}` : `--upload-file ${shell(file)}`;
  return {
    client: 'curl',
    text: `curl --user ${shell(user)} --hostpubsha256 ${shell(bare(ecdsaFingerprint))} ${name} ${shell(url)}`,
    use: 'In a terminal, in the folder of the file. Needs a curl that was built with SFTP. Where this machine knows the server already (from sftp, say), leave out --hostpubsha256 and what follows it: curl then compares with what is known.',
  };
}

function winscp({ host, port, user, path, fingerprint, file }: ConnectionFacts): ConnectionCommand {
  const key = `ssh-ed25519 255 ${bare(fingerprint)}`;
  return {
    client: 'WinSCP',
    text: [
      `open sftp://${host}:${port}/ -username=${doubled(user)} -hostkey=${doubled(key)}`,
      `put ${doubled(file)} ${doubled(`${path}/`)}`,
      'exit',
    ].join('\r\n'),
    use: 'Save it as upload.txt beside the file, then run: winscp.com /ini=nul /script=upload.txt. Or enter host, port and user in its window.',
  };
}

/** `SHA256:` is how OpenSSH says which hash it is. */
const bare = (fingerprint: string): string => fingerprint.replace(/^SHA256:/, '');

/** One word for a POSIX shell, whatever it holds. */
export function shell(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** One word in the languages of OpenSSH's sftp and of lftp. */
const inQuotes = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** One word in a script of WinSCP, where a quote is doubled. */
const doubled = (text: string): string => `"${text.replaceAll('"', '""')}"`;
