/** `homeroom serve --demo`: the main job end to end, on an invented district, told as it happens. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { counted } from '../../core/words.ts';
import type { House } from '../../house.ts';
import { generateFaulty } from '../../sample/faults.ts';
import { generate, type Sample, type SampleOptions } from '../../sample/generate.ts';
import { writeSample } from '../../sample/write.ts';
import { followSync } from '../follow.ts';
import { painter } from '../paint.ts';
import { progressBar } from '../progress.ts';
import { demoVendor } from '../serve.ts';
import { lastNight, type Night, newPassword, remember, schoolYearOf } from './night.ts';
import { putFile, type Target } from './put.ts';

const siteCode = '1234567';
const students = 2000;
const seed = 1;
const churn = 0.01;
/** Kinds of findings shown of a broken file; the console and the reports folder have all. */
const mostRules = 6;
const demoDistrict = { students, seed, churn, siteCode, place: 'Lakeview' };
/** Makes the same district on the command line. */
const sampleFlags = ({ schoolYear }: Night): string =>
  `--students ${students} --seed ${seed} --site-code ${siteCode} --place Lakeview --churn ${churn}${
    schoolYear === undefined ? '' : ` --school-year ${schoolYear}`
  }`;
const paint = painter(process.stdout);
const say = (text = '') => process.stdout.write(`${text}\n`);

/** Runs the story on an open house; stops between two steps when `signal` is aborted. */
export async function demo(house: House, dataDir: string, signal: AbortSignal): Promise<void> {
  const data = resolve(dataDir);
  const before = await lastNight(data);
  const night = before ?? { password: newPassword(), generation: -1, schoolYear: schoolYearOf(new Date()) };
  const district = generate(nightly(night, 0));
  const { email, uploadPath } = await settle(house, district, night);
  const folder = await mkdtemp(join(tmpdir(), 'homeroom-demo-'));
  const send = (made: Sample) => sendNight({ house, made, folder, email, night, uploadPath, data, signal });
  try {
    if (before) {
      chapter(`The night after: ${made(++night.generation)}`);
      await send(generate(nightly(night, night.generation)));
    } else {
      await firstNights(send, night, district);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  if (!signal.aborted) await leaveOpen(house, { email, night, uploadPath, data });
}

const nightly = ({ schoolYear }: Night, generation: number): SampleOptions => ({
  ...demoDistrict,
  generation,
  ...(schoolYear === undefined ? {} : { schoolYear }),
});
const made = (generation: number): string => `the district has changed ${counted(generation, 'time')}`;

async function firstNights(send: (made: Sample) => Promise<void>, night: Night, district: Sample): Promise<void> {
  chapter(`First night: ${district.name} sends its whole roster`);
  night.generation = 0;
  await send(district);
  chapter('Second night: about 1 in 100 records is different');
  night.generation = 1;
  await send(generate(nightly(night, 1)));
  chapter('Third night: the export is broken in places');
  await send(generateFaulty(nightly(night, 1)));
}

function chapter(title: string): void {
  say();
  say(paint('strong', title));
}

/** Products, district, contact and source; all of it is there already when the demo ran before. */
async function settle(house: House, district: Sample, night: Night): Promise<{ email: string; uploadPath: string }> {
  const { acts } = house;
  const email = `roster@${district.domain}`;
  const known = (await acts.sources()).find((source) => source.district === siteCode && source.product === 'literacy');
  if (known?.uploadPath) return { email, uploadPath: known.uploadPath };
  for (const [slug, name] of [
    ['literacy', 'Literacy'],
    ['math', 'Math'],
  ] as const)
    await acts.addProduct({ slug, name });
  await acts.addDistrict({ siteCode, name: district.name, slug: 'lakeview' });
  await acts.addContact({ email, district: siteCode, password: night.password });
  await acts.addContact({ email: operatorEmail, role: 'owner', password: newPassword() });
  const source = await acts.addSource({ district: siteCode, product: 'literacy', trustFirst: true });
  say(`Made: vendor ${demoVendor}, products literacy and math, district ${district.name} (site code ${siteCode}),`);
  say(`a contact of the district, and a source that takes files by SFTP.`);
  return { email, uploadPath: source.uploadPath as string };
}

const operatorEmail = 'operator@homeroom.example';

type Sending = {
  house: House;
  made: Sample;
  folder: string;
  email: string;
  night: Night;
  uploadPath: string;
  data: string;
  signal: AbortSignal;
};

/** Writes one night's export, sends it through the SFTP server, and follows it to its end. */
async function sendNight({ house, made, folder, email, night, uploadPath, data, signal }: Sending): Promise<void> {
  if (signal.aborted) return;
  const zip = join(folder, 'OneRoster.zip');
  const files = await writeSample(made, zip);
  const bytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const remote = `${uploadPath}/${basename(zip)}`;
  say(paint('quiet', `put ${remote} (${counted(files.length, 'file')}, ${(bytes / 1e6).toFixed(1)} MB unpacked)`));
  const last = await newest(house);
  const bar = progressBar('sending', bytes / 6, 'bytes');
  await putFile(targetOf(house, email, night.password), zip, remote, (sent) => bar.set(sent));
  bar.stop();
  await remember(data, night);
  const sync = await nextAfter(house, last, signal);
  if (sync === undefined) return;
  const done = await followSync(house.acts, sync, signal);
  if (!signal.aborted) say(await house.acts.report({ sync: done.id, mostRules }));
}

function targetOf(house: House, user: string, password: string): Target {
  if (!house.sftp) throw new Error('The SFTP server is not open.');
  const { host, port, fingerprints } = house.sftp;
  return { host, port, fingerprints: fingerprints.map(({ fingerprint }) => fingerprint), user, password };
}

const ofDemo = { district: siteCode, product: 'literacy' };
const newest = async (house: House): Promise<string | undefined> =>
  (await house.acts.history({ ...ofDemo, limit: 1 }))[0]?.id;

async function nextAfter(house: House, last: string | undefined, signal: AbortSignal): Promise<string | undefined> {
  while (!signal.aborted) {
    const id = await newest(house);
    if (id !== undefined && id !== last) return id;
    await sleep(50);
  }
  return undefined;
}

type Open = { email: string; night: Night; uploadPath: string; data: string };

/** What stays open, and what to try next. */
async function leaveOpen(house: House, { email, night, uploadPath, data }: Open): Promise<void> {
  const { link, minutes } = await house.acts.signInLink({ email: operatorEmail });
  const { host = '127.0.0.1', port = 0, fingerprints = [] } = house.sftp ?? {};
  const flag = data === resolve('data') ? '' : ` --data '${data}'`;
  const homeroom = 'npm run homeroom --';
  chapter('All of this stays open');
  say(`  SFTP          ${host}, port ${port}, user ${email}, password ${night.password}`);
  for (const { type, fingerprint } of fingerprints) say(`  host key      ${fingerprint} (${type})`);
  say(`  upload path   ${uploadPath}`);
  say(`  console       ${link}`);
  say(`                ${paint('quiet', `this link signs you in once, within ${minutes} minutes`)}`);
  chapter('Try next, in another terminal');
  say(`  ${homeroom} history${flag}`);
  say(`  ${homeroom} sample ${sampleFlags(night)} --generation 9 --out /tmp/OneRoster.zip`);
  say(`  ${homeroom} check /tmp/OneRoster.zip`);
  say(`  sftp -P ${port} ${email}@${host}    then: put /tmp/OneRoster.zip ${uploadPath}/`);
  say(`  ${homeroom} sync /tmp/OneRoster.zip --district ${siteCode} --product literacy${flag}`);
  say(`  ${homeroom} sign-in-link ${operatorEmail}${flag}`);
  say();
  say('Ctrl-C stops everything. Starting again on the same data folder goes on with the next night.');
}
