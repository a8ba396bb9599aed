/** "0:07", "12:30", "1:02:03". @param ms a span in milliseconds; negative counts as none */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, '0'));
  const hours = Math.floor(seconds / 3600);
  return hours > 0 ? `${hours}:${parts.join(':')}` : parts.join(':').replace(/^0(?=\d:)/, '');
}

/** The person's own clock time with seconds, in the way of the editor's language. */
export function timeOfDay(at: Date, language?: string): string {
  return at.toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}
