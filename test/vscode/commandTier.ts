import { spawn } from 'node:child_process';

import { repository } from './locations.mjs';
import type { TierResult } from './tierResult.ts';

/** A program whose success is a passed test. */
interface Command {
  name: string;
  program: string;
  args: string[];
  /** true: its output is shown as it comes; otherwise only if it fails. */
  show?: boolean;
}

/** Runs programs one after the other; each counts as one test. */
export async function runCommands(commands: readonly Command[]): Promise<TierResult> {
  const result: TierResult = { passed: 0, skipped: 0, failures: [] };
  for (const { name, program, args, show = false } of commands) {
    const { code, output } = await runToEnd(program, args, show);
    if (code === 0) result.passed++;
    else {
      const error = `Exit code ${String(code)}.\n${output.slice(-20_000)}`;
      result.failures.push({ name, file: [program.split(/[\\/]/u).at(-1), ...args].join(' '), error });
    }
  }
  return result;
}

/**
 * Runs a program of this machine in the repository.
 *
 * @returns its exit code (a signal's name if one ended it) and everything it wrote
 * @throws Error if it cannot be started
 */
export function runToEnd(
  program: string,
  args: readonly string[],
  show = false,
): Promise<{ code: number | string; output: string }> {
  return new Promise((resolve, reject) => {
    // The .cmd files of node_modules/.bin on Windows need a shell.
    const shell = program.endsWith('.cmd');
    const child = spawn(program, args, { cwd: repository, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (show) process.stderr.write(text);
      });
    }
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code: code ?? signal ?? 1, output });
    });
  });
}
