/** The whole guide, with the SFTP clients that a district would use. */
import { before, test } from 'node:test';
import { runGuide } from '../guide.ts';
import { needs } from './program.ts';

before(() => {
  for (const [program, debianPackage] of [
    ['sftp', 'openssh-client'],
    ['sshpass', 'sshpass'],
    ['lftp', 'lftp'],
    ['curl', 'curl'],
  ] as const)
    needs(program, debianPackage);
});

test('the commands of the guide for a first district do what it says, SFTP clients included', async () => {
  await runGuide('docs/guide/first-district.md', { clients: true });
});
