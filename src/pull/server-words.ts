/** Reads what a server says of a failure, in any of the shapes that OneRoster servers use. */

const longest = 500;

export type ServerWords = { minor: string | undefined; text: string | undefined };

/**
 * @param body as text.
 * @param secrets what is never repeated.
 */
export function serverWords(body: string, secrets: readonly string[] = []): ServerWords {
  const found = jsonWords(body) ?? { minor: undefined, text: body.replace(/<style[\s\S]*?<\/style>|<[^>]*>/g, ' ') };
  return { minor: cleaned(found.minor, secrets), text: cleaned(found.text, secrets) };
}

/** Whether an answer says that it failed, whatever its status; undefined when it says nothing of the kind. */
export function failureIn(json: unknown): ServerWords | undefined {
  for (const node of places(json)) {
    const major = text(pick(node, 'imsx_codemajor', 'codemajor'));
    if (major !== undefined && /fail|unsupported/i.test(major)) return words(node);
    const error = pick(node, 'error');
    if (typeof error === 'string' && error !== '') return words(node);
  }
  return undefined;
}

/** Warnings about names that were not understood, such as `invalid_sort_field`. */
export function warningsIn(json: unknown): string[] {
  return places(json).flatMap((node) => {
    const severity = text(pick(node, 'imsx_severity', 'severity'));
    const minor = words(node).minor;
    return severity !== undefined && /warning/i.test(severity) && minor !== undefined ? [minor] : [];
  });
}

function jsonWords(body: string): ServerWords | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof json === 'string') return { minor: undefined, text: json };
  for (const node of places(json)) {
    const found = words(node);
    if (found.minor !== undefined || found.text !== undefined) return found;
  }
  return { minor: undefined, text: undefined };
}

type Node = Record<string, unknown>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The root, what wraps it, and the first of a list of statuses. */
function places(json: unknown): Node[] {
  if (!isNode(json)) return [];
  const wrapped = pick(json, 'imsx_statusinfo');
  const lists = [pick(json, 'statusinfoset'), pick(json, 'errors')].map((list) =>
    Array.isArray(list) ? list[0] : list,
  );
  return [json, wrapped, ...lists].filter(isNode);
}

function words(node: Node): ServerWords {
  const nested = pick(node, 'imsx_codeminor', 'codeminor');
  const field = isNode(nested) ? pick(nested, 'imsx_codeminorfield') : undefined;
  const first = Array.isArray(field) ? field[0] : field;
  const minor = isNode(first) ? text(pick(first, 'imsx_codeminorfieldvalue')) : text(nested);
  const error = pick(node, 'error');
  return {
    minor: minor ?? text(error) ?? (isNode(error) ? text(pick(error, 'code')) : undefined),
    text: text(pick(node, 'imsx_description', 'description', 'error_description', 'message')),
  };
}

function pick(node: Node, ...names: string[]): unknown {
  for (const [name, value] of Object.entries(node)) if (names.includes(name.toLowerCase())) return value;
  return undefined;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : typeof value === 'number' ? String(value) : undefined;

function cleaned(words: string | undefined, secrets: readonly string[]): string | undefined {
  let clean = words
    ?.replace(/\p{Cc}+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  for (const secret of secrets) if (secret.length > 3) clean = clean?.replaceAll(secret, '…');
  return clean ? clean.slice(0, longest) : undefined;
}
