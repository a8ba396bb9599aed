/** Walks the emulator's sign-in pages as a browser would, without one. */
import { createHash, randomBytes } from 'node:crypto';

export interface Shown {
  readonly status: number;
  readonly title: string;
  readonly html: string;
  /** Where the page sent the browser instead of showing something. */
  readonly location: URL | undefined;
}

export async function open(address: string | URL): Promise<Shown> {
  return shown(await fetch(address, { redirect: 'manual' }));
}

/** Fills in the page's form and presses a button. */
export async function decide(
  address: string | URL,
  { html }: Shown,
  user: string,
  decision: 'allow' | 'deny',
): Promise<Shown> {
  const target = /<form method="post" action="([^"]+)"/.exec(html)?.[1] ?? '';
  const hidden = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)];
  const body = new URLSearchParams(hidden.map(([, name = '', value = '']) => [name, value]));
  body.set('user', user);
  body.set('decision', decision);
  return shown(await fetch(new URL(target, address), { method: 'POST', body, redirect: 'manual' }));
}

/** The text of an element with an id. */
export function element({ html }: Shown, id: string): string | undefined {
  return new RegExp(`id="${id}">([^<]+)<`).exec(html)?.[1];
}

/** A PKCE verifier and its challenge (RFC 7636). */
export function pkce(): { readonly verifier: string; readonly challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

async function shown(response: Response): Promise<Shown> {
  const html = await response.text();
  const title = /<h1>([^<]*)<\/h1>/.exec(html)?.[1] ?? '';
  const location = response.headers.get('location');
  return {
    status: response.status,
    title,
    html,
    location: location === null ? undefined : new URL(location, response.url),
  };
}
