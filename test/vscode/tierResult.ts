/** What a tier's run came to. Passed and failed ones were executed. */
export interface TierResult {
  passed: number;
  skipped: number;
  failures: TierFailure[];
}

export interface TierFailure {
  name: string;
  file: string;
  error: string;
}
