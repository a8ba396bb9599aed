import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { repository } from '../vscode/locations.mjs';

/** A copy of a fixture service in a temporary folder, with the real osls as its CLI. */
export interface SampleWorkspace {
  readonly folder: string;
  dispose(): Promise<void>;
}

export async function sampleWorkspace(fixture = 'sample-service'): Promise<SampleWorkspace> {
  const parent = await mkdtemp(path.join(tmpdir(), 'stage-providers-sample-'));
  const folder = path.join(parent, 'shop');
  await cp(path.join(repository, 'test', 'fixtures', fixture), folder, { recursive: true });
  const installed = path.join(repository, 'node_modules');
  await mkdir(path.join(folder, 'node_modules', '.bin'), { recursive: true });
  await symlink(path.join(installed, 'osls'), path.join(folder, 'node_modules', 'osls'));
  await symlink(
    path.join(installed, 'osls', 'bin', 'serverless.js'),
    path.join(folder, 'node_modules', '.bin', 'osls'),
  );
  return { folder, dispose: () => rm(parent, { recursive: true, force: true, maxRetries: 5 }) };
}
