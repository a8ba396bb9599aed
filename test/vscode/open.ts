/**
 * `npm start`: serves the product in the real VS Code, on a copy of the sample service, with an emulated AWS behind
 * it. Nothing here can reach a real account: see cleanEnvironment. Ends with Ctrl+C.
 */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ACCOUNTS, startAws } from '../aws/emulator.ts';
import { sampleWorkspace } from '../e2e/sampleWorkspace.ts';
import { useCleanEnvironment } from './cleanEnvironment.ts';
import { openDesktop } from './desktopWindow.ts';
import { pythonLocation, repository } from './locations.mjs';
import { exitOnSignals } from './processTree.ts';
import { buildProduct } from './product.ts';
import { say } from './say.mjs';
import { startVsCode } from './vsCodeServer.ts';

const desktop = process.argv.includes('--desktop');
const personal = { ...process.env };
const home = await mkdtemp(path.join(tmpdir(), 'stage-providers-demo-'));
process.on('exit', () => {
  rmSync(home, { recursive: true, force: true, maxRetries: 3 });
});
exitOnSignals();
process.chdir(repository);
useCleanEnvironment(home);

try {
  say('Building the extension …');
  await buildProduct();
  say('Starting the emulated AWS and VS Code …');
  const aws = await startAws({ python: pythonLocation() });
  const workspace = await sampleWorkspace();
  process.on('exit', () => {
    rmSync(path.dirname(workspace.folder), { recursive: true, force: true, maxRetries: 3 });
  });
  const user = await aws.createUser(ACCOUNTS.dev, 'you');
  const env = { AWS_ENDPOINT_URL: aws.endpoint, SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off' };
  const shown = desktop
    ? await openDesktop({ workspace: workspace.folder, home, env, personal })
    : await startVsCode({
        workspace: workspace.folder,
        extensionDevelopmentPath: repository,
        env,
        home,
        connectionToken: randomBytes(16).toString('hex'),
      });
  say(`
${desktop ? 'VS Code opens in a window of its own.' : `Open this address in a browser:\n\n  ${shown.url}`}

Then:
  1. Click "AWS Providers" in the activity bar, on the left.
  2. Click "Connect AWS Provider", keep "Access role (Quick Connect)" and choose "Access keys".
  3. Paste these keys of an emulated account (${ACCOUNTS.dev}; they are worth nothing elsewhere):

       Access key ID      ${user.accessKeyId}
       Secret access key  ${user.secretAccessKey}

  4. Keep what is filled in and click the button that creates the role. The stage gets it, and you can deploy.

AWS is emulated at ${aws.endpoint}. Your own AWS settings are not used. Ctrl+C ends everything.`);
  if ('closed' in shown) {
    await shown.closed;
    process.exit(0);
  }
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
