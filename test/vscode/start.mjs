// `npm start`: shows the product in the real VS Code with an emulated AWS behind it.
//
//   npm start                       serves VS Code and prints an address to open
//   npm start -- --desktop          opens it in the installed desktop VS Code instead
//   npm start -- --tour [name]      drives a story by itself and prints its result as one line of JSON
//   npm start -- --tour --vsix      the same with the packaged extension, installed as people do
import { parseArgs } from 'node:util';

import { runScript, setUpOrExit } from './launch.mjs';

const usage = 'npm start -- [--desktop | --tour [name] [--vsix]]';

/** @param {string} reason */
function refuse(reason) {
  process.stderr.write(`${reason}\nUsage: ${usage}\n`);
  process.exit(2);
}

const options = /** @type {const} */ ({
  desktop: { type: 'boolean' },
  tour: { type: 'boolean' },
  vsix: { type: 'boolean' },
  help: { type: 'boolean' },
});

/** @returns {{ values: { desktop?: boolean, tour?: boolean, vsix?: boolean, help?: boolean }, positionals: string[] }} */
function readArguments() {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

const { values, positionals } = readArguments();
if (values.help) {
  process.stdout.write(`Usage: ${usage}\n`);
  process.exit(0);
}
const [tour = 'quick-connect', ...tooMany] = positionals;
if (tooMany.length > 0 || (positionals.length > 0 && !values.tour))
  refuse(`Not understood: ${positionals.join(' ')}`);
if (values.vsix && !values.tour) refuse('--vsix goes with --tour.');

if (values.tour) {
  await setUpOrExit(['node', 'python', 'vscode', 'browser']);
  await runScript('tour.ts', [tour, ...(values.vsix ? ['--vsix'] : [])]);
} else if (values.desktop) {
  await setUpOrExit(['node', 'python']);
  await runScript('open.ts', ['--desktop']);
} else {
  await setUpOrExit(['node', 'python', 'vscode']);
  await runScript('open.ts', []);
}
