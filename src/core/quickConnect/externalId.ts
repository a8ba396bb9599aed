import type { RandomBytes } from '../base/clock.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-@';

/**
 * A new ExternalId: 32 characters of a 64-letter alphabet = 192 random bits, all within `[\w+=,.@:/-]`
 * (STS AssumeRole, parameter ExternalId: 2–1224 characters).
 */
export function createExternalId(random: RandomBytes): string {
  return [...random(32)].map((byte) => alphabet.charAt(byte % 64)).join('');
}
