import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { maxConfigLength, parseService } from '../../../src/core/stages/discovery.ts';
import type { Service } from '../../../src/core/stages/service.ts';

function parse(text: string, path = '/w/shop/serverless.yml'): Service {
  return parseService({ path, folder: '/w/shop', workspaceFolder: '/w' }, text);
}

function found(service: Service): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    service.stages.map(({ name, origins }) => [
      name,
      origins.map(({ source, line }) => (line === undefined ? source : `${source}:${line}`)),
    ]),
  );
}

const assumed = 'default stage of the framework';

const stageSources: readonly {
  name: string;
  text: string;
  expect: Readonly<Record<string, readonly string[]>>;
}[] = [
  {
    name: 'keys of stages, without default',
    text: 'service: a\nprovider: {name: aws, stage: qa}\nstages:\n  default: {}\n  uat:\n    params: {}\n  prod: {}\n',
    expect: { uat: ['stages:5'], prod: ['stages:7'], qa: ['provider.stage:2'] },
  },
  {
    name: 'keys of params, and the same stage from two sources',
    text: 'provider:\n  stage: uat\nparams:\n  default: {a: 1}\n  uat: {a: 2}\n',
    expect: { uat: ['params:5', 'provider.stage:2'] },
  },
  {
    name: 'dev is the default stage when provider.stage is absent',
    text: 'service: a\nstages: {prod: {}}\n',
    expect: { prod: ['stages:2'], dev: [assumed] },
  },
  { name: 'nothing at all', text: 'service: a\n', expect: { dev: [assumed] } },
  {
    name: 'quoted fallback',
    text: "provider:\n  stage: ${opt:stage, 'qa'}\n",
    expect: { qa: ['provider.stage:2'] },
  },
  {
    name: 'double-quoted fallback inside YAML quotes',
    text: 'provider:\n  stage: "${opt:stage, \'qa\'}"\n',
    expect: { qa: ['provider.stage:2'] },
  },
  {
    name: 'fallback of a fallback',
    text: "provider:\n  stage: ${opt:stage, env:STAGE, 'qa'}\n",
    expect: { qa: ['provider.stage:2'] },
  },
  {
    name: 'self reference to a literal',
    text: 'custom:\n  first: qa\nprovider:\n  stage: ${opt:stage, self:custom.first}\n',
    expect: { qa: ['provider.stage:4'] },
  },
  {
    name: 'self reference to an expression with a fallback',
    text: "provider:\n  stage: ${self:custom.stage}\ncustom:\n  stage: ${opt:stage, 'qa'}\n",
    expect: { qa: ['provider.stage:2'] },
  },
  {
    name: 'a circle is not followed for ever',
    text: 'provider:\n  stage: ${opt:stage, self:provider.stage}\n',
    expect: { dev: [assumed] },
  },
  {
    name: 'unknown expression beside known stages claims nothing',
    text: 'provider:\n  stage: ${ssm:/stage}\nstages: {prod: {}}\n',
    expect: { prod: ['stages:3'] },
  },
  {
    name: 'a source that only a run can tell hides its fallback',
    text: "provider:\n  stage: ${file(./s.yml):stage, 'qa'}\nstages: {prod: {}}\n",
    expect: { prod: ['stages:3'] },
  },
  {
    name: 'merge keys and anchors',
    text: 'x-base: &base\n  uat: {}\nparams:\n  <<: *base\n  prod: {}\nprovider: {stage: prod}\n',
    expect: { uat: ['params:2'], prod: ['params:5', 'provider.stage:6'] },
  },
  {
    name: 'several merges and an alias as the whole map',
    text: 'a: &a {s1: {}}\nb: &b {s2: {}}\nc: &c\n  <<: [*a, *b]\nstages: *c\nprovider: {stage: s1}\n',
    expect: { s1: ['stages:1', 'provider.stage:6'], s2: ['stages:2'] },
  },
  {
    name: 'an anchor set twice means the one above',
    text: 'a: &x {s1: {}}\nstages: *x\nb: &x {s2: {}}\nprovider: {stage: s1}\n',
    expect: { s1: ['stages:1', 'provider.stage:4'] },
  },
  {
    name: 'repeated keys: the last counts',
    text: 'provider: {stage: old}\nprovider: {stage: new}\n',
    expect: { new: ['provider.stage:2'] },
  },
  {
    name: 'CloudFormation and unknown tags',
    text: 'provider: {stage: qa}\nresources:\n  a: !Sub "${AWS::Region}"\n  b: !GetAtt [x, y]\n  c: !Own {z: !Ref Q}\n',
    expect: { qa: ['provider.stage:1'] },
  },
  {
    name: 'a tagged scalar is not a literal',
    text: 'provider: {stage: !Ref Stage}\nstages: {prod: {}}\n',
    expect: { prod: ['stages:2'] },
  },
  {
    name: 'keys that cannot be stages',
    text: 'params: {"${opt:x}": {}, "-x": {}, "a b": {}, 7: {}, ok: {}}\nprovider: {stage: ok}\n',
    expect: { 7: ['params:1'], ok: ['params:1', 'provider.stage:2'] },
  },
  {
    name: 'stages from a file are not known',
    text: 'stages: ${file(./stages.yml)}\nprovider: {stage: qa}\n',
    expect: { qa: ['provider.stage:2'] },
  },
  {
    name: 'CRLF and a byte order mark',
    text: '\uFEFFservice: a\r\nprovider:\r\n  stage: qa\r\n',
    expect: { qa: ['provider.stage:3'] },
  },
];

for (const { name, text, expect } of stageSources) {
  void test(`stages: ${name}`, () => {
    const service = parse(text);
    assert.equal(service.problem, undefined);
    assert.deepEqual(found(service), expect);
  });
}

void test('the sample service: the stages its params name', () => {
  const file = new URL('../../fixtures/sample-service/serverless.yml', import.meta.url);
  const service = parse(readFileSync(file, 'utf8'));
  assert.equal(service.name, 'shop');
  assert.equal(service.region, 'eu-west-1');
  assert.deepEqual(
    service.stages.map(({ name }) => name),
    ['dev', 'uat', 'prod'],
  );
});

void test('JSON, indented with tabs', () => {
  const text = JSON.stringify(
    { service: 'a', provider: { name: 'aws', region: 'eu-west-1' }, stages: { uat: {} } },
    null,
    '\t',
  );
  const service = parse(text, '/w/shop/serverless.json');
  assert.equal(service.problem, undefined);
  assert.equal(service.name, 'a');
  assert.deepEqual(found(service), { uat: ['stages:8'], dev: [assumed] });
});

const factCases: readonly {
  name: string;
  text: string;
  expect: { readonly [Key in keyof Service]?: Service[Key] | undefined };
}[] = [
  { name: 'service as text', text: 'service: orders', expect: { name: 'orders' } },
  { name: 'service as object', text: 'service: {name: orders}', expect: { name: 'orders' } },
  {
    name: 'service by reference',
    text: 'service: ${self:custom.n}\ncustom: {n: orders}',
    expect: { name: 'orders' },
  },
  {
    name: 'service nobody can tell: the folder',
    text: 'service: ${file(p.json):name}',
    expect: { name: 'shop' },
  },
  { name: 'version as text', text: "frameworkVersion: '>=3 <5'", expect: { frameworkVersion: '>=3 <5' } },
  { name: 'version as number', text: 'frameworkVersion: 3', expect: { frameworkVersion: '3' } },
  { name: 'region', text: 'provider: {region: eu-west-1}', expect: { region: 'eu-west-1' } },
  {
    name: 'region fallback',
    text: 'provider: {region: "${opt:region, \'eu-west-1\'}"}',
    expect: { region: 'eu-west-1' },
  },
  { name: 'region nobody can tell', text: 'provider: {region: "${ssm:/r}"}', expect: { region: undefined } },
  { name: 'region of another shape', text: 'provider: {region: here}', expect: { region: undefined } },
  { name: 'GovCloud region', text: 'provider: {region: us-gov-west-1}', expect: { region: 'us-gov-west-1' } },
  {
    name: 'European Sovereign Cloud region',
    text: 'provider: {region: eusc-de-east-1}',
    expect: { region: 'eusc-de-east-1' },
  },
  { name: 'profile', text: 'provider: {profile: shop-dev}', expect: { profile: 'shop-dev' } },
  {
    name: 'profile per stage',
    text: 'provider: {profile: "${self:custom.p.${sls:stage}}"}',
    expect: { profile: undefined },
  },
];

for (const { name, text, expect } of factCases) {
  void test(`facts: ${name}`, () => {
    const service = parse(text);
    for (const [key, value] of Object.entries(expect)) assert.equal(service[key as keyof Service], value);
  });
}

void test('a region by stage stands at the stage, one for all at the service', () => {
  const service = parse(
    'provider:\n  region: ${self:custom.r.${sls:stage}, "eu-west-1"}\nstages: {prod: {}}\ncustom: {r: {prod: us-east-2}}\n',
  );
  assert.equal(service.region, undefined);
  assert.deepEqual(
    service.stages.map(({ name, region }) => [name, region]),
    [
      ['prod', 'us-east-2'],
      ['dev', 'eu-west-1'],
    ],
  );
});

const broken: readonly { name: string; text: string; message: RegExp; line?: number }[] = [
  { name: 'tab indentation', text: 'service: a\nprovider:\n\tname: aws\n', message: /Tabs/, line: 3 },
  { name: 'unclosed quote', text: 'service: "a\n', message: /quote/i },
  { name: 'in a section nobody needs', text: 'service: a\nfunctions:\n  f: [\n', message: /./, line: 3 },
  {
    name: 'several documents',
    text: 'service: a\n---\nservice: b\n',
    message: /several YAML documents/,
    line: 2,
  },
  { name: 'unknown alias', text: 'service: a\ncustom: *x\n', message: /\*x/, line: 2 },
  { name: 'empty', text: '', message: /empty/ },
  { name: 'only a comment', text: '# later\n', message: /empty/ },
  { name: 'a text', text: 'hello', message: /mapping/, line: 1 },
  { name: 'a list', text: '- a\n- b\n', message: /mapping/, line: 1 },
  { name: 'another cloud', text: 'service: a\nprovider:\n  name: google\n', message: /google/, line: 2 },
  { name: 'too large', text: `a: ${'x'.repeat(maxConfigLength)}`, message: /1 MB/ },
  { name: 'nested too deeply', text: 'a: ' + '['.repeat(20_000), message: /deeply/ },
];

for (const { name, text, message, line } of broken) {
  void test(`problem: ${name}`, () => {
    const service = parse(text);
    assert.match(service.problem?.message ?? '', message);
    if (line !== undefined) assert.equal(service.problem?.line, line);
    assert.deepEqual(service.stages, []);
    assert.equal(service.name, 'shop');
  });
}

void test('code configs are services with the default stage, whatever they contain', () => {
  for (const path of [
    '/w/shop/serverless.ts',
    '/w/shop/serverless.js',
    '/w/shop/serverless.mjs',
    '/w/shop/serverless.cjs',
  ]) {
    const service = parse('throw new Error(": [")', path);
    assert.equal(service.problem, undefined);
    assert.deepEqual(found(service), { dev: [assumed] });
  }
});

void test('aliases that double at every step cost nothing', { timeout: 5000 }, () => {
  const levels = Array.from(
    { length: 40 },
    (_, i) => `a${i + 1}: &a${i + 1}\n  <<: [*a${i}, *a${i}, *a${i}]\n  x${i}: [*a${i}, *a${i}]`,
  );
  const text = `a0: &a0 {s: {}}\n${levels.join('\n')}\nstages: *a40\nprovider: {stage: s}\n`;
  assert.ok(parse(text).stages.some(({ name }) => name === 's'));
});

void test('values that double at every step are given up', { timeout: 5000 }, () => {
  const levels = Array.from(
    { length: 60 },
    (_, i) => `  v${i}: "\${self:custom.v${i + 1}}\${self:custom.v${i + 1}}"`,
  );
  const service = parse(
    `service: a\nprovider: {stage: "\${self:custom.v0}"}\ncustom:\n${levels.join('\n')}\n  v60: x\n`,
  );
  assert.deepEqual(found(service), { dev: [assumed] });
});
