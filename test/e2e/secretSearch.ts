import { lstatSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { descendants } from '../vscode/processTree.ts';

/** A secret by a name that may be printed. */
export interface Needle {
  readonly name: string;
  readonly value: string;
}

/** Where a secret was found: `file /path: secret access key`. */
export type Trace = string;

/** The forms in which a secret may have been written down. */
function formsOf({ value }: Needle): readonly Buffer[] {
  const bytes = Buffer.from(value);
  // The last group depends on what follows.
  const base64 = bytes.toString('base64').slice(0, Math.floor(bytes.length / 3) * 4);
  const forms = [value, encodeURIComponent(value), base64, bytes.toString('hex')];
  return [...new Set(forms)].map((form) => Buffer.from(form));
}

function found(where: string, content: Buffer, needles: readonly Needle[]): readonly Trace[] {
  return needles
    .filter((needle) => formsOf(needle).some((form) => content.includes(form)))
    .map(({ name }) => `${where}: ${name}`);
}

/** Searches every regular file below these folders; links are not followed. */
export function searchFiles(folders: readonly string[], needles: readonly Needle[]): readonly Trace[] {
  return folders.flatMap(filesBelow).flatMap((file) => {
    const content = contentOf(file);
    return content === undefined ? [] : found(`file ${file}`, content, needles);
  });
}

function filesBelow(folder: string): readonly string[] {
  const entries = (() => {
    try {
      return readdirSync(folder, { withFileTypes: true });
    } catch {
      // It went away meanwhile.
      return [];
    }
  })();
  return entries.flatMap((entry) => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(full);
    return entry.isFile() ? [full] : [];
  });
}

/** Undefined when the file is not there any more. */
function contentOf(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Permission bits, such as 0o600. */
export function modeOf(file: string): number {
  return lstatSync(file).mode & 0o777;
}

/** Searches the environment and the command line of a process and of everything below it, as they are now. */
export function searchProcesses(root: number, needles: readonly Needle[]): readonly Trace[] {
  return [root, ...descendants(root).map(({ pid }) => pid)].flatMap((pid) =>
    ['environ', 'cmdline'].flatMap((name) => {
      const content = contentOf(`/proc/${pid}/${name}`);
      return content === undefined ? [] : found(`process ${pid} ${name}`, content, needles);
    }),
  );
}

/**
 * Searches what the browser keeps for the workbench and its webviews: storage, databases and the text on screen.
 * Values are searched as JSON.
 */
export async function searchBrowser(
  context: BrowserContext,
  needles: readonly Needle[],
): Promise<readonly Trace[]> {
  const traces: Trace[] = [];
  for (const frame of context.pages().flatMap((page) => page.frames())) {
    const kept = await frame.evaluate(dumpStorage).catch(() => '');
    traces.push(...found(`browser ${new URL(frame.url()).pathname}`, Buffer.from(kept), needles));
  }
  return traces;
}

/** Runs in the page. Databases are read through, since the workbench keeps its state and that of webviews there. */
async function dumpStorage(): Promise<string> {
  const ask = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () => reject(request.error ?? new Error('IndexedDB')));
    });
  const plain = (_key: string, value: unknown): unknown =>
    ArrayBuffer.isView(value) || value instanceof ArrayBuffer ? new TextDecoder().decode(value) : value;
  const parts: unknown[] = [
    Object.entries(localStorage),
    Object.entries(sessionStorage),
    document.documentElement.innerText,
  ];
  for (const { name } of await indexedDB.databases()) {
    if (name === undefined) continue;
    const database = await ask(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const objects = database.transaction(store).objectStore(store);
      parts.push(await ask(objects.getAllKeys()), await ask(objects.getAll()));
    }
    database.close();
  }
  const inputs = [...document.querySelectorAll('input, textarea')];
  parts.push(inputs.map((input) => (input as HTMLInputElement).value));
  return JSON.stringify(parts, plain);
}
