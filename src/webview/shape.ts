/**
 * Readers for untrusted values at the border. A reader returns the value with only its known fields, or throws
 * {@link Mismatch}; {@link read} turns that into `undefined`.
 */
export type Reader<T> = (value: unknown) => T;

class Mismatch extends Error {}

/** Runs `reader`; `undefined` when the value does not have the shape. */
export function read<T>(reader: Reader<T>, value: unknown): T | undefined {
  try {
    return reader(value);
  } catch (error) {
    if (error instanceof Mismatch) return undefined;
    throw error;
  }
}

export const text: Reader<string> = (value) => {
  if (typeof value !== 'string') throw new Mismatch();
  return value;
};

export const flag: Reader<boolean> = (value) => {
  if (typeof value !== 'boolean') throw new Mismatch();
  return value;
};

export const number: Reader<number> = (value) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Mismatch();
  return value;
};

/** One of the given words. */
export function oneOf<const T extends string>(...words: readonly T[]): Reader<T> {
  return (value) => {
    const known = words.find((word) => word === value);
    if (known === undefined) throw new Mismatch();
    return known;
  };
}

export function list<T>(item: Reader<T>): Reader<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) throw new Mismatch();
    return value.map(item);
  };
}

/** Also takes `null`, which a message channel may make of `undefined`. */
export function optional<T>(reader: Reader<T>): Reader<T | undefined> {
  return (value) => (value === undefined || value === null ? undefined : reader(value));
}

/** An object with exactly the fields named; a field whose reader gives `undefined` is left out. */
export function shape<T extends object>(fields: { readonly [K in keyof T]-?: Reader<T[K]> }): Reader<T> {
  return (value) => {
    const source = plainObject(value);
    const result: Record<string, unknown> = {};
    for (const [key, reader] of Object.entries<Reader<unknown>>(fields)) {
      const field = reader(source[key]);
      if (field !== undefined) result[key] = field;
    }
    return result as T;
  };
}

function plainObject(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Mismatch();
  return value as Readonly<Record<string, unknown>>;
}
