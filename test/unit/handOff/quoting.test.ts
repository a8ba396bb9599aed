import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPath, commandWord, shellWord } from '../../../src/core/handOff/quoting.ts';

const posix = [
  ['/home/me/.config/Code/x', '/home/me/.config/Code/x'],
  ['/a b/c', String.raw`/a\ b/c`],
  ["/it's", String.raw`/it\'s`],
  ['/"q"/$', String.raw`/\"q\"/\$`],
  ['/a #b ;c', String.raw`/a\ \#b\ \;c`],
  ['/a\\b`c`&|<>*?!{}()[]^', '/a\\\\b\\`c\\`\\&\\|\\<\\>\\*\\?\\!\\{\\}\\(\\)\\[\\]\\^'],
  ['/Benutzer/Jürgen/日本', '/Benutzer/Jürgen/日本'],
  ['/a\u00a0b', '/a\\\u00a0b'],
] as const;

for (const [path, word] of posix) {
  void test(`POSIX: ${path}`, () => assert.equal(commandWord(path, 'posix'), word));
}

void test('Windows: in double quotes, backslashes as they are', () => {
  assert.equal(
    commandWord(String.raw`C:\Users\Ann Lee\x.cmd`, 'windows'),
    String.raw`"C:\Users\Ann Lee\x.cmd"`,
  );
});

const refused = [
  ['/a\nb', 'posix'],
  ['/$HOME/x', 'posix'],
  ['/${x}', 'posix'],
  ['~/x', 'posix'],
  [String.raw`C:\100%\x`, 'windows'],
  [String.raw`C:\a "b"`, 'windows'],
  [String.raw`C:\a #b`, 'windows'],
] as const;

for (const [path, rules] of refused) {
  void test(`refused on ${rules}: ${JSON.stringify(path)}`, () => {
    assert.throws(() => checkPath(path, rules), { code: 'lease-path' });
  });
}

void test('a word in single quotes', () => {
  assert.equal(shellWord("it's $x"), String.raw`'it'\''s $x'`);
});
