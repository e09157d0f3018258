/** Every command in one tree: what the command line runs, and what its reference page is written from. */
import { Command } from 'commander';

const { version } = (await import('../../package.json', { with: { type: 'json' } })).default;

/** By its name, in the order in which help and reference show them; read only when it is asked for, for reading takes longer than most commands. */
const commands: Record<string, () => Promise<Command>> = {
  serve: async () => (await import('./serve.ts')).serveCommand(),
  check: async () => (await import('./check.ts')).checkCommand(),
  explain: async () => (await import('./explain.ts')).explainCommand(),
  diff: async () => (await import('./diff.ts')).diffCommand(),
  fix: async () => (await import('./fix.ts')).fixCommand(),
  convert: async () => (await import('./convert.ts')).convertCommand(),
  template: async () => (await import('./template.ts')).templateCommand(),
  format: async () => (await import('./format.ts')).formatCommand(),
  mapping: async () => (await import('./mapping.ts')).mappingCommand(),
  sync: async () => (await import('./sync.ts')).syncCommand(),
  pull: async () => (await import('./pull.ts')).pullCommand(),
  history: async () => (await import('./history.ts')).historyCommand(),
  show: async () => (await import('./show.ts')).showCommand(),
  why: async () => (await import('./why.ts')).whyCommand(),
  export: async () => (await import('./export.ts')).exportCommand(),
  delivery: async () => (await import('./delivered.ts')).deliveryCommand(),
  plan: async () => (await import('./plan.ts')).planCommand(),
  decide: async () => (await import('./decide.ts')).decideCommand(),
  retry: async () => (await import('./retry.ts')).retryCommand(),
  rollback: async () => (await import('./rollback.ts')).rollbackCommand(),
  'reset-year': async () => (await import('./reset-year.ts')).resetYearCommand(),
  add: async () => (await import('./admin.ts')).addCommand(),
  set: async () => (await import('./set.ts')).setCommand(),
  probe: async () => (await import('./probe.ts')).probeCommand(),
  connection: async () => (await import('./connection.ts')).connectionCommand(),
  edit: async () => (await import('./by-hand.ts')).editCommand(),
  archive: async () => (await import('./by-hand.ts')).archiveCommand(),
  reactivate: async () => (await import('./by-hand.ts')).reactivateCommand(),
  release: async () => (await import('./by-hand.ts')).releaseCommand(),
  product: async () => (await import('./product.ts')).productCommand(),
  person: async () => (await import('./people.ts')).personCommand(),
  'sign-in-link': async () => (await import('./people.ts')).signInLinkCommand(),
  audit: async () => (await import('./audit.ts')).auditCommand(),
  sources: async () => (await import('./sources.ts')).sourcesCommand(),
  alerts: async () => (await import('./alerts.ts')).alertsCommand(),
  outbox: async () => (await import('./outbox.ts')).outboxCommand(),
  webhooks: async () => (await import('./webhooks.ts')).webhooksCommand(),
  keys: async () => (await import('./keys.ts')).keysCommand(),
  sample: async () => (await import('./sample.ts')).sampleCommand(),
  docs: async () => (await import('./docs.ts')).docsCommand(),
};

/** The command line: with the one command that `words` begin with, or with all of them. */
export async function program(words: readonly string[] = []): Promise<Command> {
  const root = new Command('homeroom')
    .description('Roster files from school districts: checked, compared, guarded and served.')
    .version(version)
    .configureHelp({ sortSubcommands: false, showGlobalOptions: true })
    .showSuggestionAfterError()
    .exitOverride();
  const [first = ''] = words;
  const wanted = Object.hasOwn(commands, first) ? [commands[first] as () => Promise<Command>] : Object.values(commands);
  for (const load of wanted) {
    root.addCommand((await load()).exitOverride().configureHelp({ showGlobalOptions: true }));
  }
  return root;
}
