const minute = 60_000;

/**
 * What a lease hands out must live longer than the window in which its consumers ask again: botocore asks under
 * 15 minutes left and insists under 10, the JavaScript and Go SDKs ask under 5. Milliseconds.
 */
export const consumerWindows = {
  botocoreAdvisory: 15 * minute,
  botocoreMandatory: 10 * minute,
  sdk: 5 * minute,
};

/** At most one try to renew per this many milliseconds. */
export const renewalGap = 30_000;

/**
 * How many milliseconds before expiry credentials handed to a lease are renewed: min(20 min, a third of their life).
 * Credentials of 15 minutes (console sign-in) are thus served for 10, although botocore asks for them each time.
 *
 * @param issuedLife milliseconds from issue to expiry
 */
export function renewalMargin(issuedLife: number): number {
  return Math.min(20 * minute, issuedLife / 3);
}

/**
 * The least life, in milliseconds, credentials need at the start of a terminal, task or debug session: 30 minutes,
 * or what the kind of provider can give.
 *
 * @param longest longest life this kind of provider can give, in milliseconds
 */
export function minimumStartLife(longest: number): number {
  return Math.min(30 * minute, longest);
}
