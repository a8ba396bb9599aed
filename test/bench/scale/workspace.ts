import { Emitter } from '../../../src/core/base/event.ts';
import type { AccessRoleProvider } from '../../../src/core/providers/provider.ts';
import type {
  ActiveStageMemory,
  FileChanges,
  LinkSettings,
  WorkspaceFiles,
} from '../../../src/core/stages/ports.ts';
import type { ConfigFile } from '../../../src/core/stages/service.ts';
import { StageStore } from '../../../src/core/stages/stageStore.ts';
import { systemClock } from '../../../src/platform/node/clock.ts';

const workspaceFolder = '/w';

/** A workspace in memory: as many services as wanted, each with the same number of stages. */
export class MemoryWorkspace implements WorkspaceFiles {
  readonly #texts = new Map<string, string>();
  readonly #configs: readonly ConfigFile[];
  readonly #stagesEach: number;
  readonly #changed = new Emitter<FileChanges>();
  readonly onDidChange = this.#changed.event;

  constructor(services: number, stagesEach: number) {
    this.#stagesEach = stagesEach;
    this.#configs = Array.from({ length: services }, (_, index) => {
      const folder = `${workspaceFolder}/services/service-${String(index).padStart(4, '0')}`;
      return { path: `${folder}/serverless.yml`, folder, workspaceFolder };
    });
    for (const [index, { path }] of this.#configs.entries()) {
      this.#texts.set(path, serverlessConfig(index, stagesEach));
    }
  }

  listConfigs(): Promise<readonly ConfigFile[]> {
    return Promise.resolve(this.#configs);
  }

  /** As slow as a file that is in the system's cache: the answer comes in a later turn of the event loop. */
  async read(path: string): Promise<string | undefined> {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    return this.#texts.get(path);
  }

  /** Gives one config another stage and tells so. @returns when it was told, on the clock of `performance` */
  change(index: number, stage: string): number {
    const path = this.#configs[index]?.path ?? '';
    const text = `${serverlessConfig(index, this.#stagesEach)}\nparams:\n  ${stage}:\n    size: 1\n`;
    this.#texts.set(path, text);
    const told = performance.now();
    this.#changed.fire({ paths: [path], relist: false });
    return told;
  }
}

/** A config such as real ones are: some 100 lines, variables, tags and CloudFormation resources. */
export function serverlessConfig(index: number, stages: number): string {
  const names = Array.from({ length: stages }, (_, stage) => stageNames[stage] ?? `feature-${stage}`);
  const functions = Array.from({ length: 8 }, (_, each) => [
    `  handler${each}:`,
    `    handler: src/handler${each}.run`,
    '    memorySize: 256',
    '    timeout: ${self:custom.timeouts.${sls:stage}, 10}',
    '    environment:',
    '      TABLE: !Ref Table',
    '      TOPIC: !Sub "arn:aws:sns:${AWS::Region}:${AWS::AccountId}:orders-${sls:stage}"',
    '    events:',
    `      - http: { path: /orders/${each}, method: get, cors: true }`,
  ]).flat();
  return [
    `service: service-${index}`,
    "frameworkVersion: '4'",
    'custom:',
    '  timeouts: { dev: 5, prod: 30 }',
    '  defaults: &defaults { encryption: true, versioning: true }',
    'stages:',
    '  default: { params: { domain: example.org } }',
    ...names.flatMap((name) => [`  ${name}:`, '    params:', `      domain: ${name}.example.org`]),
    'provider:',
    '  name: aws',
    '  runtime: nodejs22.x',
    "  stage: ${opt:stage, 'dev'}",
    `  region: ${index % 3 === 0 ? 'eu-west-1' : "${opt:region, 'eu-central-1'}"}`,
    '  iam:',
    '    role:',
    '      statements:',
    "        - { Effect: Allow, Action: ['dynamodb:*'], Resource: !GetAtt Table.Arn }",
    'functions:',
    ...functions,
    'resources:',
    '  Resources:',
    '    Table:',
    '      Type: AWS::DynamoDB::Table',
    '      Properties:',
    '        BillingMode: PAY_PER_REQUEST',
    '        SSESpecification: { <<: *defaults, SSEEnabled: true }',
    '        AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]',
    '        KeySchema: [{ AttributeName: id, KeyType: HASH }]',
    '',
  ].join('\n');
}

const stageNames = ['dev', 'staging', 'prod', 'qa', 'demo'];

export function accessRole(index: number): AccessRoleProvider {
  const accountId = String(100_000_000_000 + index);
  return {
    kind: 'access-role',
    id: `provider-${index}`,
    name: `account-${index}`,
    accountId,
    partition: 'aws',
    region: 'eu-central-1',
    createdAt: 0,
    roleArn: `arn:aws:iam::${accountId}:role/stage-providers-${index}`,
    sourceProviderId: 'provider-0',
    sessionSeconds: 3600,
    externalIdEnforced: true,
  };
}

/** A settings port that links stages by name, patterns and services, as a team would. */
export class MemorySettings implements LinkSettings {
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;

  get(): ReturnType<LinkSettings['get']> {
    const link = (index: number): unknown => ({ account: accessRole(index).accountId });
    const value = {
      dev: link(1),
      staging: link(2),
      prod: { account: accessRole(3).accountId, protected: true },
      'feature-*': link(4),
      'service-7/dev': link(5),
      'service-8/dev@eu-central-1': link(6),
    };
    return { links: [{ scope: 'workspace', value }], addedStages: [], defaultProviders: [], trusted: true };
  }

  /** Tells that they changed. */
  touch(): void {
    this.#changed.fire();
  }

  editLinks(): Promise<void> {
    return Promise.reject(new Error('Not in the benchmark.'));
  }

  editAddedStages(): Promise<void> {
    return Promise.reject(new Error('Not in the benchmark.'));
  }
}

/** The product's own store over a workspace in memory. */
export function stageStore(files: WorkspaceFiles, settings: LinkSettings, providers = 20): StageStore {
  const memory: ActiveStageMemory = { get: () => undefined, set: () => Promise.resolve() };
  return new StageStore({
    files,
    settings,
    memory,
    clock: systemClock,
    providers: {
      providers: Array.from({ length: providers }, (_, index) => accessRole(index)),
      onDidChange: new Emitter<unknown>().event,
    },
  });
}
