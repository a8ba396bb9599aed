import { env, ThemeColor, ThemeIcon, window, type Disposable, type Terminal } from 'vscode';
import { handOff, type GetCredentials } from '../../core/handOff/handOff.ts';
import type { LeaseDesk } from '../../core/handOff/lease.ts';
import type { StageInstance } from '../../core/stages/link.ts';
import type { StageStore } from '../../core/stages/stageStore.ts';
import type { PrepareRun } from './deploy.ts';

export interface TerminalPorts {
  readonly stages: StageStore;
  readonly desk: LeaseDesk;
  readonly credentials: GetCredentials;
  readonly prepareRun: PrepareRun;
  /** What a login shell is started with, where terminals start one (macOS); else nothing. */
  readonly shellArgs: readonly string[];
}

/**
 * Terminals that belong to one stage for life; closing one ends its lease. The shell is started by our launcher, which
 * sets the variables itself: an EnvironmentVariableCollection of another extension beats a terminal's own environment.
 */
export class StageTerminals implements Disposable {
  readonly #ports: TerminalPorts;
  readonly #leases = new Map<Terminal, string>();
  readonly #subscription: Disposable;

  constructor(ports: TerminalPorts) {
    this.#ports = ports;
    this.#subscription = window.onDidCloseTerminal((terminal) => {
      const lease = this.#leases.get(terminal);
      this.#leases.delete(terminal);
      if (lease !== undefined) void this.#ports.desk.revoke(lease);
    });
  }

  /** @throws Failure when the stage's identity cannot be verified */
  async open(stage: StageInstance): Promise<void> {
    const service = this.#ports.stages.snapshot.services.find(({ id }) => id === stage.serviceId);
    const lease = await handOff(stage, service, 'terminal', this.#ports);
    const cwd = service?.folder ?? stage.serviceId;
    const shell = { command: env.shell, args: this.#ports.shellArgs, cwd };
    const start = await this.#ports.prepareRun(lease, shell).catch(async (error: unknown) => {
      await this.#ports.desk.revoke(lease.lease.id);
      throw error;
    });
    const terminal = window.createTerminal({
      name: `AWS: ${stage.name} (${stage.link.accountId ?? ''})`,
      cwd,
      shellPath: start.command,
      shellArgs: [...start.args],
      env: { ...start.env },
      iconPath: new ThemeIcon(stage.link.protected ? 'shield' : 'cloud'),
      color: new ThemeColor(stage.link.protected ? 'terminal.ansiRed' : 'terminal.ansiGreen'),
      // A restored terminal would keep an environment whose lease is gone.
      isTransient: true,
    });
    this.#leases.set(terminal, lease.lease.id);
    terminal.show();
    const pid = await terminal.processId;
    if (pid !== undefined) await this.#ports.desk.bindProcess(lease.lease.id, pid);
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}
