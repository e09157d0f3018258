/** Reads dates as a district writes them: year, month and day in some order, with any signs between them. */

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Whether a form has a year, a month and a day and nothing else. */
export const isDateForm = (form: string): boolean => partsOf(form) !== undefined;

/** YYYY-MM-DD by the first form that fits, or undefined; whether the day exists is not judged. */
export function dateFrom(value: string, forms: readonly string[]): string | undefined {
  for (const form of forms) {
    const made = byForm(value.trim(), form);
    if (made) return made;
  }
  return undefined;
}

type Part = 'YYYY' | 'YY' | 'MM' | 'M' | 'MMM' | 'DD' | 'D';
const expressions: Record<Part, string> = {
  YYYY: '(\\d{4})',
  YY: '(\\d{2})',
  MMM: '([A-Za-z]{3})[a-z]*\\.?',
  MM: '(\\d{2})',
  M: '(\\d{1,2})',
  DD: '(\\d{2})',
  D: '(\\d{1,2})',
};

type Compiled = { expression: RegExp; parts: Part[] };
const compiled = new Map<string, Compiled | undefined>();

function partsOf(form: string): Compiled | undefined {
  if (compiled.has(form)) return compiled.get(form);
  const parts: Part[] = [];
  const expression = form.replace(/YYYY|YY|MMM|MM|M|DD|D|[^A-Za-z]+|[A-Za-z]/g, (piece) => {
    const part = expressions[piece as Part];
    if (part) parts.push(piece as Part);
    return part ?? piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  const has = (letter: string) => parts.filter((part) => part.startsWith(letter)).length === 1;
  const made =
    has('Y') && has('M') && has('D')
      ? { expression: new RegExp(`^${expression}(?:[ T]00:00(?::00)?)?$`), parts }
      : undefined;
  if (compiled.size < 256) compiled.set(form, made);
  return made;
}

function byForm(value: string, form: string): string | undefined {
  const known = partsOf(form);
  const found = known?.expression.exec(value);
  if (!known || !found) return undefined;
  let [year, month, day] = ['', '', ''];
  for (const [at, part] of known.parts.entries()) {
    const text = found[at + 1] as string;
    if (part === 'YYYY') year = text;
    else if (part === 'YY') year = `${Number(text) > 50 ? 19 : 20}${text}`;
    else if (part === 'MMM') month = String(months.indexOf(text.toLowerCase()) + 1).padStart(2, '0');
    else if (part === 'MM' || part === 'M') month = text.padStart(2, '0');
    else day = text.padStart(2, '0');
  }
  return `${year}-${month}-${day}`;
}
