/** How a command ends when it cannot do what it was asked: a sentence on standard error, and an exit code. */
import { SettingError } from '../config.ts';
import { Refusal } from '../core/refusal.ts';

/** Exit codes: 1 the answer is no, 2 wrong usage or something that cannot be read. */
export const NO = 1;
export const USAGE = 2;

/** A sentence for the person at the keyboard, raised by a command. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(sentence: string, exitCode = USAGE) {
    super(sentence);
    this.exitCode = exitCode;
  }
}

/** Says what is wrong, and sets the exit code. A fault of ours says where the rest of it is found. */
export function fail(error: unknown): void {
  process.exitCode = error instanceof CommandError ? error.exitCode : USAGE;
  if (error instanceof CommandError || error instanceof Refusal || error instanceof SettingError) {
    console.error(error.message);
    return;
  }
  const { message, stack, code } = error as NodeJS.ErrnoException;
  const plain = typeof code === 'string' && systemSentences[code];
  console.error(plain ? `${message.replace(/^\w+: /, '')}: ${plain}` : `This is a fault of Homeroom: ${message}`);
  if (process.env.HOMEROOM_LOG_LEVEL === 'debug') console.error(stack);
}

const systemSentences: Record<string, string> = {
  ENOENT: 'there is no such file or folder.',
  EACCES: 'this user may not read or write there.',
  ENOSPC: 'the disk is full.',
  EROFS: 'the disk cannot be written to.',
  EMFILE: 'too many files are open.',
};
