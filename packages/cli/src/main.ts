import { commandLine } from './command-line.js';

try {
  await commandLine().parseAsync();
} catch (error) {
  // Errors of TNO say all in their message.
  const { message, stack, code } = error as Error & { code?: unknown };
  process.stderr.write(`tno: ${code === undefined ? (stack ?? message) : message}\n`);
  process.exitCode = 1;
}
