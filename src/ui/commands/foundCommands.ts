import { commands as vscodeCommands, l10n, ProgressLocation, window } from 'vscode';
import { Cancelled, Failure } from '../../core/base/errors.ts';
import type { Provider } from '../../core/providers/provider.ts';
import { isRoot, type FoundCredential, type FoundCredentials } from '../../core/signIn/foundCredentials.ts';
import { importProfiles as runImport } from '../../core/signIn/importProfiles.ts';
import { commands } from '../manifest.ts';
import { reporting } from '../report.ts';
import { foundLabel, originNames } from '../tree/foundRows.ts';
import { dotted, plainText } from '../tree/row.ts';

export interface FoundCommandPorts {
  readonly found: FoundCredentials;
  /** Opens the Connect panel, with this identity chosen where that is possible. */
  readonly showConnect: (identity?: string) => void;
}

/** Asks AWS who a found credential is, once the person wants to know, and offers what can be done with it. */
export async function identifyFound(ports: FoundCommandPorts, target: unknown): Promise<void> {
  const { found } = ports;
  const credential = await foundTarget(found, target);
  const known =
    credential.inquiry.state === 'known'
      ? credential
      : await cancellable(l10n.t('Asking AWS who “{0}” is…', foundLabel(credential)), (signal) =>
          found.identify(credential.id, signal),
        );
  void offerUse(ports, known);
}

/** Makes a provider of a found credential. */
export async function useFound(ports: FoundCommandPorts, target: unknown): Promise<void> {
  const credential = await foundTarget(ports.found, target);
  const provider = await cancellable(l10n.t('Saving “{0}”…', foundLabel(credential)), (signal) =>
    ports.found.use(credential.id, signal),
  );
  void offerAfterSave(ports, provider);
}

/** Hides one found credential, or all that are listed. */
export async function hideFound({ found }: FoundCommandPorts, target: unknown): Promise<void> {
  const id = foundId(target);
  await found.hide(id === undefined ? found.offered.map((each) => each.id) : [id]);
}

/** Imports several profiles at once. The files are read only. */
export async function importProfiles({ found }: FoundCommandPorts): Promise<void> {
  await found.reload();
  const profiles = found.unused.filter(({ kind }) => kind === 'profile');
  if (profiles.length === 0) {
    throw new Failure('no-profiles', l10n.t('There is no AWS profile that is not a provider already.'), {
      hint: l10n.t(
        'Profiles are read from ~/.aws/config and ~/.aws/credentials, or where AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE say.',
      ),
      action: { title: l10n.t('Connect AWS Provider'), command: 'connect' },
    });
  }
  const picked = await window.showQuickPick(
    profiles.map(({ name, origin, region }) => ({
      label: plainText(name),
      description: dotted(originNames[origin], region),
      name,
    })),
    {
      title: l10n.t('Import AWS Profiles'),
      placeHolder: l10n.t('AWS is asked who each one is; your AWS files are not changed'),
      canPickMany: true,
      matchOnDescription: true,
      ignoreFocusOut: true,
    },
  );
  if (!picked || picked.length === 0) throw new Cancelled();
  const names = picked.map(({ name }) => name);
  const { saved, failed } = await window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t('Importing AWS profiles'), cancellable: true },
    (progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      const increment = 100 / names.length;
      return runImport(names, found, (message) => progress.report({ message, increment }), abort.signal);
    },
  );
  if (failed.length === 0) {
    const text = saved.map(({ name, accountId }) => `${name} (${accountId})`).join(', ');
    void window.showInformationMessage(l10n.t('Imported: {0}', text));
    return;
  }
  const reasons = failed.map(({ profile, failure }) => `${profile}: ${failure.message}`).join(' ');
  throw new Failure(
    'import-incomplete',
    saved.length === 0
      ? l10n.t('No profile was imported.')
      : l10n.t('Imported: {0}. Not imported: {1}.', list(saved.map(({ name }) => name)), failed.length),
    { hint: reasons, cause: failed[0]?.failure },
  );
}

const list = (names: readonly string[]): string => names.join(', ');

const offerUse = reporting(async (ports: FoundCommandPorts, credential: FoundCredential) => {
  if (credential.inquiry.state !== 'known') return;
  const { identity, temporary } = credential.inquiry;
  const isProfile = credential.kind === 'profile';
  const use = l10n.t('Use as Provider');
  const role = l10n.t('Create an Access Role');
  const who = l10n.t('“{0}” is account {1}: {2}', foundLabel(credential), identity.accountId, identity.arn);
  let answer: string | undefined;
  if (isRoot(identity)) {
    const text = l10n.t('{0} The root user opens everything and never becomes a provider.', `${who}.`);
    // A root session can make a role with a user of its own; root keys should not exist at all.
    answer = await window.showWarningMessage(text, ...(isProfile && temporary ? [role] : []));
  } else if (!isProfile && temporary) {
    const text = l10n.t(
      '{0} These keys are temporary and cannot be kept: connect the account by an access role.',
      `${who}.`,
    );
    answer = await window.showInformationMessage(text, role);
  } else {
    answer = await window.showInformationMessage(who, use, role);
  }
  if (answer === use) await useFound(ports, credential.id);
  else if (answer === role) ports.showConnect(isProfile ? credential.id : undefined);
});

const offerAfterSave = reporting(async (ports: FoundCommandPorts, provider: Provider) => {
  const link = l10n.t('Link Stage to Provider');
  const role = l10n.t('Create an Access Role');
  const answer = await window.showInformationMessage(
    l10n.t('“{0}” is a provider now, for account {1}.', provider.name, provider.accountId),
    link,
    ...(provider.kind === 'access-key' ? [role] : []),
  );
  if (answer === link) await vscodeCommands.executeCommand(commands.linkStage);
  else if (answer === role) ports.showConnect(`provider:${provider.id}`);
});

/**
 * Shows progress, with a way to cancel, for what takes long enough to be read: the row says at once that AWS is asked,
 * and VS Code hides what comes after several notifications in a row.
 */
async function cancellable<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const result = work(abort.signal);
  const isOver = result.then(
    () => true,
    () => true,
  );
  const isSlow = new Promise<false>((resolve) => {
    setTimeout(resolve, 700, false);
  });
  if (!(await Promise.race([isOver, isSlow]))) {
    await window.withProgress(
      { location: ProgressLocation.Notification, title, cancellable: true },
      (_, token) => {
        token.onCancellationRequested(() => abort.abort());
        return isOver;
      },
    );
  }
  return result;
}

/** The found credential of the row, or the one the person picks. Throws Cancelled, Failure `found-gone`. */
async function foundTarget(found: FoundCredentials, target: unknown): Promise<FoundCredential> {
  const id = foundId(target);
  await found.reload();
  const credential = found.unused.find((each) => each.id === id);
  if (credential) return credential;
  if (id !== undefined)
    throw new Failure(
      'found-gone',
      l10n.t('These credentials are not on this machine any more, or in use already.'),
    );
  const picked = await window.showQuickPick(
    found.unused.map((each) => ({
      label: plainText(foundLabel(each)),
      description: originNames[each.origin] ?? '',
      each,
    })),
    { placeHolder: l10n.t('Credentials on this machine') },
  );
  if (!picked) throw new Cancelled();
  return picked.each;
}

/** Rows carry `foundId`. */
function foundId(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null || !('foundId' in target)) return undefined;
  return typeof target.foundId === 'string' ? target.foundId : undefined;
}
