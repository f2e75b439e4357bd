/**
 * The commands of `tno`. What a command needs is loaded when it runs: importing @tno/core reads the
 * settings, and `tno doctor` has to work where these are wrong.
 */
import { Command } from 'commander';

interface Output {
  /** The same as data. */
  readonly json?: boolean;
}

function print(data: unknown, text: string, { json = false }: Output): void {
  process.stdout.write(`${json ? JSON.stringify(data, null, 2) : text}\n`);
}

function leaf(parent: Command, name: string, about: string): Command {
  return parent
    .command(name)
    .description(about)
    .option('--json', 'print data instead of text')
    .allowExcessArguments(false)
    .showHelpAfterError('(--help shows the options)');
}

function cacheCommands(root: Command): void {
  const cache = root
    .command('cache')
    .description('The folder of compiled kernels (flags cacheDir and cacheLimit).');
  leaf(cache, 'list', 'what it holds, the kernels used last first').action(
    async (options: Output) => {
      const { listCache, describeList } = await import('./cache.js');
      const list = listCache();
      print(list, describeList(list), options);
    },
  );
  leaf(cache, 'info', 'where it is, how large, and how large it may be').action(
    async (options: Output) => {
      const { cacheInfo, describeCache } = await import('./cache.js');
      const info = cacheInfo();
      print(info, describeCache(info), options);
    },
  );
  leaf(cache, 'trim', 'remove kernels used longest ago, down to the limit')
    .option('--limit <bytes>', 'such as 512M, 2Gi or 0; the flag cacheLimit unless given')
    .action(async ({ limit, ...options }: Output & { limit?: string }) => {
      const { trimCache, describeTrim } = await import('./cache.js');
      const trimmed = trimCache(limit);
      print(trimmed, describeTrim(trimmed), options);
    });
  leaf(cache, 'clear', 'remove all compiled kernels').action(async (options: Output) => {
    const { trimCache, describeTrim } = await import('./cache.js');
    const trimmed = trimCache('0');
    print(trimmed, describeTrim(trimmed), options);
  });
}

/** The program's command line, ready to parse. */
export function commandLine(): Command {
  const root = new Command('tno').description('What TNO keeps, has and needs on this machine.');
  cacheCommands(root);
  leaf(root, 'info', 'versions, devices, libraries, and the flags with their origins').action(
    async (options: Output) => {
      const { machineInfo, describeInfo } = await import('./info.js');
      const info = machineInfo();
      print(info, describeInfo(info), options);
    },
  );
  leaf(
    root,
    'doctor',
    'check what TNO needs here, and say what to do; status 1 where it lacks',
  ).action(async (options: Output) => {
    const { examine, describeFindings } = await import('./doctor.js');
    const findings = await examine();
    print(findings, describeFindings(findings), options);
    if (findings.some(({ status }) => status === 'failure')) process.exitCode = 1;
  });
  return root;
}
