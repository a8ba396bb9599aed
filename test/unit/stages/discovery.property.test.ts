import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseService } from '../../../src/core/stages/discovery.ts';
import type { Service } from '../../../src/core/stages/service.ts';
import { isStageName } from '../../../src/core/stages/service.ts';

function parse(text: string): Service {
  return parseService({ path: '/w/shop/serverless.yml', folder: '/w/shop', workspaceFolder: '/w' }, text);
}

const realistic = `service: shop
frameworkVersion: '4'
custom: &c
  r: {dev: eu-west-1, prod: !Ref X}
provider:
  name: aws
  stage: \${opt:stage, self:custom.s, 'dev'}
  region: \${self:custom.r.\${sls:stage}}
stages:
  default: {params: {a: 1}}
  prod: {<<: *c}
params: {"uat": {}}
functions:
  f:
    handler: a.b
    description: |
      text: here
`;

void test('property: never throws and only claims stage names, on any text', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(
      '${',
      '}',
      "'",
      '"',
      '\n',
      '  ',
      '\t',
      ': ',
      '- ',
      '<<: ',
      '*c',
      '&c ',
      '!Sub ',
      '[',
      '{',
      '|',
      '---\n',
      'stages:\n  a:\n',
      'self:',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      assertSound(parse(pieces.join('')));
    }),
    { numRuns: 500 },
  );
});

void test('property: never throws while a config is being edited', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(realistic.length), fc.nat(30), fc.string({ maxLength: 6 })), { maxLength: 4 }),
      (edits) => {
        let text = realistic;
        for (const [at, removed, added] of edits) text = text.slice(0, at) + added + text.slice(at + removed);
        assertSound(parse(text));
      },
    ),
    { numRuns: 500 },
  );
});

function assertSound(service: Service): void {
  for (const { name, origins } of service.stages) {
    assert.ok(isStageName(name), name);
    assert.ok(origins.length > 0);
  }
  assert.equal(new Set(service.stages.map(({ name }) => name)).size, service.stages.length);
  assert.ok(service.name !== '');
  if (service.problem) assert.ok((service.problem.line ?? 1) >= 1);
}
