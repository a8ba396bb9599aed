import {
  commands as vscodeCommands,
  env,
  Uri,
  ViewColumn,
  window,
  workspace,
  type Disposable,
  type WebviewPanel,
} from 'vscode';
import type { RandomBytes } from '../../../core/base/clock.ts';
import { DisposableStore } from '../../../core/base/disposable.ts';
import type { ConnectIntent, ConnectSnapshot } from '../../../protocol/connect.ts';
import { commands, panels } from '../../manifest.ts';
import { report } from '../../report.ts';
import { webviewHtml } from '../webviewHtml.ts';
import type { ConnectController } from './controller.ts';
import { parseConnectIntent } from './parseIntent.ts';
import type { ConnectWindowPorts } from './ports.ts';
import { templateUrl } from './templateUrl.ts';

const title = 'Connect AWS Provider';

/** Loads and makes the panel's controller, when a panel is first opened. */
export type OpenController = (ports: ConnectWindowPorts) => Promise<ConnectController>;

/** The one Connect panel of a window: opened by command, revealed when it exists, restored after a reload. */
export class ConnectPanel implements Disposable {
  readonly #extensionUri: Uri;
  readonly #openController: OpenController;
  readonly #randomBytes: RandomBytes;
  readonly #serializer: Disposable;
  #open:
    | {
        readonly panel: WebviewPanel;
        readonly controller: Promise<ConnectController>;
        readonly store: DisposableStore;
      }
    | undefined;

  constructor(extensionUri: Uri, openController: OpenController, randomBytes: RandomBytes) {
    this.#extensionUri = extensionUri;
    this.#openController = openController;
    this.#randomBytes = randomBytes;
    this.#serializer = window.registerWebviewPanelSerializer(panels.connect, {
      deserializeWebviewPanel: (panel) => {
        this.#adopt(panel);
        return Promise.resolve();
      },
    });
  }

  /** @param identity id of the identity to begin Quick Connect with; not while the panel is past that step */
  show(identity?: string): void {
    if (this.#open) this.#open.panel.reveal();
    else this.#adopt(window.createWebviewPanel(panels.connect, title, ViewColumn.Active));
    if (identity !== undefined) this.#begin(identity).catch(report);
  }

  async #begin(identity: string): Promise<void> {
    const controller = await this.#open?.controller;
    if (!controller) return;
    const { step } = controller.view();
    if (step !== 'method' && step !== 'identity') return;
    await controller.handle({ type: 'selectMethod', method: 'access-role' });
    await controller.handle({ type: 'selectIdentity', id: identity });
  }

  dispose(): void {
    this.#serializer.dispose();
    this.#open?.panel.dispose();
  }

  #adopt(panel: WebviewPanel): void {
    this.#open?.panel.dispose();
    const store = new DisposableStore();
    const { webview } = panel;
    const resource = (...path: string[]): Uri =>
      webview.asWebviewUri(Uri.joinPath(this.#extensionUri, ...path));
    webview.options = {
      enableScripts: true,
      localResourceRoots: [
        Uri.joinPath(this.#extensionUri, 'dist', 'webview'),
        Uri.joinPath(this.#extensionUri, 'media'),
      ],
    };
    const icon = (name: string): Uri => Uri.joinPath(this.#extensionUri, 'media', 'icons', name);
    panel.iconPath = { light: icon('panel-light.svg'), dark: icon('panel-dark.svg') };

    const controller = this.#openController(windowPorts).then((opened) => {
      store.add(opened);
      store.add(opened.onDidChange(() => post(opened)));
      return opened;
    });
    let scheduled = false;
    const post = (opened: ConnectController): void => {
      if (scheduled) return;
      scheduled = true;
      queueMicrotask(() => {
        scheduled = false;
        if (this.#open?.panel !== panel) return;
        const message: ConnectSnapshot = { type: 'snapshot', view: opened.view() };
        void webview.postMessage(message);
      });
    };
    const handle = async (intent: ConnectIntent): Promise<void> => {
      const opened = await controller;
      if (intent.type === 'ready') post(opened);
      await opened.handle(intent);
    };
    store.add(
      webview.onDidReceiveMessage((message: unknown) => {
        const intent = parseConnectIntent(message);
        if (intent) handle(intent).catch(report);
      }),
    );
    store.add(
      panel.onDidDispose(() => {
        if (this.#open?.panel === panel) this.#open = undefined;
        store.dispose();
      }),
    );
    this.#open = { panel, controller, store };
    webview.html = webviewHtml(
      {
        title,
        language: env.language,
        cspSource: webview.cspSource,
        scriptUri: resource('dist', 'webview', 'connect.js').toString(),
        styleUri: resource('media', 'webview.css').toString(),
      },
      this.#randomBytes,
    );
  }
}

const windowPorts: ConnectWindowPorts = {
  showTemplate,
  openConsole: async (plan, externalId) =>
    (await import('./consolePage.ts')).openConsolePage(plan, externalId),
  consoleKind: () => (templateUrl() === undefined ? 'template' : 'link'),
  copy: async (text) => env.clipboard.writeText(text),
  runCommand: (name, target) => vscodeCommands.executeCommand(commands[name], target),
};

async function showTemplate(content: string): Promise<void> {
  const document = await workspace.openTextDocument({ language: 'yaml', content });
  await window.showTextDocument(document, { viewColumn: ViewColumn.Beside, preview: true });
}
