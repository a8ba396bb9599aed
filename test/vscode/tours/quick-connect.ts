import { ListStacksCommand, CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ACCOUNTS } from '../../aws/emulator.ts';
import { connectPage, identifyWithKeys } from '../../e2e/connectPanel.ts';
import { openScene, screenshots } from '../../e2e/scene.ts';
import type { TourContext, TourResult } from '../tour.ts';

/**
 * The main job in the real workbench: connect an account by Quick Connect with access keys as identity, then deploy the
 * active stage with the real osls. Whether it happened is read from AWS, in the role's account, not from the screen.
 */
export async function run({ out, vsix, note }: TourContext): Promise<TourResult> {
  const scene = await openScene(vsix === undefined ? {} : { vsix });
  try {
    const { aws, code } = scene;
    const shot = screenshots(code, out);
    const account = ACCOUNTS.dev;
    const region = 'eu-west-1';
    const keys = await aws.createUser(account, 'deployer');

    await code.openContainer('AWS Providers');
    await code.view('Stages').waitForRow('dev');
    await shot('stages-without-a-provider');

    const connect = await connectPage(code);
    await connect.waitForHeading('How do you want to connect?');
    await shot('choose-a-method');
    await identifyWithKeys(connect, keys);
    await shot('what-role');
    note('Identity confirmed; creating the role');

    await connect.click('Create access role');
    await connect.frame.getByText('CREATE_IN_PROGRESS').first().waitFor();
    await shot('stack-events');
    await connect.waitForHeading('Connected', 60_000);
    await shot('connected');
    const roleArn = await connect.frame.getByText(/^arn:aws:iam::/).innerText();
    note(`Verified ${roleArn}`);

    await connect.click('Deploy now');
    await code.terminal.waitFor(/Service deployed to stack/, 120_000);
    await shot('deployed');

    const stack = 'shop-dev';
    const client = new CloudFormationClient(aws.sdkConfig(account, region));
    const { StackSummaries = [] } = await client.send(new ListStacksCommand({}));
    client.destroy();
    const landed = StackSummaries.some(
      ({ StackName, StackStatus }) =>
        StackName === stack && /^(CREATE|UPDATE)_COMPLETE$/.test(StackStatus ?? ''),
    );
    const deployCalls = aws
      .calls()
      .filter(
        ({ action, callerArn }) =>
          action === 'CreateChangeSet' || (action === 'CreateStack' && callerArn?.includes('assumed-role')),
      );
    const byRole =
      deployCalls.length > 0 &&
      deployCalls.every(({ callerArn }) =>
        callerArn?.includes(`:assumed-role/${roleArn.split('/').at(-1)}/`),
      );
    return {
      ok: landed && byRole,
      account,
      roleArn,
      stage: 'dev',
      stack,
    };
  } finally {
    await scene.dispose();
  }
}
