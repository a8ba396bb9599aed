import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Folders of the repository that no user of the extension has. */
const notInPackage = new Set(
  'node_modules .git .ci .github .vscode .cache src test out tsconfig.json package-lock.json'.split(' '),
);

/**
 * Installs an unpacked, built extension, beside those that are there, by copying what a package would hold into VS Code's extensions folder.
 *
 * VS Code shows no notification toasts in the mode in which it takes a development path from the address, and it does
 * not know an extension that is reached through links; this shows what people get.
 *
 * @param source absolute path of the unpacked extension
 * @param extensionsDir absolute path of VS Code's extensions folder, which exists
 * @throws Error if the folder has no package.json
 */
export function stageExtension(source: string, extensionsDir: string): void {
  const manifest = JSON.parse(readFileSync(path.join(source, 'package.json'), 'utf8')) as {
    publisher: string;
    name: string;
    version: string;
  };
  const id = `${manifest.publisher}.${manifest.name}`;
  const name = `${id}-${manifest.version}`;
  const target = path.join(extensionsDir, name);
  mkdirSync(target, { recursive: true });
  for (const entry of readdirSync(source)) {
    if (notInPackage.has(entry) || entry.endsWith('.vsix')) continue;
    cpSync(path.join(source, entry), path.join(target, entry), { recursive: true });
  }
  const record = {
    identifier: { id },
    version: manifest.version,
    location: { $mid: 1, path: target, scheme: 'file' },
    relativeLocation: name,
    metadata: { installedTimestamp: Date.now(), source: 'vsix' },
  };
  const file = path.join(extensionsDir, 'extensions.json');
  const installed = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as (typeof record)[]) : [];
  const others = installed.filter(({ identifier }) => identifier.id !== id);
  writeFileSync(file, JSON.stringify([...others, record]));
}
