/** The emulator's two clocks, both adjustable while it runs. All figures are milliseconds. */
export interface EmulatorClock {
  /** How far the service's wall clock is ahead of this machine's: seen in `Date` headers and signature checks. */
  skewMs: number;
  /** Time of everything that takes time: stacks, propagation, expiry. */
  now(): number;
  /** Wall clock as told to callers. */
  wall(): number;
  /** Lets time pass for stacks, propagation and expiry, without touching the wall clock. */
  advance(ms: number): void;
}

export function createClock(): EmulatorClock {
  let advanced = 0;
  return {
    skewMs: 0,
    now: () => Date.now() + advanced,
    wall() {
      return Date.now() + this.skewMs;
    },
    advance(ms) {
      advanced += ms;
    },
  };
}

/** Durations that tests may change at any time. Seconds. */
export interface Timing {
  /** Whole life of one stack operation, however many resources it has. */
  stackSeconds: number;
  /** From creation of a role, or change of its trust, until it can be assumed. */
  propagationSeconds: number;
  /** Per role ARN, instead of `propagationSeconds`. */
  readonly propagationOfRole: Map<string, number>;
  /** When set, every session lives this long whatever was asked for (below the API's 900 s minimum, for tests). */
  sessionSeconds: number | undefined;
}
