import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { FoundFramework } from '../../core/handOff/framework.ts';

const packages = ['osls', 'serverless'] as const;

/** The Serverless CLI installed closest to a service: its own folder first, then the folders above it. */
export async function findFramework(folder: string, platform: string): Promise<FoundFramework | undefined> {
  for (let current = folder; ; current = path.dirname(current)) {
    for (const name of packages) {
      const found = await inFolder(current, name, platform);
      if (found) return found;
    }
    if (path.dirname(current) === current) return undefined;
  }
}

async function inFolder(
  folder: string,
  name: FoundFramework['package'],
  platform: string,
): Promise<FoundFramework | undefined> {
  const command = path.join(folder, 'node_modules', '.bin', platform === 'win32' ? `${name}.cmd` : name);
  try {
    await access(command);
    const text = await readFile(path.join(folder, 'node_modules', name, 'package.json'), 'utf8');
    const { version } = JSON.parse(text) as { readonly version?: unknown };
    return typeof version === 'string' ? { package: name, version, command } : undefined;
  } catch {
    return undefined;
  }
}
