import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webviewHtml } from '../../../src/ui/panels/webviewHtml.ts';

const page = {
  title: 'Connect "<b>"',
  language: 'en',
  cspSource: 'https://*.vscode-cdn.net',
  scriptUri: 'https://file+.vscode-resource.vscode-cdn.net/dist/webview/connect.js',
  styleUri: 'https://file+.vscode-resource.vscode-cdn.net/media/webview.css',
};

void test('allows the one script by its nonce, the style sheet by its source, and nothing else', () => {
  const html = webviewHtml(page, (count) => new Uint8Array(count).fill(0xab));
  const nonce = 'ab'.repeat(16);
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
  assert.equal(
    policy,
    `default-src 'none'; style-src ${page.cspSource}; img-src ${page.cspSource}; font-src ${page.cspSource}; script-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'`,
  );
  assert.deepEqual(html.match(/<script[^>]*>/g), [`<script nonce="${nonce}" src="${page.scriptUri}">`]);
  assert.doesNotMatch(html, /unsafe|<style|\sstyle=|command:/);
});

void test('writes what it is given as text', () => {
  const html = webviewHtml(page, (count) => new Uint8Array(count));
  assert.match(html, /<title>Connect &quot;&lt;b&gt;&quot;<\/title>/);
});
