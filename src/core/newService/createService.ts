import { Failure } from '../base/errors.ts';
import { serviceNameProblem } from './name.ts';
import { starterFiles } from './starter.ts';

/** What creating a service needs of the file system. Folders are absolute paths, `name` is one file in a folder. */
export interface NewServiceFiles {
  /** Names of what is in a folder; `undefined` when there is none. Throws Failure `folder-unreadable`. */
  list(folder: string): Promise<readonly string[] | undefined>;
  /** Makes a folder in one that exists. Throws Failure `already-exists`, `not-written`. */
  createFolder(folder: string): Promise<void>;
  /** Writes a file that must not exist yet, or leaves none. Throws Failure `already-exists`, `not-written`. */
  createFile(folder: string, name: string, text: string): Promise<void>;
  removeFile(folder: string, name: string): Promise<void>;
  /** Removes a folder if it is empty. */
  removeFolder(folder: string): Promise<void>;
}

/** What a folder may hold and still count as empty: none of it is part of a project, and nothing of it is touched. */
const uncounted = new Set(['.git', '.vscode', '.ds_store', 'thumbs.db', 'desktop.ini']);

/** Whether a service may be created in a folder with these entries (`undefined`: a folder that does not exist). */
export function isFreeTarget(entries: readonly string[] | undefined): boolean {
  return entries?.every((name) => uncounted.has(name.toLowerCase())) ?? true;
}

/**
 * Creates the starter service in a folder that is empty or does not exist yet (its parent does). All or nothing: what
 * was made is removed again when a later part fails, and nothing that was there is ever overwritten.
 *
 * @param folder absolute path
 * @throws Failure `invalid-name`, `target-not-empty`, `folder-unreadable`, `already-exists`, `not-written`
 */
export async function createService(folder: string, name: string, files: NewServiceFiles): Promise<void> {
  if (serviceNameProblem(name) !== undefined) {
    throw new Failure('invalid-name', `“${name}” cannot be the name of a service.`);
  }
  const entries = await files.list(folder);
  if (!isFreeTarget(entries)) throw notEmpty(folder, entries ?? []);
  const undo: (() => Promise<void>)[] = [];
  try {
    if (entries === undefined) {
      await files.createFolder(folder);
      undo.push(() => files.removeFolder(folder));
    }
    for (const file of starterFiles(name)) {
      await files.createFile(folder, file.name, file.text);
      undo.push(() => files.removeFile(folder, file.name));
    }
  } catch (error) {
    // One that cannot be undone must not keep the others: the first error is what the person needs to know.
    for (const step of undo.toReversed()) await step().catch(() => undefined);
    throw error;
  }
}

function notEmpty(folder: string, entries: readonly string[]): Failure {
  const some = entries.filter((name) => !uncounted.has(name.toLowerCase())).slice(0, 3);
  return new Failure('target-not-empty', `The folder ${folder} is not empty.`, {
    hint: `It holds ${some.join(', ')}${entries.length > some.length ? ' …' : ''}. Nothing was written; choose another name or folder.`,
  });
}
