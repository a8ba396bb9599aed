// What a person at the terminal reads; standard output stays free for results that programs read.

/** @param {string} text one or more lines */
export function say(text) {
  process.stderr.write(`${text}\n`);
}
