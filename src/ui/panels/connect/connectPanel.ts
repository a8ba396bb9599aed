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
import type { ConnectSnapshot } from '../../../protocol/connect.ts';
import { commands, panels } from '../../manifest.ts';
import { report } from '../../report.ts';
import { webviewHtml } from '../webviewHtml.ts';
import { consoleKind, openConsolePage } from './consolePage.ts';
import { ConnectController } from './controller.ts';
import type { ConnectPorts } from './ports.ts';
import { parseConnectIntent } from './parseIntent.ts';

const title = 'Connect AWS Provider';

/** The one Connect panel of a window: opened by command, revealed when it exists, restored after a reload. */
export class ConnectPanel implements Disposable {
  readonly #extensionUri: Uri;
  readonly #ports: ConnectPorts;
  readonly #randomBytes: RandomBytes;
  readonly #serializer: Disposable;
  #open:
    | {
        readonly panel: WebviewPanel;
        readonly controller: ConnectController;
        readonly store: DisposableStore;
      }
    | undefined;

  constructor(
    extensionUri: Uri,
    ports: Omit<ConnectPorts, 'showTemplate' | 'copy' | 'openConsole' | 'consoleKind' | 'runCommand'>,
    randomBytes: RandomBytes,
  ) {
    this.#extensionUri = extensionUri;
    this.#ports = {
      ...ports,
      showTemplate,
      openConsole: openConsolePage,
      consoleKind,
      copy: async (text) => env.clipboard.writeText(text),
      runCommand: (name, target) => vscodeCommands.executeCommand(commands[name], target),
    };
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
    const controller = this.#open?.controller;
    if (identity === undefined || !controller) return;
    const { step } = controller.view();
    if (step !== 'method' && step !== 'identity') return;
    void controller.handle({ type: 'selectMethod', method: 'access-role' });
    void controller.handle({ type: 'selectIdentity', id: identity });
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

    const controller = store.add(new ConnectController(this.#ports));
    let scheduled = false;
    const post = (): void => {
      if (scheduled) return;
      scheduled = true;
      queueMicrotask(() => {
        scheduled = false;
        if (this.#open?.panel !== panel) return;
        const message: ConnectSnapshot = { type: 'snapshot', view: controller.view() };
        void webview.postMessage(message);
      });
    };
    store.add(controller.onDidChange(post));
    store.add(
      webview.onDidReceiveMessage((message: unknown) => {
        const intent = parseConnectIntent(message);
        if (!intent) return;
        controller.handle(intent).catch((error: unknown) => void report(error));
        if (intent.type === 'ready') post();
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

async function showTemplate(content: string): Promise<void> {
  const document = await workspace.openTextDocument({ language: 'yaml', content });
  await window.showTextDocument(document, { viewColumn: ViewColumn.Beside, preview: true });
}
