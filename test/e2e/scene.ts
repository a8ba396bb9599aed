import path from 'node:path';
import type { Page } from 'playwright-core';
import { startAws, type Aws, type AwsOptions } from '../aws/emulator.ts';
import { launchBrowser, type BrowserUser, type WindowOptions } from '../vscode/browser.ts';
import { pythonLocation, repository } from '../vscode/locations.mjs';
import { stageExtension } from '../vscode/stagedExtension.ts';
import { startVsCode, type VsCodeOptions, type VsCodeServer } from '../vscode/vsCodeServer.ts';
import { workbench, type Workbench } from '../vscode/workbench.ts';
import { sampleWorkspace } from './sampleWorkspace.ts';

export interface SceneOptions {
  readonly aws?: Partial<AwsOptions>;
  readonly code?: VsCodeOptions;
  /** Further options that depend on AWS, such as variables of an identity in it; called before the editor starts. */
  readonly prepare?: (aws: Aws) => Promise<VsCodeOptions>;
  /** Changes the sample project before it is opened. */
  readonly project?: (folder: string) => Promise<void>;
  /** Unpacked extensions to install beside the product. */
  readonly otherExtensions?: readonly string[];
  readonly window?: WindowOptions;
  /** The packaged extension instead of the built folder. */
  readonly vsix?: string;
}

/** Everything a story needs: AWS, a project, the real editor with the product in it, and a person's window. */
export interface Scene {
  readonly aws: Aws;
  readonly server: VsCodeServer;
  readonly user: BrowserUser;
  readonly page: Page;
  readonly code: Workbench;
  readonly workspace: string;
  /** Another window of the same person. */
  openWindow(options?: WindowOptions): Promise<Workbench>;
  dispose(): Promise<void>;
}

/** Starts a scene; what was started is stopped again when a later part fails. */
export async function openScene(options: SceneOptions = {}): Promise<Scene> {
  const undo: (() => Promise<unknown>)[] = [];
  const dispose = async (): Promise<void> => {
    for (const step of undo.toReversed()) await step();
    undo.length = 0;
  };
  try {
    const aws = await startAws({ python: pythonLocation(), ...options.aws });
    undo.push(() => aws.dispose());
    const { folder, ...sample } = await sampleWorkspace();
    undo.push(() => sample.dispose());
    await options.project?.(folder);
    const product =
      options.vsix === undefined ? { extensionDevelopmentPath: repository } : { vsix: options.vsix };
    const prepared = await options.prepare?.(aws);
    const server = await startVsCode({
      workspace: folder,
      ...product,
      ...options.code,
      ...prepared,
      env: {
        AWS_ENDPOINT_URL: aws.endpoint,
        SLS_TELEMETRY_DISABLED: '1',
        SLS_NOTIFICATIONS_MODE: 'off',
        ...options.code?.env,
        ...prepared?.env,
      },
    });
    undo.push(() => server.dispose());
    for (const extension of options.otherExtensions ?? []) {
      stageExtension(extension, path.join(server.userDataDir, 'extensions'));
    }
    const browser = await launchBrowser();
    undo.push(() => browser.dispose());
    const user = await browser.newUser();
    const page = await user.openWindow(server, options.window);
    // Before the editor knows what the product contributes, its palette does not offer it.
    await page.locator('.part.activitybar a[aria-label^="AWS Providers"]').first().waitFor();
    return {
      aws,
      server,
      user,
      page,
      code: workbench(page, server),
      workspace: folder,
      openWindow: async (more) => workbench(await user.openWindow(server, more), server),
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Numbered screenshots in a folder. */
export function screenshots(code: Workbench, folder: string): (name: string) => Promise<void> {
  let count = 0;
  return async (name) => {
    count += 1;
    await code.screenshot(path.join(folder, `${String(count).padStart(2, '0')}-${name}.png`));
  };
}
