// `npm test`: runs the tiers that are named, or all but the benchmark.
//
//   npm test -- [check] [build] [unit] [contract] [host] [e2e] [bench]
import { runScript, setUpOrExit } from './launch.mjs';

/** What each tier needs; the keys are the tiers in the order in which they run. */
const needs = {
  check: ['node'],
  build: ['node'],
  unit: ['node'],
  contract: ['node', 'python'],
  host: ['node', 'python', 'vscode', 'browser'],
  e2e: ['node', 'python', 'vscode', 'browser'],
  bench: ['node', 'python', 'vscode', 'browser'],
};

const asked = process.argv.slice(2);
const unknown = asked.filter((tier) => !Object.hasOwn(needs, tier));
if (unknown.length > 0) {
  process.stderr.write(`No such tier: ${unknown.join(', ')}. There are: ${Object.keys(needs).join(', ')}.\n`);
  process.exit(2);
}
const tiers = Object.keys(needs).filter((tier) =>
  asked.length > 0 ? asked.includes(tier) : tier !== 'bench',
);
await setUpOrExit(tiers.flatMap((tier) => needs[/** @type {keyof typeof needs} */ (tier)]));
await runScript('tiers.ts', tiers);
