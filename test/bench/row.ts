/** One figure of the benchmark; `out/bench.json` is a list of these. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: 'bytes' | 'ms' | '×' | 'count' | 'µs';
  /** The most it may be; null where it is only looked at. */
  readonly budget: number | null;
  /** What a ratio compares with, in words. */
  readonly ratioTo?: string;
  /** 90 % bootstrap interval of a ratio. Its lower end decides. */
  readonly interval?: readonly [number, number];
  readonly ok: boolean;
  /** The figure that missed the budget before the retry. */
  readonly firstValue?: number;
}

/** A figure that is within its budget when it is not above it. */
export function figure(name: string, value: number, unit: Row['unit'], budget: number | null = null): Row {
  return { name, value, unit, budget, ok: budget === null || value <= budget };
}

/** A part of the benchmark. */
export interface Section {
  readonly name: string;
  /** Timings are taken anew, once, when one of them missed its budget; counts and sizes are what they are. */
  readonly timed: boolean;
  /** @param missed names of the rows to measure again; all when absent */
  run(missed?: ReadonlySet<string>): Promise<readonly Row[]>;
}

/** Measures a section; what missed its budget is measured once more and then holds both figures. */
export async function measure(section: Section): Promise<readonly Row[]> {
  const first = await section.run();
  const missed = new Set(first.filter(({ ok }) => !ok).map(({ name }) => name));
  if (missed.size === 0 || !section.timed) return first;
  const again = new Map((await section.run(missed)).map((row) => [row.name, row]));
  return first.map((row) => {
    const second = row.ok ? undefined : again.get(row.name);
    return second ? { ...second, firstValue: row.value } : row;
  });
}

/** The rows as a table for the terminal. */
export function table(rows: readonly Row[]): string {
  const lines = [
    ['', 'figure', 'value', 'budget'],
    ...rows.map((row) => [
      row.ok ? 'ok' : 'MISSED',
      row.name,
      `${shown(row.value, row.unit)}${row.interval ? ` (${row.interval.map(rounded).join('–')})` : ''}${
        row.firstValue === undefined ? '' : ` after ${shown(row.firstValue, row.unit)}`
      }${row.ratioTo === undefined ? '' : ` of ${row.ratioTo}`}`,
      row.budget === null ? '' : `≤ ${shown(row.budget, row.unit)}`,
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function shown(value: number, unit: Row['unit']): string {
  if (unit === 'bytes') return value >= 1e6 ? `${rounded(value / 1e6)} MB` : `${rounded(value / 1e3)} KB`;
  return unit === 'count' ? String(value) : `${rounded(value)} ${unit}`;
}

/** Three digits that count. */
function rounded(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
