/** Figures of Identity Center that tests may change while it runs. Seconds, unless said otherwise. */
export interface SsoTiming {
  /** Life of a device code. Default 600. */
  deviceCodeSeconds: number;
  /** Between two polls. Default 1. */
  intervalSeconds: number;
  /** Life of an authorization code. Default 60. */
  authorizationCodeSeconds: number;
  /** Default 3600. */
  accessTokenSeconds: number;
  /** From approval until the person must sign in again. Default 8 h. */
  sessionSeconds: number;
  /** Default 90 days. */
  clientSecretSeconds: number;
  /** Every refresh gives a new refresh token, and the old one is spent. Default true. */
  rotates: boolean;
  /** How long a spent refresh token still works, for an answer that got lost. Default 0: it kills the family. */
  reuseGraceSeconds: number;
  /** Portal requests per second and access token; more answer 429. Default 20. */
  requestsPerSecond: number;
  /** Entries of a portal page when the caller does not say. Default and most: 100. */
  pageSize: number;
  /**
   * How a start URL of another region fails. `atApproval`: the device flow starts, the page refuses on Allow, polling
   * stays pending. `atStart`: InvalidRequestException without a description. Both are reported of AWS:
   * https://github.com/aws/aws-cli/issues/5058, https://github.com/fwdcloudsec/granted/issues/385,
   * https://github.com/aws/aws-cli/issues/7129. Default `atApproval`.
   */
  wrongRegion: 'atApproval' | 'atStart';
}

export function defaultSsoTiming(): SsoTiming {
  return {
    deviceCodeSeconds: 600,
    intervalSeconds: 1,
    authorizationCodeSeconds: 60,
    accessTokenSeconds: 3600,
    sessionSeconds: 28_800,
    clientSecretSeconds: 90 * 86_400,
    rotates: true,
    reuseGraceSeconds: 0,
    requestsPerSecond: 20,
    pageSize: 100,
    wrongRegion: 'atApproval',
  };
}
