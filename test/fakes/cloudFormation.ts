import { Failure } from '../../src/core/base/errors.ts';
import type { Stack, StackApi, StackEvent, StackRequest } from '../../src/core/quickConnect/stack.ts';

interface FakeStack {
  readonly id: string;
  readonly name: string;
  token: string;
  text: string;
  parameters: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  status: string;
  events: StackEvent[];
}

/** What a call does instead of answering: refused before, or broken after it took effect. */
export type FakeFault = { readonly when: 'before' | 'after'; readonly code: string };

/**
 * CloudFormation as the state machine's property test needs it: every look moves a stack on by one status, the name is
 * taken while a stack lives, a repeated request token gives the same stack.
 */
export class FakeCloudFormation implements StackApi {
  readonly stacks: FakeStack[] = [];
  /** Decides, per call, whether it fails. */
  fault: (call: string) => FakeFault | undefined = () => undefined;
  /** Makes the next created stack fail. */
  failing = false;
  roleArn = '';
  #count = 0;

  living(): readonly FakeStack[] {
    return this.stacks.filter(({ status }) => status !== 'DELETE_COMPLETE');
  }

  async create(request: StackRequest): Promise<{ readonly stackId: string }> {
    return this.#call('create', () => {
      const same = this.living().find(({ name }) => name === request.name);
      if (same && same.token !== request.requestToken) throw new Failure('already-exists', 'exists');
      if (same) return { stackId: same.id };
      this.#count += 1;
      const stack: FakeStack = {
        id: `stack/${request.name}/${this.#count}`,
        name: request.name,
        token: request.requestToken,
        tags: request.tags,
        text: request.template,
        parameters: Object.fromEntries(request.parameters.map(({ name, value }) => [name, value])),
        outputs: { RoleArn: this.roleArn },
        status: 'CREATE_IN_PROGRESS',
        events: [],
      };
      this.stacks.push(stack);
      return { stackId: stack.id };
    });
  }

  async update(request: StackRequest): Promise<void> {
    await this.#call('update', () => {
      const stack = this.stacks.find(({ id, name }) => id === request.name || name === request.name);
      if (!stack) throw new Failure('validation', 'no such stack');
      Object.assign(stack, {
        tags: request.tags,
        token: request.requestToken,
        parameters: Object.fromEntries(request.parameters.map(({ name, value }) => [name, value])),
        text: request.template,
        status: 'UPDATE_IN_PROGRESS',
      });
    });
  }

  async template(nameOrId: string): Promise<string> {
    return this.#call(
      'template',
      () => this.living().find(({ id, name }) => id === nameOrId || name === nameOrId)?.text ?? '',
    );
  }

  drift(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  async find(nameOrId: string): Promise<Stack | undefined> {
    return this.#call('find', () => {
      const stack =
        this.stacks.find(({ id }) => id === nameOrId) ?? this.living().find(({ name }) => name === nameOrId);
      if (!stack) return undefined;
      const answer = { ...stack };
      this.#move(stack);
      return answer;
    });
  }

  async events(stackId: string): Promise<readonly StackEvent[]> {
    return this.#call('events', () => this.stacks.find(({ id }) => id === stackId)?.events ?? []);
  }

  async delete(stackId: string): Promise<void> {
    await this.#call('delete', () => {
      const stack = this.stacks.find(({ id }) => id === stackId);
      if (stack && stack.status !== 'DELETE_COMPLETE') stack.status = 'DELETE_IN_PROGRESS';
    });
  }

  #move(stack: FakeStack): void {
    const next: Readonly<Record<string, string>> = {
      CREATE_IN_PROGRESS: this.failing ? 'ROLLBACK_IN_PROGRESS' : 'CREATE_COMPLETE',
      ROLLBACK_IN_PROGRESS: 'ROLLBACK_COMPLETE',
      UPDATE_IN_PROGRESS: this.failing ? 'UPDATE_ROLLBACK_COMPLETE' : 'UPDATE_COMPLETE',
      DELETE_IN_PROGRESS: 'DELETE_COMPLETE',
    };
    stack.status = next[stack.status] ?? stack.status;
    if (stack.status === 'ROLLBACK_IN_PROGRESS') {
      stack.events.push({
        id: `${stack.id}-failed`,
        at: 0,
        logicalId: 'AccessRole',
        resourceType: 'AWS::IAM::Role',
        status: 'CREATE_FAILED',
        reason: 'not allowed here',
      });
    }
  }

  async #call<T>(name: string, effect: () => T): Promise<T> {
    await Promise.resolve();
    const fault = this.fault(name);
    if (fault?.when === 'before') throw new Failure(fault.code, `${name}: ${fault.code}`);
    const result = effect();
    if (fault) throw new Failure(fault.code, `${name}: ${fault.code}`);
    return result;
  }
}
