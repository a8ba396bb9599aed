import type { Frame } from 'playwright-core';
import type { Workbench } from '../vscode/workbench.ts';

export const connectTitle = 'Connect AWS Provider';

/** The Connect panel as a person uses it. Every step waits for what it needs. */
export interface ConnectPage {
  readonly frame: Frame;
  chooseMethod(label: string): Promise<void>;
  chooseIdentity(label: string): Promise<void>;
  enterKeys(keys: { readonly accessKeyId: string; readonly secretAccessKey: string }): Promise<void>;
  click(button: string): Promise<void>;
  waitForHeading(heading: string | RegExp, timeout?: number): Promise<void>;
  /** Text of the notice, once there is one. */
  notice(timeout?: number): Promise<string>;
  text(): Promise<string>;
}

/** Opens the panel through the palette, or takes the one that is open. */
export async function connectPage(code: Workbench, open = true): Promise<ConnectPage> {
  if (open) await code.runCommand(`AWS Providers: ${connectTitle}`);
  const frame = await code.webview(connectTitle);
  return {
    frame,
    chooseMethod: async (label) => {
      await frame.getByRole('radio', { name: label }).check();
      await frame.getByRole('button', { name: 'Continue', exact: true }).click();
    },
    chooseIdentity: (label) => frame.getByRole('radio', { name: label }).check(),
    enterKeys: async (keys) => {
      await frame.getByLabel('Access key ID').fill(keys.accessKeyId);
      await frame.getByLabel('Secret access key').fill(keys.secretAccessKey);
      await frame.getByRole('button', { name: 'Check keys', exact: true }).click();
    },
    click: (button) => frame.getByRole('button', { name: button, exact: true }).click(),
    waitForHeading: (heading, timeout = 30_000) =>
      frame.getByRole('heading', { name: heading }).first().waitFor({ timeout }),
    notice: async (timeout = 30_000) => {
      const notice = frame.locator('.notice').first();
      await notice.waitFor({ timeout });
      return notice.innerText();
    },
    text: () => frame.locator('body').innerText(),
  };
}

/** From the method to the filled-in role step, with access keys as identity. */
export async function identifyWithKeys(
  connect: ConnectPage,
  keys: { readonly accessKeyId: string; readonly secretAccessKey: string },
): Promise<void> {
  await connect.chooseMethod('Access role (Quick Connect)');
  await connect.chooseIdentity('Access keys');
  await connect.enterKeys(keys);
  await connect.frame.getByText('AWS says you are').waitFor();
  await connect.click('Continue');
  await connect.waitForHeading('What role?');
}
