/** Writes lines for the person at the terminal to standard error. */
export function say(text: string): void;
