/** What somebody is told who decides about a held sync when another person was first. */

export type Choice = 'apply all' | 'apply additions and updates' | 'discard';

const did: Record<Choice, string> = {
  'apply all': 'chose to apply all',
  'apply additions and updates': 'chose to apply additions and updates only',
  discard: 'discarded it',
};

/** @param by email address of who was first; null when that is not known. */
export const decidedBefore = ({ by, choice }: { by?: string | null; choice: Choice }): string =>
  `${by ?? 'Somebody else'} was first and ${did[choice]}. That holds; your choice has done nothing.`;
