/** Longer patterns match nothing; with it, matching is linear in the length of the text. */
const maxPatternLength = 128;

export function isGlob(pattern: string): boolean {
  return pattern.includes('*') || pattern.includes('?');
}

/** How specific a pattern is: the number of its characters that stand for themselves. */
export function literalLength(pattern: string): number {
  return pattern.replaceAll(/[*?]/g, '').length;
}

/**
 * Whether the whole of `text` matches `pattern`, in which `*` stands for any characters and `?` for exactly one; nothing
 * else is special. No regular expression is built from the pattern and only the last `*` is ever reconsidered, so the
 * steps are bounded by `text.length * 128`, whatever the pattern.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  if (pattern.length > maxPatternLength) return false;
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let starAt = 0;
  while (at < text.length) {
    const wanted = pattern[inPattern];
    if (wanted === '*') {
      star = inPattern;
      starAt = at;
      inPattern += 1;
    } else if (wanted === '?' || wanted === text[at]) {
      inPattern += 1;
      at += 1;
    } else if (star >= 0) {
      starAt += 1;
      at = starAt;
      inPattern = star + 1;
    } else {
      return false;
    }
  }
  while (pattern[inPattern] === '*') inPattern += 1;
  return inPattern === pattern.length;
}
