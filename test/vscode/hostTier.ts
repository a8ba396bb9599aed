import { ACCOUNTS, startAws } from '../aws/emulator.ts';
import { sampleWorkspace } from '../e2e/sampleWorkspace.ts';
import { runHostTests } from './hostTests.ts';
import { pythonLocation } from './locations.mjs';
import type { TierResult } from './tierResult.ts';

/** The variable that tells host suites about the emulator: `{ endpoint, keys: { <account id>: { … } } }` as JSON. */
export const awsVariable = 'STAGE_PROVIDERS_TEST_AWS';

/** A project to open and the emulator behind it, with the environment that leads to it. */
export interface HostScene {
  workspace: string;
  env: Record<string, string>;
  dispose(): Promise<void>;
}

/** Starts what the host suites run against. @throws Error if set-up has not run */
export async function openHostScene(): Promise<HostScene> {
  const aws = await startAws({ python: pythonLocation() });
  const workspace = await sampleWorkspace();
  const keys: Record<string, { accessKeyId: string; secretAccessKey: string }> = {};
  for (const account of Object.values(ACCOUNTS)) {
    const { accessKeyId, secretAccessKey } = await aws.createUser(account, 'tester');
    keys[account] = { accessKeyId, secretAccessKey };
  }
  return {
    workspace: workspace.folder,
    env: {
      AWS_ENDPOINT_URL: aws.endpoint,
      SLS_TELEMETRY_DISABLED: '1',
      SLS_NOTIFICATIONS_MODE: 'off',
      [awsVariable]: JSON.stringify({ endpoint: aws.endpoint, keys }),
    },
    dispose: async () => {
      await workspace.dispose();
      await aws.dispose();
    },
  };
}

/** Runs test/host inside the served VS Code's extension host. */
export async function runHostTier(): Promise<TierResult> {
  const scene = await openHostScene();
  try {
    const results = await runHostTests({ workspace: scene.workspace, env: scene.env });
    const failures = results
      .filter((result) => !result.ok)
      .map(({ name, file, error = '' }) => ({ name, file, error }));
    return { passed: results.length - failures.length, skipped: 0, failures };
  } finally {
    await scene.dispose();
  }
}
