/** Holds the documentation to the program: reference pages, commands, settings, rules, links and names of files. */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { stalePages, staleSentence } from '../src/cli/docs.ts';
import { program } from '../src/cli/program.ts';
import { settings } from '../src/config.ts';
import { rules } from '../src/core/rules/index.ts';
import { columnsOf, fileOf, kinds, tableOf } from '../src/core/tables.ts';

const root = resolve(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const isFound = (name: string) => name.endsWith('.md') && !/(^|\/)(node_modules|dist|fixtures)\//.test(name);
const pages = ['.', 'docs', 'src', 'web', 'test', 'bench']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: folder !== '.', encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  .filter(isFound)
  .sort();
const texts = pages.map((page) => ({ page, text: read(page) }));

type Code = { page: string; line: number; code: string };
/** What stands in code spans and fenced blocks. */
const codes: Code[] = texts.flatMap(({ page, text }) => {
  let isFenced = false;
  return text.split('\n').flatMap((content, at) => {
    const line = at + 1;
    if (/^\s*```/.test(content)) {
      isFenced = !isFenced;
      return [];
    }
    if (isFenced) return [{ page, line, code: content }];
    return [...content.matchAll(/`([^`]+)`/g)].map((match) => ({ page, line, code: match[1] as string }));
  });
});
/** The text without fenced blocks and code spans. */
const prose = (text: string): string => text.replace(/^\s*```[\s\S]*?^\s*```/gm, '').replace(/`[^`\n]*`/g, '');

test('the pages that are written from the program are up to date', async () => {
  const stale = await stalePages(await program());
  assert.ok(stale.length === 0, staleSentence(stale));
});

test('every setting is documented', () => {
  const page = read('docs/reference/settings.md');
  const missing = Object.values(settings).filter(({ env }) => !page.includes(`| \`${env}\` |`));
  assert.deepEqual(missing, []);
});

type Tree = Awaited<ReturnType<typeof program>>;
const leaves = (command: Tree): Tree[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap((each) => leaves(each as Tree));
const nameOf = (command: Tree): string =>
  command.parent ? `${nameOf(command.parent as Tree)} ${command.name()}` : command.name();

test('every command is documented, with all of its options', async () => {
  const page = read('docs/reference/commands.md');
  const blocks = new Map(page.split('\n## ').map((block) => [block.slice(0, block.indexOf('\n')), block]));
  for (const command of leaves(await program())) {
    if (command.name() === 'help') continue;
    const block = blocks.get(nameOf(command));
    assert.ok(block, `${nameOf(command)} is not in docs/reference/commands.md`);
    assert.ok(command.description().length > 0, `${nameOf(command)} has no description`);
    for (const option of command.options) {
      assert.ok(block.includes(option.flags), `${nameOf(command)}: ${option.flags} is missing`);
      assert.ok(option.description || option.argChoices, `${nameOf(command)}: ${option.flags} is not explained`);
    }
  }
});

test('every command stands alone in the program when its name is given', async () => {
  for (const command of (await program()).commands) {
    const name = command.name();
    const alone = await program([name, '--help']);
    assert.deepEqual(
      alone.commands.map((each) => each.name()),
      [name],
    );
  }
});

test('every rule and every column is documented', () => {
  const page = read('docs/rules.md');
  for (const id of rules.keys()) assert.ok(page.includes(`\n### ${id}\n`), `${id} is not in docs/rules.md`);
  const blocks = read('docs/reference/oneroster-csv.md').split('\n## ');
  for (const kind of kinds) {
    const block = blocks.find((text) => text.startsWith(`${fileOf(kind)}\n`));
    assert.ok(block, `${fileOf(kind)} is not in docs/reference/oneroster-csv.md`);
    for (const version of tableOf(kind).versions)
      for (const column of columnsOf(kind, version))
        assert.ok(block.includes(`| \`${column}\` |`), `${kind} ${column}`);
  }
});

test('commands that the pages name are there', async () => {
  const root = await program();
  const wrong = codes.flatMap(({ page, line, code }) =>
    [...code.matchAll(/\bhomeroom(?: --)? ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?/g)].flatMap(([said, first, second]) => {
      const command = root.commands.find((each) => each.name() === first);
      const isThere =
        command && (command.commands.length === 0 || command.commands.some((each) => each.name() === second));
      return isThere ? [] : [`${page}:${line} says "${said}"`];
    }),
  );
  assert.deepEqual(wrong, []);
});

test('settings and npm scripts that the pages name are there', () => {
  const variables = new Set<string>(Object.values(settings).map(({ env }) => env));
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const wrong = codes.flatMap(({ page, line, code }) => [
    ...[...code.matchAll(/\bHOMEROOM_[A-Z_]+/g)]
      .filter(([name]) => !variables.has(name))
      .map(([name]) => `${page}:${line} ${name}`),
    ...[...code.matchAll(/\bnpm run (?:--silent )?([a-z:]+)/g)]
      .filter(([, name]) => !scripts[name as string])
      .map(([said]) => `${page}:${line} ${said}`),
  ]);
  assert.deepEqual(wrong, []);
});

test('files that the pages name are there', () => {
  const wrong = codes.flatMap(({ page, line, code }) => {
    const isPath = /^(src|test|web|docs|bench|cli|http|sftp|sync|people|db|core|sample)\/[\w./-]*$/.test(code);
    const isThere = existsSync(join(root, code)) || existsSync(join(root, 'src', code));
    return isPath && !isThere ? [`${page}:${line} ${code}`] : [];
  });
  assert.deepEqual(wrong, []);
});

/** The name under which a heading can be linked to, as GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
const anchorsOf = (text: string): string[] =>
  [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.+)$/gm)].map((match) => anchorOf(match[1] as string));

test('links lead somewhere', () => {
  const wrong = texts.flatMap(({ page, text }) =>
    [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link]) => {
      if (/^[a-z]+:/.test(link as string)) return [];
      const [path = '', anchor] = (link as string).split('#');
      const target = path === '' ? page : relative(root, resolve(root, dirname(page), path));
      if (!existsSync(join(root, target))) return [`${page} links to ${link}`];
      if (anchor === undefined || !target.endsWith('.md')) return [];
      return anchorsOf(read(target)).includes(anchor) ? [] : [`${page} links to ${link}`];
    }),
  );
  assert.deepEqual(wrong, []);
});

test('every page can be found from README.md', () => {
  const found = new Set<string>();
  const follow = (page: string): void => {
    if (found.has(page) || !existsSync(join(root, page))) return;
    found.add(page);
    for (const [, link] of prose(read(page)).matchAll(/\]\(([^)\s#]+\.md)(?:#[^)]*)?\)/g))
      if (!/^[a-z]+:/.test(link as string)) follow(relative(root, resolve(root, dirname(page), link as string)));
  };
  follow('README.md');
  assert.deepEqual(
    pages.filter((page) => !found.has(page)),
    [],
  );
});

test('every package that runs in production has its reason and its licence', () => {
  const page = read('docs/decisions/0003-runtime-dependencies.md');
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
  for (const [name, version] of Object.entries(dependencies)) {
    assert.match(version, /^\d/, `${name} is not pinned to one version`);
    const row = page.split('\n').find((line) => line.startsWith('|') && line.split('|')[1]?.includes(`\`${name}\``));
    assert.ok(row, `${name} is not in docs/decisions/0003-runtime-dependencies.md`);
    const { license, licenses } = JSON.parse(read(`node_modules/${name}/package.json`));
    assert.equal(row.split('|')[2]?.trim(), license ?? licenses[0].type, `the licence of ${name}`);
  }
});

test('pages speak of this project alone', () => {
  const foreign = [
    /\/work\b/,
    /\bshared\/(design|spec|data|seeds)/,
    /\bprompts?\b/i,
    /\b(coding|previous|next) session/i,
  ];
  const wrong = texts.flatMap(({ page, text }) =>
    foreign.filter((pattern) => pattern.test(text)).map((pattern) => `${page} matches ${pattern}`),
  );
  assert.deepEqual(wrong, []);
});
