/** The middle of the values; NaN of none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which a share `q` (0 to 1) of the values lies, interpolated. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

const resamples = 4000;

/**
 * The ratio of the medians of two independent samples with its 90 % percentile bootstrap interval. The same samples give
 * the same interval.
 */
export function ratioOfMedians(
  values: readonly number[],
  reference: readonly number[],
): { readonly ratio: number; readonly interval: readonly [number, number] } {
  const random = generator(20_260_101);
  const drawn = (from: readonly number[]): number =>
    median(from.map(() => from[Math.floor(random() * from.length)] ?? Number.NaN));
  const ratios = Array.from({ length: resamples }, () => drawn(values) / drawn(reference));
  return {
    ratio: median(values) / median(reference),
    interval: [quantile(ratios, 0.05), quantile(ratios, 0.95)],
  };
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
