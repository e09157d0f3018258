/** Runs one measurement, `node bench/run.ts NAME`: its progress, then one line of JSON with the ratios. */
import { readdirSync } from 'node:fs';

type Measurement = () => Promise<Record<string, number>>;

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && !['run.ts', 'built.ts'].includes(file))
  .map((file) => file.slice(0, -'.ts'.length));
const [name = ''] = process.argv.slice(2);

if (!names.includes(name)) {
  console.error(`Which measurement? One of: ${names.join(', ')}.`);
  process.exitCode = 2;
} else {
  const { default: measure } = (await import(`./${name}.ts`)) as { default: Measurement };
  console.log(JSON.stringify(await measure()));
}
