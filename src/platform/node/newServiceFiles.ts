import { mkdir, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../../core/base/errors.ts';
import type { NewServiceFiles } from '../../core/newService/createService.ts';

/** The file system as {@link NewServiceFiles}: nothing in it can overwrite what exists. */
export const newServiceFiles: NewServiceFiles = {
  async list(folder) {
    try {
      return await readdir(folder);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return undefined;
      if (code === 'ENOTDIR') throw exists(folder);
      throw new Failure('folder-unreadable', `The folder ${folder} cannot be read.`, because(error));
    }
  },

  async createFolder(folder) {
    await mkdir(folder).catch((error: unknown) => {
      throw written(error, folder);
    });
  },

  async createFile(folder, name, text) {
    const file = path.join(folder, name);
    try {
      await writeFile(file, text, { flag: 'wx' });
    } catch (error) {
      // A full disk leaves half a file, which is ours: `wx` says so.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
        await rm(file, { force: true }).catch(() => undefined);
      throw written(error, file);
    }
  },

  async removeFile(folder, name) {
    await rm(path.join(folder, name), { force: true });
  },

  removeFolder: (folder) => rmdir(folder),
};

function written(error: unknown, target: string): Failure {
  if ((error as NodeJS.ErrnoException).code === 'EEXIST') return exists(target);
  return new Failure('not-written', `${target} cannot be written.`, because(error));
}

function exists(target: string): Failure {
  return new Failure('already-exists', `${target} exists already.`, {
    hint: 'Nothing was changed; choose another name or folder.',
  });
}

function because(error: unknown): { readonly hint: string; readonly cause: unknown } {
  return {
    hint: `${error instanceof Error ? error.message : String(error)}. Nothing was changed.`,
    cause: error,
  };
}
