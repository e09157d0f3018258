/** Every command in one tree: what the command line runs, and what its reference page is written from. */
import { Command } from 'commander';
import { addCommand } from './admin.ts';
import { alertsCommand } from './alerts.ts';
import { auditCommand } from './audit.ts';
import { archiveCommand, editCommand, reactivateCommand, releaseCommand } from './by-hand.ts';
import { checkCommand } from './check.ts';
import { connectionCommand } from './connection.ts';
import { convertCommand } from './convert.ts';
import { decideCommand } from './decide.ts';
import { deliveryCommand } from './delivered.ts';
import { demo, demoVendor } from './demo/demo.ts';
import { diffCommand } from './diff.ts';
import { docsCommand } from './docs.ts';
import { explainCommand } from './explain.ts';
import { exportCommand } from './export.ts';
import { fixCommand } from './fix.ts';
import { formatCommand } from './format.ts';
import { historyCommand } from './history.ts';
import { keysCommand } from './keys.ts';
import { mappingCommand } from './mapping.ts';
import { outboxCommand } from './outbox.ts';
import { personCommand, signInLinkCommand } from './people.ts';
import { planCommand } from './plan.ts';
import { probeCommand } from './probe.ts';
import { productCommand } from './product.ts';
import { pullCommand } from './pull.ts';
import { resetYearCommand } from './reset-year.ts';
import { retryCommand } from './retry.ts';
import { rollbackCommand } from './rollback.ts';
import { sampleCommand } from './sample.ts';
import { serveCommand } from './serve.ts';
import { setCommand } from './set.ts';
import { showCommand } from './show.ts';
import { sourcesCommand } from './sources.ts';
import { syncCommand } from './sync.ts';
import { templateCommand } from './template.ts';
import { webhooksCommand } from './webhooks.ts';
import { whyCommand } from './why.ts';

const { version } = (await import('../../package.json', { with: { type: 'json' } })).default;

/** The whole command line, in the order in which help and reference show it. */
export function program(): Command {
  const root = new Command('homeroom')
    .description('Roster files from school districts: checked, compared, guarded and served.')
    .version(version)
    .configureHelp({ sortSubcommands: false, showGlobalOptions: true })
    .showSuggestionAfterError()
    .exitOverride();
  const commands = [
    serveCommand({ vendor: demoVendor, run: demo }),
    checkCommand(),
    explainCommand(),
    diffCommand(),
    fixCommand(),
    convertCommand(),
    templateCommand(),
    formatCommand(),
    mappingCommand(),
    syncCommand(),
    pullCommand(),
    historyCommand(),
    showCommand(),
    whyCommand(),
    exportCommand(),
    deliveryCommand(),
    planCommand(),
    decideCommand(),
    retryCommand(),
    rollbackCommand(),
    resetYearCommand(),
    addCommand(),
    setCommand(),
    probeCommand(),
    connectionCommand(),
    editCommand(),
    archiveCommand(),
    reactivateCommand(),
    releaseCommand(),
    productCommand(),
    personCommand(),
    signInLinkCommand(),
    auditCommand(),
    sourcesCommand(),
    alertsCommand(),
    outboxCommand(),
    webhooksCommand(),
    keysCommand(),
    sampleCommand(),
    docsCommand(),
  ];
  for (const command of commands) root.addCommand(command.exitOverride().configureHelp({ showGlobalOptions: true }));
  return root;
}
