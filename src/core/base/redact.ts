const patterns: readonly RegExp[] = [
  // Access key ids (long-lived and temporary).
  /\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b/g,
  // Anything that is 40 or more characters of base64: secret keys, session tokens, client secrets.
  /(?<![A-Za-z0-9/+=_-])[A-Za-z0-9/+=_-]{40,}(?![A-Za-z0-9/+=_-])/g,
  // JSON Web Tokens.
  /\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g,
  // Our own ExternalIds and lease tokens where they stand as a parameter.
  /(?<=(?:ExternalId|externalId|token)["'=:\s]{1,4})[\w+=,.@:/-]{16,}/g,
];

/** Text for the log or a report, without what could be a secret. Over-eager by design. */
export function redact(text: string): string {
  return patterns.reduce((current, pattern) => current.replace(pattern, '‹redacted›'), text);
}
