import { mkdir } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes this process the only one at work on something; a process that dies is given up after ten seconds.
 *
 * @param directory private to the extension
 * @returns the way to give it up; `undefined` while another process has it
 */
export async function claim(directory: string, workId: string): Promise<(() => Promise<void>) | undefined> {
  const folder = path.join(directory, 'work');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let lost = false;
  try {
    // CommonJS: in the bundle only the default export exists.
    const { default: lockfile } = await import('proper-lockfile');
    const release = await lockfile.lock(path.join(folder, workId.replaceAll(/[^\w-]/g, '_')), {
      realpath: false,
      stale: 10_000,
      update: 2000,
      onCompromised: () => (lost = true),
    });
    return async () => {
      if (!lost) await release();
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOCKED') return undefined;
    throw error;
  }
}
