import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  defaultServiceName,
  freeServiceName,
  maxServiceNameLength,
  serviceNameProblem,
  starterStages,
} from '../../../src/core/newService/name.ts';
import { starterFiles } from '../../../src/core/newService/starter.ts';
import { regionsOf } from '../../../src/core/providers/regions.ts';
import { parseService } from '../../../src/core/stages/discovery.ts';

const file = (service: string, name: string): string =>
  starterFiles(service).find((each) => each.name === name)?.text ?? '';

const discovered = (service: string) =>
  parseService(
    { path: '/w/x/serverless.yml', folder: '/w/x', workspaceFolder: '/w' },
    file(service, 'serverless.yml'),
  );

void test('what is wrong with a name', () => {
  const problems = {
    [defaultServiceName]: undefined,
    Shop2: undefined,
    '': 'empty',
    a: 'characters',
    '1shop': 'characters',
    'my shop': 'characters',
    my_shop: 'characters',
    '..': 'characters',
    'a/b': 'characters',
    'a\\b': 'characters',
    'shop\n': 'characters',
    shöp: 'characters',
    NUL: 'reserved',
    lpt1: 'reserved',
    ['x'.repeat(maxServiceNameLength)]: undefined,
    ['x'.repeat(maxServiceNameLength + 1)]: 'too-long',
  };
  for (const [name, problem] of Object.entries(problems))
    assert.equal(serviceNameProblem(name), problem, name);
});

void test('the longest name fits into AWS’s role names, in every region and stage of the starter', () => {
  for (const region of (['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc'] as const).flatMap(regionsOf)) {
    for (const stage of starterStages) {
      const role = `${'x'.repeat(maxServiceNameLength)}-${stage}-${region}-lambdaRole`;
      assert.ok(role.length <= 64, role);
    }
  }
});

void test('a free name beside what is there', () => {
  assert.equal(freeServiceName('shop', []), 'shop');
  assert.equal(freeServiceName('shop', ['Shop', 'shop-2']), 'shop-3');
});

void test('every valid name is found by discovery, with the stages of the starter and a region', () => {
  const name = fc.stringMatching(/^[a-zA-Z][0-9a-zA-Z-]{1,32}$/).filter((each) => !serviceNameProblem(each));
  const words = ['true', 'No', 'null', 'on', 'off', 'yes', 'FALSE'];
  const check = (service: string): void => {
    const found = discovered(service);
    assert.equal(found.problem, undefined);
    assert.equal(found.name, service);
    assert.equal(found.region, 'us-east-1');
    assert.deepEqual(
      found.stages.map((stage) => stage.name),
      [...starterStages],
    );
  };
  words.forEach(check);
  fc.assert(fc.property(name, check));
});

void test('the rest of the starter', () => {
  const parsed = JSON.parse(file('Shop', 'package.json')) as Record<string, unknown>;
  assert.equal(parsed['name'], 'shop');
  assert.deepEqual(parsed['scripts'], { deploy: 'osls deploy' });
  assert.match(JSON.stringify(parsed['devDependencies']), /"osls":"\^4/);
  assert.deepEqual(file('shop', '.gitignore').trim().split('\n'), ['node_modules/', '.serverless/', '.env*']);
  for (const { name, text } of starterFiles('shop'))
    assert.ok(text.endsWith('\n') && !text.includes('\r'), name);
});
