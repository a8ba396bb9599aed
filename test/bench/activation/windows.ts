import { existsSync, readFileSync, rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import type { AddressInfo } from 'node:net';
import { sampleWorkspace } from '../../e2e/sampleWorkspace.ts';
import { launchBrowser } from '../../vscode/browser.ts';
import { locations, repository } from '../../vscode/locations.mjs';
import { startVsCode } from '../../vscode/vsCodeServer.ts';
import { planVariable, type WindowAnswer, type WindowPlan } from './plan.ts';

export const product = 'stage-providers.stage-providers';
/** What comes with every VS Code and does about the same: registers a few things and waits. */
export const reference = 'vscode.github-authentication';

/** A server with the packaged product in it, and one fresh window after the other. */
export interface Windows {
  /** Opens a window with an extension host of its own, lets the probe do its work and closes it. */
  probe(plan: Omit<WindowPlan, 'answer'>): Promise<WindowAnswer>;
  /** The folder in which the product keeps its state file. */
  readonly storage: string;
  /** How many connections came to the address that stands for AWS. */
  readonly awsConnections: () => number;
  dispose(): Promise<void>;
}

/** At most this long may one window take, in ms. */
const windowLimit = 90_000;

/** @param vsix absolute path of the packaged product */
export async function openWindows(vsix: string): Promise<Windows> {
  const undo: (() => Promise<unknown>)[] = [];
  const dispose = async (): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step();
  };
  try {
    const folder = await mkdtemp(path.join(tmpdir(), 'stage-providers-bench-'));
    undo.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
    const aws = await listenAsAws();
    undo.push(aws.close);
    const workspace = await sampleWorkspace();
    undo.push(() => workspace.dispose());
    const probe = await buildProbe();
    const planFile = path.join(folder, 'plan.json');
    const userDataDir = path.join(folder, 'data');
    // Installed by a server of its own: the one that opens the windows must find the folder as it stays.
    await (await startVsCode({ vsix, userDataDir })).dispose();
    await placeReference(path.join(userDataDir, 'extensions'));
    await keepFromStarting(path.join(userDataDir, 'extensions'));
    const server = await startVsCode({
      workspace: workspace.folder,
      extensionDevelopmentPath: probe,
      testMode: true,
      userDataDir,
      env: { [planVariable]: planFile, AWS_ENDPOINT_URL: aws.endpoint },
    });
    undo.push(() => server.dispose());
    const browser = await launchBrowser();
    undo.push(() => browser.dispose());
    const user = await browser.newUser();
    const address = server.address(workspace.folder, [
      ['extensionTestsPath', server.remoteUri(path.join(probe, 'suite.cjs'))],
      // The copy of the reference uses what only VS Code's own extensions may.
      ['enableProposedApi', 'true'],
    ]);
    const answer = path.join(folder, 'answer.json');
    return {
      storage: path.join(userDataDir, 'data', 'User', 'globalStorage', product),
      awsConnections: aws.count,
      dispose,
      async probe(plan) {
        rmSync(answer, { force: true });
        await writeFile(planFile, JSON.stringify({ ...plan, answer } satisfies WindowPlan));
        const ended = Promise.withResolvers<number>();
        const timer = setTimeout(() => ended.resolve(-1), windowLimit);
        const page = await user.context.newPage();
        await page.exposeFunction('codeAutomationExit', (code: number) => ended.resolve(code));
        await page.exposeFunction('codeAutomationLog', () => undefined);
        await page.goto(address);
        await ended.promise;
        clearTimeout(timer);
        await page.close();
        await untilGone(() => server.extensionHostPids().length === 0);
        if (!existsSync(answer)) return { mode: 'failed', error: 'The window gave no answer.' };
        return JSON.parse(readFileSync(answer, 'utf8')) as WindowAnswer;
      },
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Takes every connection, answers none, and counts them. */
async function listenAsAws(): Promise<{ endpoint: string; count: () => number; close: () => Promise<void> }> {
  let count = 0;
  const server = createServer((socket) => {
    count += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    count: () => count,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

/** The extension that VS Code takes for the one under test; all it does is to run the probe. */
async function buildProbe(): Promise<string> {
  const folder = path.join(repository, 'out', 'bench', 'probe');
  await build({
    entryPoints: {
      suite: path.join(import.meta.dirname, 'probe.ts'),
      extension: path.join(import.meta.dirname, 'probeExtension.ts'),
    },
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode'],
    logLevel: 'warning',
  });
  await mkdir(folder, { recursive: true });
  const manifest = { name: 'probe', publisher: 'bench', version: '1.0.0', engines: { vscode: '^1.105.0' } };
  await writeFile(
    path.join(folder, 'package.json'),
    JSON.stringify({
      ...manifest,
      main: './extension.cjs',
      activationEvents: [],
      extensionKind: ['workspace'],
    }),
  );
  return folder;
}

/**
 * Replaces VS Code's own copy of the reference by one with a higher version that VS Code does not start by itself: it
 * would, to ask for a session, before the probe could.
 */
async function placeReference(extensionsDir: string): Promise<void> {
  const source = path.join(locations().vscodeRoot, 'extensions', 'github-authentication');
  const version = '99.0.0';
  const name = `${reference}-${version}`;
  const target = path.join(extensionsDir, name);
  await cp(source, target, { recursive: true });
  const file = path.join(target, 'package.json');
  const { contributes, ...manifest } = JSON.parse(await readFile(file, 'utf8')) as {
    contributes: Record<string, unknown>;
  };
  const { authentication: _declared, ...others } = contributes;
  await writeFile(
    file,
    JSON.stringify({ ...manifest, version, contributes: others, extensionKind: ['workspace'] }),
  );
  const listFile = path.join(extensionsDir, 'extensions.json');
  const list = JSON.parse(await readFile(listFile, 'utf8')) as unknown[];
  list.push({
    identifier: { id: reference },
    version,
    location: { $mid: 1, path: target, scheme: 'file' },
    relativeLocation: name,
    metadata: { installedTimestamp: Date.now(), source: 'vsix' },
  });
  await writeFile(listFile, JSON.stringify(list));
}

/** Takes the activation events out of the installed product, so that nothing but the probe activates it. */
async function keepFromStarting(extensionsDir: string): Promise<void> {
  const { version } = JSON.parse(await readFile(path.join(repository, 'package.json'), 'utf8')) as {
    version: string;
  };
  const file = path.join(extensionsDir, `${product}-${version}`, 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await writeFile(file, JSON.stringify({ ...manifest, activationEvents: [] }));
}

/** Waits for at most 10 s. */
async function untilGone(gone: () => boolean): Promise<void> {
  for (let left = 100; left > 0 && !gone(); left -= 1) {
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
}
