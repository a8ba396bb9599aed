/** The only template so far; its name as hosted dashboards show it. */
export const starterTitle = 'AWS – Node.js – Starter';

export const starterConfig = 'serverless.yml';

export interface StarterFile {
  readonly name: string;
  readonly text: string;
}

/** The starter's files for a valid service name; the config is the last, so that what watches for it finds the rest. */
export function starterFiles(service: string): readonly StarterFile[] {
  return [
    { name: '.gitignore', text: gitignore },
    { name: 'handler.js', text: handler },
    { name: 'package.json', text: packageJson(service) },
    { name: 'README.md', text: readme(service) },
    { name: starterConfig, text: config(service) },
  ];
}

/** Names that YAML would read as true, false or nothing. */
const yamlWords = /^(true|false|yes|no|on|off|null)$/i;

function config(service: string): string {
  return `# One function, two stages. "AWS Providers" in the activity bar connects each
# stage to an AWS account.
service: ${yamlWords.test(service) ? `'${service}'` : service}

provider:
  name: aws
  runtime: nodejs22.x
  stage: \${opt:stage, 'dev'}
  region: \${opt:region, 'us-east-1'}

# What differs from stage to stage. Every key is a stage.
params:
  dev:
    greeting: Hello from dev
  prod:
    greeting: Hello

# What is not deployed. Development dependencies are left out by themselves.
package:
  patterns:
    - '!.env*'
    - '!.vscode/**'
    - '!README.md'
    - '!package-lock.json'
    - '!node_modules/.package-lock.json'

functions:
  hello:
    handler: handler.hello
    environment:
      STAGE: \${sls:stage}
      GREETING: \${param:greeting}
`;
}

const handler = `'use strict';

/** Answers with the greeting of the stage it was deployed to. */
module.exports.hello = async () => ({
  statusCode: 200,
  body: JSON.stringify({ stage: process.env.STAGE, message: process.env.GREETING }),
});
`;

function packageJson(service: string): string {
  const content = {
    // npm knows no upper case in names.
    name: service.toLowerCase(),
    version: '0.1.0',
    private: true,
    scripts: { deploy: 'osls deploy' },
    devDependencies: { osls: '^4.3.1' },
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

const gitignore = `node_modules/
.serverless/
.env*
`;

function readme(service: string): string {
  return `# ${service}

A service with one function for AWS Lambda, made from the template “${starterTitle}”. It has two stages, \`dev\` and
\`prod\`; \`serverless.yml\` says what differs between them.

## Deploy

1. Install the Serverless CLI of this project: \`npm install\`.
2. Open “AWS Providers” in the activity bar of VS Code, connect an AWS account and link it to the stage.
3. Choose “Deploy Stage”. It runs \`osls deploy --stage <stage>\` with the identity linked to that stage.

The region is \`us-east-1\` until \`provider.region\` in \`serverless.yml\` says something else.

## Call the function

In a terminal of the stage (“Open Terminal for Stage”):

    npx osls invoke --function hello --stage dev

## Remove

    npx osls remove --stage dev
`;
}
