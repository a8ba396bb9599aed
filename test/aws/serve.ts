/**
 * The emulator by hand: `node test/aws/serve.ts [port]`. Python: see python.ts.
 * Prints the endpoint and the keys of an administrator in each account, as shell variables.
 */
import { startAws } from './emulator.ts';
import { emulatorPython } from './python.ts';

const aws = await startAws({
  python: emulatorPython(),
  port: Number(process.argv[2] ?? 0),
});
const lines = [`export AWS_ENDPOINT_URL=${aws.endpoint}`, 'export AWS_REGION=us-east-1'];
for (const [id, name] of aws.accounts) {
  const { accessKeyId, secretAccessKey, arn } = await aws.createUser(id, 'ana');
  lines.push(
    `# ${name}: ${arn}`,
    `export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}`,
  );
}
process.stdout.write(`${lines.join('\n')}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void aws.dispose());
