import type { Frame } from 'playwright-core';
import type { Workbench } from '../vscode/workbench.ts';

export const connectTitle = 'Connect AWS Provider';

export interface EnteredKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The Connect panel as a person uses it. Every step waits for what it needs. */
export interface ConnectPage {
  readonly frame: Frame;
  chooseMethod(label: string): Promise<void>;
  chooseIdentity(label: string | RegExp): Promise<void>;
  enterKeys(keys: EnteredKeys): Promise<void>;
  click(button: string): Promise<void>;
  waitForHeading(heading: string | RegExp, timeout?: number): Promise<void>;
  /** Text of the notice, once there is one. */
  notice(timeout?: number): Promise<string>;
  /** Waits until this text is to be read somewhere on the page. */
  waitForText(text: string | RegExp, timeout?: number): Promise<void>;
  /** The value beside this name, e.g. `Role` in the role step. */
  fact(name: string): Promise<string>;
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
    waitForText: (text, timeout = 30_000) => frame.getByText(text).first().waitFor({ timeout }),
    fact: async (name) => {
      const term = frame.locator('dt').filter({ hasText: new RegExp(`^\\s*${name}\\s*$`) });
      return (await term.locator('xpath=following-sibling::dd[1]').innerText()).trim();
    },
    text: () => frame.locator('body').innerText(),
  };
}

/** A panel as it is when it is opened for the first time: one that is still open is closed first. */
export async function newConnectPage(code: Workbench): Promise<ConnectPage> {
  await code.runCommand('View: Close All Editors');
  const dialog = code.dialog();
  const closed = code.page.locator('.part.editor .tab').first().waitFor({ state: 'hidden' });
  await Promise.race([closed, dialog.locator.waitFor().then(() => dialog.click("Don't Save"))]);
  await code.page.locator('.part.editor .tab').first().waitFor({ state: 'hidden' });
  const connect = await connectPage(code);
  await connect.waitForHeading('How do you want to connect?');
  return connect;
}

/** From the method to the keys that AWS is asked about. */
export async function submitKeys(connect: ConnectPage, keys: EnteredKeys): Promise<void> {
  await connect.chooseMethod('Access role (Quick Connect)');
  await connect.chooseIdentity(/^Access keys/);
  await connect.enterKeys(keys);
}

/** From the method to the filled-in role step, with access keys as identity. */
export async function identifyWithKeys(connect: ConnectPage, keys: EnteredKeys): Promise<void> {
  await submitKeys(connect, keys);
  await connect.waitForText('AWS says you are');
  await connect.click('Continue');
  await connect.waitForHeading('What role?');
}
